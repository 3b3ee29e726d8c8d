"""What a server and a role must be like for the promises of a log to hold."""

from collections.abc import Sequence
from typing import Final

import psycopg

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.postgresql.connection import Row

_OLDEST: Final = 150_000
_SETTINGS: Final = """
SELECT name, CASE WHEN name = 'synchronous_commit' THEN reset_val ELSE setting END FROM pg_settings
WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name
"""
"""``reset_val`` is what the server, the database or the role says, and no session has set."""
_LOSES: Final = {
    "fsync": "a power cut could destroy the whole database",
    "full_page_writes": "a power cut could damage pages of the database",
    "synchronous_commit": "a crash would lose records that were acknowledged",
}
_ROLE: Final = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls,
    pg_has_role(r.oid, (SELECT relowner FROM pg_class WHERE oid = to_regclass('record')), 'MEMBER'),
    EXISTS (
        SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('record') AND attnum > 0 AND NOT attisdropped
        AND attname NOT IN ('salt', 'personal') AND has_column_privilege(r.oid, attrelid, attnum, 'UPDATE')
    )
        OR has_table_privilege(r.oid, to_regclass('record'), 'DELETE')
        OR has_table_privilege(r.oid, to_regclass('record'), 'TRUNCATE')
FROM pg_roles r WHERE r.rolname = session_user
"""
EXTENSIONS: Final = ("pg_trgm", "btree_gin")
"""What the indexes of names and numbers are made with."""
_LACKING: Final = """
SELECT wanted.name, available.name IS NOT NULL
FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (name, no)
LEFT JOIN pg_extension ON extname = wanted.name LEFT JOIN pg_available_extensions AS available USING (name)
WHERE extname IS NULL ORDER BY no
"""
_MAY_CREATE: Final = """
SELECT session_user, current_database(), rolsuper OR has_database_privilege(current_database(), 'CREATE')
FROM pg_roles WHERE rolname = current_user
"""
_MAKE_ROLE: Final = "commlog migrate --service-role NAME gives a role only the privileges that the service needs."


def require_durable(connection: psycopg.Connection[Row]) -> None:
    """Require a version that is supported, and settings with which nothing acknowledged is lost.

    Raises ``StoreUnavailableError``.
    """
    if connection.info.server_version < _OLDEST:
        raise StoreUnavailableError("This server is older than PostgreSQL 15. Nothing was opened; update it.")
    off = [str(name) for name, value in connection.execute(_SETTINGS) if value == "off"]
    if off:
        why = "; ".join(f"{name} is off: {_LOSES[name]}" for name in off)
        advice = f"Set {' and '.join(f'{name} = on' for name in off)} for the server, the database and the role."
        raise StoreUnavailableError(f"This server cannot keep a log: {why}. Nothing was opened. {advice}")


def require_extensions(connection: psycopg.Connection[Row], extensions: Sequence[str] = EXTENSIONS) -> None:
    """Require that extensions are in the database, or can be created. Raises ``StoreUnavailableError``."""
    lacking = connection.execute(_LACKING, (list(extensions),)).fetchall()
    if absent := [str(name) for name, is_available in lacking if not is_available]:
        raise StoreUnavailableError(
            f"The server does not have the extension {' and '.join(absent)}. Nothing was changed; install PostgreSQL's "
            "contrib modules there (the package postgresql-contrib, or a setting of your provider), then run commlog "
            "migrate again."
        )
    ((role, database, may_create),) = connection.execute(_MAY_CREATE).fetchall()
    if lacking and not may_create:
        names = [str(name) for name, _ in lacking]
        raise StoreUnavailableError(
            f"The role {role} may not create the extension {' and '.join(names)}. Nothing was changed; let a superuser "
            f"run {'; '.join(f'CREATE EXTENSION {name}' for name in names)}; in the database {database}, then run "
            "commlog migrate again."
        )


def require_bounded_role(connection: psycopg.Connection[Row]) -> str:
    """Return a warning about the role of a service; "" where it has only what a service needs.

    Raises ``StoreUnavailableError`` for a superuser, and for a role that passes by row-level
    security: the database's guards do not hold for them.
    """
    row = connection.execute(_ROLE).fetchone()
    if row is None:
        return ""
    name, is_superuser, passes_by, is_owner, may_change = row
    if is_superuser or passes_by:
        what = "a superuser" if is_superuser else "exempt from row-level security (BYPASSRLS)"
        raise StoreUnavailableError(
            f"The role {name} is {what}: the guards of the database would not hold for the service. Nothing was "
            f"served. Serve as another role; {_MAKE_ROLE}"
        )
    if is_owner:
        return (
            f"The role {name} owns the tables, and whoever takes over the service could remove their guards. Better "
            f"serve as another role; {_MAKE_ROLE}"
        )
    if may_change:
        return f"The role {name} has privileges to change records, which their guards refuse. {_MAKE_ROLE}"
    return ""
