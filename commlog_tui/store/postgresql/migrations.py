"""Numbered migrations of a log in PostgreSQL: each runs once, forward, in a transaction of its own.

To add one, append its statements to ``MIGRATIONS``; those that have landed never change. An
interrupted run is resumed by the next one. Reads go on meanwhile: a lock that cannot be had within
``_LOCK_SECONDS`` is given up and tried again, so that nobody waits behind it.
"""

import secrets
from collections.abc import Callable
from typing import Final

import psycopg
from psycopg import errors

from commlog_tui.store.errors import NewerLayoutError, OlderLayoutError, StoreUnavailableError
from commlog_tui.store.postgresql.entry_schema import RECORD_TABLES
from commlog_tui.store.postgresql.guards import guard, is_distributed
from commlog_tui.store.postgresql.schema import ACCOUNT_TABLES, PROJECTION_TABLES
from commlog_tui.store.postgresql.server_checks import require_extensions

MIGRATIONS: Final[tuple[str, ...]] = (ACCOUNT_TABLES + RECORD_TABLES + PROJECTION_TABLES,)
"""Statements of each migration; the first has the number 1."""

_LOCK: Final = 0x434F4D4C
"""Advisory lock of a database that is being migrated, or is given a location."""
_APPLIED: Final = "CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY)"
_IS_THERE: Final = "SELECT to_regclass('migration') IS NOT NULL"
_SCHEMA: Final = """
SELECT coalesce((
    SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = to_regclass('migration')
), current_schema())
"""
_LOCK_SECONDS: Final = 3
_ATTEMPTS: Final = 20


def migrate(connection: psycopg.Connection) -> int:
    """Apply the migrations that are missing and return how many that were.

    Others that migrate the same database wait for this one. Raises ``NewerLayoutError``, and
    ``StoreUnavailableError`` where the server or the role lacks what the indexes are made with.
    """
    applied = 0
    for attempt in range(_ATTEMPTS):
        try:
            while _apply_next(connection):
                applied += 1
        except errors.LockNotAvailable:  # a long read holds a table
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            break
    return applied


def _apply_next(connection: psycopg.Connection) -> bool:
    """Apply the next migration with the guards of its tables; return whether there was one."""
    with connection.transaction():
        lock(connection)
        connection.execute(_APPLIED)
        number = _number(connection)
        require_known(number)
        if number == len(MIGRATIONS):
            return False
        require_extensions(connection)
        connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
        connection.execute(MIGRATIONS[number])
        connection.execute("INSERT INTO migration VALUES (%s)", (number + 1,))
        schema = schema_of(connection)
        guard(connection, schema, is_distributed=is_distributed(connection, schema))
    return True


def schema_of(connection: psycopg.Connection) -> str:
    """Return the schema in which the tables of the log are, or are to be."""
    row = connection.execute(_SCHEMA).fetchone()
    if row is None or row[0] is None:
        raise StoreUnavailableError("The search path of this database has no schema. Nothing was changed.")
    return str(row[0])


def layout_of(connection: psycopg.Connection) -> int:
    """Return the number of the last migration that was applied; 0 where there are no tables."""
    row = connection.execute(_IS_THERE).fetchone()
    return _number(connection) if row is not None and row[0] else 0


def create_log(connection: psycopg.Connection, make_key: Callable[[str], None], log_id: str = "") -> str:
    """Return the id of the log, made where the tables are new; its signing key is made before.

    A new log has the id that is given, or one that no other log has.
    """
    with connection.transaction():
        lock(connection)
        row = connection.execute("SELECT id FROM log").fetchone()
        if row is None:
            row = (log_id or secrets.token_hex(16),)
            make_key(str(row[0]))
            connection.execute("INSERT INTO log (id) VALUES (%s)", row)
    return str(row[0])


def require_current(number: int) -> None:
    """Refuse tables of another version. Raises ``NewerLayoutError`` or ``OlderLayoutError``."""
    require_known(number)
    if not number:
        raise OlderLayoutError("There is no log in this database yet. Nothing was changed; run commlog migrate first.")
    if number < len(MIGRATIONS):
        raise OlderLayoutError(
            "This database was made by an earlier version. Nothing was changed; run commlog migrate first."
        )


def require_known(number: int) -> None:
    """Refuse tables of a newer version. Raises ``NewerLayoutError``."""
    if number > len(MIGRATIONS):
        raise NewerLayoutError("A newer commlog has written this database. Nothing was changed; use that version.")


def lock(connection: psycopg.Connection) -> None:
    """Wait until nobody else changes the tables, for the rest of the transaction."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def _number(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT coalesce(max(number), 0) FROM migration").fetchone()
    return 0 if row is None else int(row[0])
