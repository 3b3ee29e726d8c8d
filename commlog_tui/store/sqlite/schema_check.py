"""Whether the schema of a log file is the one that this version creates, statement by statement.

A file does what its schema tells it to: a trigger changes what is written, a view shows something
else, an index that lacks rows hides them. The expected schema is not a copy: it is created in
memory by the same statements and read back.
"""

import re
from functools import lru_cache
from typing import Final

import apsw

from commlog_tui.store.errors import DamagedLogError, NewerLayoutError, OlderLayoutError
from commlog_tui.store.sqlite.entry_schema import SEARCH_NAMES
from commlog_tui.store.sqlite.schema import APPLICATION_ID, PROJECTION_LAYOUT, PROJECTION_NAMES, SCHEMA, VERSION

Objects = dict[tuple[str, str], tuple[str, str | None]]
"""Of each object, by type and name, the table it belongs to and its normalized statement."""

_SHOWN: Final = 3
_OBJECTS: Final = "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
_HAS_LAYOUT: Final = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'projection'"
_SEARCH_SETTINGS: Final = " UNION ALL ".join(
    f"SELECT '{name}', k, v FROM main.{name}_config WHERE k <> 'version'" for name in SEARCH_NAMES
)
_SETTINGS_TABLES: Final = {("table", f"{name}_config") for name in SEARCH_NAMES}
_TOKENS: Final = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|[ \t\n\f\r]+""")
_WORD_OF_TYPE: Final = {"table": "table", "index": "index", "trigger": "trigger", "view": "view"}
_NEWER: Final = "This log was written by a newer commlog. It is untouched; update commlog."
_OLDER: Final = (
    "This log was written by an older commlog. It is untouched. Open it once with this version (commlog serve, or the "
    "desk), "
    "which keeps a copy and brings it up to date."
)
_ADVICE: Final = (
    "Nothing was changed. Keep a copy of the file for whoever looks into it, and restore a backup (commlog restore); "
    "commlog verify --database checks the records that are there."
)


def normalized(sql: str | None) -> str | None:
    """Return a statement with white space outside quotes collapsed, by SQLite's own rules."""
    return None if sql is None else _TOKENS.sub(lambda match: match[1] or " ", sql).strip(" ")


def layout_of(connection: apsw.Connection) -> int:
    """Return the layout of a file's projections; 0 for those of 0.1.0, which have no number."""
    if not connection.execute(_HAS_LAYOUT).fetchone():  # files of 0.1.0 have no application id either
        return PROJECTION_LAYOUT if int(connection.pragma("application_id")) else 0
    row = connection.execute("SELECT layout FROM main.projection").fetchone()
    return 0 if row is None else int(row[0])


def require_layout(connection: apsw.Connection) -> None:
    """Look at both layout numbers, before anything else of the file is believed.

    Raises:
        DamagedLogError: it is no log.
        NewerLayoutError: a newer version has written its records or its projections.
        OlderLayoutError: its records have an earlier layout.
    """
    version = int(connection.pragma("user_version"))
    if version == 0 or int(connection.pragma("application_id")) not in {0, APPLICATION_ID}:
        raise DamagedLogError("This file is no log.")
    if version < VERSION:
        raise OlderLayoutError(_OLDER)
    if version > VERSION or layout_of(connection) > PROJECTION_LAYOUT:
        raise NewerLayoutError(_NEWER)


