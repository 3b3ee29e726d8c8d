"""Whether the tables of a log in PostgreSQL are those that this version creates, object by object.

The expected schema is not a copy: the migrations and guards create it as temporary objects, in a
transaction that is rolled back, and the catalog is read back.
"""

import re
from functools import lru_cache
from typing import Final

import psycopg

from commlog_tui.store.errors import DamagedLogError
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.guards import guard, is_distributed
from commlog_tui.store.postgresql.migrations import MIGRATIONS, layout_of, require_current, schema_of

Objects = dict[tuple[str, str], str]
"""Of each object, by sort and name, everything that defines it."""

_SHOWN: Final = 3
_ADVICE: Final = (
    "Nothing was changed. Keep a dump of the database for whoever looks into it; commlog verify checks the records "
    "that are there, and commlog copy saves them into a new log."
)
_QUERIES: Final = {
    "table": """
SELECT relname, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, relispartition, reloptions::text,
    (SELECT count(*) FROM pg_inherits WHERE inhparent = c.oid OR inhrelid = c.oid))
FROM pg_class c WHERE relnamespace = %(schema)s AND relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND NOT {extension}
""",
    "column": """
SELECT c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
    a.attidentity, a.attgenerated, a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = %(schema)s AND c.relkind IN ('r', 'p') AND NOT {extension}
""",
    "constraint": """
SELECT o.conname, concat_ws(' ', o.conrelid::regclass, pg_get_constraintdef(o.oid), o.convalidated)
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
WHERE c.relnamespace = %(schema)s AND o.contype <> 'n' AND NOT {extension}
""",
    "index": """
SELECT c.relname, concat_ws(' ', pg_get_indexdef(c.oid), i.indisvalid, i.indisready, c.reloptions::text)
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = %(schema)s AND NOT {extension}
""",
    "trigger": """
SELECT c.relname || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = %(schema)s AND NOT t.tgisinternal
""",
    "rule": """
SELECT c.relname || '.' || r.rulename, pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = %(schema)s AND NOT {extension}
""",
    "policy": """
SELECT c.relname || '.' || p.polname, concat_ws(' ', p.polpermissive, p.polcmd, cardinality(p.polroles),
    p.polroles = '{{0}}', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = %(schema)s
""",
    "function": """
SELECT c.proname || '(' || pg_get_function_identity_arguments(c.oid) || ')', concat_ws(' ',
    c.prokind, l.lanname, c.prosecdef, c.proleakproof, c.provolatile, c.proconfig::text, c.prosrc,
    pg_get_function_result(c.oid))
FROM pg_proc c JOIN pg_language l ON l.oid = c.prolang WHERE c.pronamespace = %(schema)s AND NOT {extension}
""",
}
_OF_EXTENSION: Final = "EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')"
_ONLY_HERE: Final = "SELECT set_config('citus.enable_ddl_propagation', 'off', true)"
"""On a cluster, the temporary objects are created on this node alone."""
_EVENT_TRIGGERS: Final = """
SELECT evtname FROM pg_event_trigger t WHERE evtenabled <> 'D'
AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = t.oid AND e.deptype = 'e')
"""


def require_schema(connection: psycopg.Connection[Row]) -> None:
    """Require the tables, guards and indexes that this version creates.

    Raises:
        DamagedLogError: there are others, or one was changed; they are named.
        NewerLayoutError: a newer version has written the database.
        OlderLayoutError: an earlier one has, and it is to be migrated.
    """
    require_current(layout_of(connection))
    faults = schema_faults(connection)
    if faults:
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise DamagedLogError(
            f"The database is not laid out as commlog made it: {'; '.join(faults[:_SHOWN])}{more}. {_ADVICE}"
        )


def schema_faults(connection: psycopg.Connection[Row]) -> list[str]:
    """Return, in words, where the schema differs from the one that this version creates."""
    schema = schema_of(connection)
    found, expected = _objects(connection, schema), _expected_objects(connection, schema)
    faults = [f"{_named(key)} is missing" for key in expected if key not in found]
    faults += [f"{_named(key)} was changed" for key in expected if key in found and found[key] != expected[key]]
    faults += [
        f"{_named((sort, name))}, which commlog did not create, was added"
        for sort, name in found
        if (sort, name) not in expected and not (sort == "column" and ("table", name.partition(".")[0]) not in expected)
    ]
    faults += [
        f"the event trigger {name!r}, which commlog did not create, was added"
        for (name,) in connection.execute(_EVENT_TRIGGERS)
    ]
    return sorted(faults)


def _expected_objects(connection: psycopg.Connection[Row], schema: str) -> Objects:
    """Return the objects that this version creates, made as temporary ones and forgotten again."""
    with connection.transaction(force_rollback=True):
        connection.execute(_ONLY_HERE)
        connection.execute("SELECT set_config('search_path', %s, true)", (f"pg_temp, {_quoted(schema)}",))
        connection.execute("CREATE TABLE migration (number integer PRIMARY KEY)")
        for statements in MIGRATIONS:
            connection.execute(statements)
        row = connection.execute("SELECT pg_my_temp_schema()::regnamespace::text").fetchone()
        temporary = str(row[0]) if row else ""
        guard(connection, temporary, is_distributed=is_distributed(connection, schema))
        return _objects(connection, temporary)


def _objects(connection: psycopg.Connection[Row], schema: str) -> Objects:
    """Return all objects of a schema, without its name in them."""
    found: Objects = {}
    ((number,),) = connection.execute("SELECT %s::regnamespace::oid", (_quoted(schema),)).fetchall()
    for sort, query in _QUERIES.items():
        for name, definition in connection.execute(query.format(extension=_OF_EXTENSION), {"schema": number}):
            found[sort, str(name)] = _without_schema(str(definition), schema)
    return found


def _without_schema(definition: str, schema: str) -> str:
    for name in (schema, _quoted(schema), "pg_temp", r"pg_temp_\d+"):
        pattern = name if name.startswith(r"pg_temp_\d") else re.escape(name)
        definition = re.sub(rf'(?<![\w"]){pattern}(?=\.|,|")\.?', "", definition)
    return definition


@lru_cache(8)
def _quoted(schema: str) -> str:
    return f'"{schema.replace(chr(34), chr(34) * 2)}"' if not re.fullmatch(r"[a-z_][a-z0-9_]*", schema) else schema


def _named(key: tuple[str, str]) -> str:
    sort, name = key
    return f"the {sort} {name[:80]!r}"
