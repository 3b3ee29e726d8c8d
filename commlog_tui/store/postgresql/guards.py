"""What keeps the record append-only and locations apart, by the database itself.

Triggers refuse to change records, for the owner of the tables too and whatever
``session_replication_role`` says. Row-level security, forced on the owner, shows a transaction the
rows of the location in ``commlog.location`` alone; for upkeep over all locations, the owner sets
``commlog.upkeep``. Privileges of the service's role leave out what it never does. A superuser is
bound by none of this, and the owner could drop the triggers: ``verify`` finds what was changed.
"""

from typing import Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.search_functions import GRANT_SEARCH, SEARCH_FUNCTIONS

ACCOUNTS: Final = ("log", "location", "token", "hook", "used_signature", "migration")
"""Tables that an owner sets up, and the service reads."""
UPKEEP: Final = "SELECT set_config('commlog.upkeep', 'on', true)"
"""Lets the owner's transaction see the rows of all locations."""

_GUARDS: Final = """
CREATE OR REPLACE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = {schema}, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION {schema}.refuse_removal() RETURNS trigger LANGUAGE plpgsql
SET search_path = {schema}, pg_temp AS $$
DECLARE
    changed record := OLD;
BEGIN
    changed.salt := NULL;
    changed.personal := NULL;
    IF NEW IS DISTINCT FROM changed OR OLD.kind = 'redaction' OR NOT EXISTS (
        SELECT 1 FROM record
        WHERE location = OLD.location AND root = OLD.root AND root <> seq AND kind = 'redaction'
    ) THEN
        RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION {schema}.refuse_change(), {schema}.refuse_removal() FROM PUBLIC;

CREATE OR REPLACE TRIGGER record_is_never_updated BEFORE UPDATE ON {schema}.record
FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_removal();
CREATE OR REPLACE TRIGGER record_is_never_deleted BEFORE DELETE ON {schema}.record
FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_change();
CREATE OR REPLACE TRIGGER record_is_never_truncated BEFORE TRUNCATE ON {schema}.record
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
CREATE OR REPLACE TRIGGER form_is_never_changed BEFORE UPDATE OR DELETE ON {schema}.form
FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_change();
CREATE OR REPLACE TRIGGER form_is_never_truncated BEFORE TRUNCATE ON {schema}.form
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();

ALTER TABLE {schema}.record
    ENABLE ALWAYS TRIGGER record_is_never_updated,
    ENABLE ALWAYS TRIGGER record_is_never_deleted,
    ENABLE ALWAYS TRIGGER record_is_never_truncated;
ALTER TABLE {schema}.form
    ENABLE ALWAYS TRIGGER form_is_never_changed,
    ENABLE ALWAYS TRIGGER form_is_never_truncated;
"""
"""Of a record only salt and personal part can be removed, once a redaction of its entry is on record."""
_SECURITY: Final = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_location ON {table};
CREATE POLICY own_location ON {table}
    USING (location = (SELECT nullif(current_setting('commlog.location', true), '')::integer));
DROP POLICY IF EXISTS upkeep ON {table};
CREATE POLICY upkeep ON {table} TO {owner}
    USING ((SELECT current_setting('commlog.upkeep', true)) = 'on');
"""
_LOOKUP: Final = """
DROP POLICY IF EXISTS lookup ON {table};
CREATE POLICY lookup ON {table} FOR SELECT TO {owner} USING (true);
"""
_NO_SECURITY: Final = """
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_location ON {table};
DROP POLICY IF EXISTS upkeep ON {table};
DROP POLICY IF EXISTS lookup ON {table};
"""
_DICTIONARIES: Final = frozenset({"customer", "recipient", "body"})
"""Tables in which functions of the owner search by operators that are not leakproof, and which check
the location themselves: with any other policy no index would be used."""

_TABLES: Final = """
SELECT c.relname, bool_or(a.attname = 'location' AND NOT a.attisdropped) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname ORDER BY c.relname
"""
_PRIVILEGES: Final = {
    **dict.fromkeys(ACCOUNTS, SQL("SELECT")),
    "used_signature": SQL("SELECT, INSERT, UPDATE, DELETE"),
    "record": SQL("SELECT, INSERT, UPDATE (salt, personal)"),
    "form": SQL("SELECT, INSERT"),
}
_OF_PROJECTIONS: Final = SQL("SELECT, INSERT, UPDATE, DELETE")


_IS_DISTRIBUTED: Final = "SELECT count(*) > 0 FROM pg_dist_partition WHERE logicalrelid = %s::regclass"


def is_distributed(connection: psycopg.Connection[Row], schema: str) -> bool:
    """Whether Citus has distributed the tables of a log."""
    ((is_citus,),) = connection.execute("SELECT to_regclass('pg_dist_partition') IS NOT NULL").fetchall()
    if not is_citus:
        return False
    ((found,),) = connection.execute(_IS_DISTRIBUTED, (Identifier(schema, "record").as_string(connection),)).fetchall()
    return bool(found)


def guard(connection: psycopg.Connection[Row], schema: str, *, is_distributed: bool = False) -> None:
    """Create the guards of all tables in a schema anew, within the transaction that is under way.

    Tables that are distributed have no row-level security, see ``distribution``.
    """
    ((owner,),) = connection.execute("SELECT current_user").fetchall()
    connection.execute(_composed(_GUARDS + SEARCH_FUNCTIONS, schema=Identifier(schema)))
    for table, has_location in tables(connection, schema):
        if has_location and not is_distributed:
            name = Identifier(schema, table)
            connection.execute(_composed(_SECURITY, table=name, owner=Identifier(owner)))
            if table in _DICTIONARIES:
                connection.execute(_composed(_LOOKUP, table=name, owner=Identifier(owner)))


def remove_security(connection: psycopg.Connection[Row], schema: str, table: str) -> None:
    """Remove what ``guard`` sets to show the rows of one location only."""
    connection.execute(_composed(_NO_SECURITY, table=Identifier(schema, table)))


def grant(connection: psycopg.Connection[Row], schema: str, role: str) -> None:
    """Give the service's role the privileges that it needs, and take all others from it."""
    service = Identifier(role)
    values = {"schema": Identifier(schema), "role": service}
    connection.execute(_composed("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}", **values))
    connection.execute(_composed("GRANT USAGE ON SCHEMA {schema} TO {role}", **values))
    connection.execute(_composed(GRANT_SEARCH, **values))
    for table, _ in tables(connection, schema):
        privileges = _PRIVILEGES.get(table, _OF_PROJECTIONS)
        connection.execute(SQL("GRANT {} ON {} TO {}").format(privileges, Identifier(schema, table), service))


def tables(connection: psycopg.Connection[Row], schema: str) -> list[tuple[str, bool]]:
    """Return the tables of a schema, and whether the rows of each are of a location."""
    return [(name, bool(has_location)) for name, has_location in connection.execute(_TABLES, (schema,))]


def _composed(text: str, **names: Identifier) -> Composed:
    return SQL(text).format(**names)