def schema_faults(connection: apsw.Connection, schema: str = SCHEMA) -> list[str]:
    """Return, in words, where a file's schema differs from these statements of this version.

    Projections of another layout are skipped, as they are dropped before use.
    """
    expected, optional, settings = _expected(schema)
    is_current = schema == SCHEMA and layout_of(connection) == PROJECTION_LAYOUT
    if not is_current:
        expected = {key: value for key, value in expected.items() if not _is_projection(value[0])}
    faults: list[str] = [] if _is_numbered(connection) else ["the layout number of the projections was changed"]
    found: Objects = {}
    for kind, name, table, sql in connection.execute(_OBJECTS):
        key, definition = (str(kind), str(name)), (str(table), normalized(sql if sql is None else str(sql)))
        if not is_current and _is_projection(str(table)):
            continue
        if key in found:
            faults.append(f"{_named(key)} is there twice")
        found[key] = definition
        if key in expected:
            if definition != expected[key]:
                faults.append(f"{_named(key)} was changed")
        elif optional.get(key) != definition:
            faults.append(f"{_named(key)}, which commlog did not create, was added")
    missing = [key for key in expected if key not in found]
    faults += [f"{_named(key)} is missing" for key in missing]
    if is_current and not _SETTINGS_TABLES & set(missing) and _settings(connection) != settings:
        faults.append("the settings of the search indexes were changed")
    return sorted(faults)


def _is_numbered(connection: apsw.Connection) -> bool:
    """Whether the projections have one known layout number, or none as in 0.1.0."""
    if not connection.execute(_HAS_LAYOUT).fetchone():
        return True
    numbers = connection.execute("SELECT layout FROM main.projection LIMIT 2").fetchall()
    return len(numbers) == 1 and layout_of(connection) >= 1


def _is_projection(table: str) -> bool:
    return table in PROJECTION_NAMES or table.startswith(("search_", *(f"{name}_" for name in SEARCH_NAMES)))


def require_schema(connection: apsw.Connection, schema: str = SCHEMA) -> None:
    """Require the schema that these statements create: those of this version.

    Raises:
        DamagedLogError: it is another; the objects are named.
        NewerLayoutError: a newer version has written the file since it was opened.
    """
    if schema == SCHEMA:
        require_layout(connection)
    faults = schema_faults(connection, schema)
    if faults:
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise DamagedLogError(
            f"The log file is not laid out as commlog made it: {'; '.join(faults[:_SHOWN])}{more}. {_ADVICE}"
        )


def require_current_schema(connection: apsw.Connection) -> None:
    """Raise unless the schema is that of this version, projections included.

    For a file that this process has migrated.

    Raises:
        DamagedLogError: an object, or the layout number that says which ones to look at, was
            changed.
        NewerLayoutError: a newer version has taken the file over.
    """
    layout = layout_of(connection)
    if layout > PROJECTION_LAYOUT:
        raise NewerLayoutError("A newer commlog has taken this log over. Nothing was written; update commlog.")
    if layout < PROJECTION_LAYOUT:
        raise DamagedLogError(f"The layout number of the log's projections was changed while it was open. {_ADVICE}")
    require_schema(connection)


def _named(key: tuple[str, str]) -> str:
    kind, name = key
    return f"the {_WORD_OF_TYPE.get(kind, 'object')} {name[:80]!r}"


def _settings(connection: apsw.Connection) -> set[tuple[object, ...]]:
    return set(connection.execute(_SEARCH_SETTINGS).fetchall())


@lru_cache(2)
def _expected(schema: str) -> tuple[Objects, Objects, set[tuple[object, ...]]]:
    """Return a schema's objects, those SQLite may add (statistics), and the search settings."""
    connection = apsw.Connection(":memory:")
    try:
        connection.execute(schema)
        expected = _objects(connection)
        settings = _settings(connection) if expected.keys() >= _SETTINGS_TABLES else set()
        connection.execute("CREATE TABLE extra (id INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE extra; ANALYZE")
        optional = {key: value for key, value in _objects(connection).items() if key not in expected}
        return expected, optional, settings
    finally:
        connection.close()


def _objects(connection: apsw.Connection) -> Objects:
    rows = connection.execute(_OBJECTS).fetchall()
    return {
        (str(kind), str(name)): (str(table), normalized(sql if sql is None else str(sql)))
        for kind, name, table, sql in rows
    }
