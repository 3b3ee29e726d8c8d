"""Takes the rows of one log file over into another that has none of its locations."""

from pathlib import Path
from typing import Final

import apsw

from commlog_tui.store.sqlite.entry_schema import SEARCHES
from commlog_tui.store.sqlite.schema import GUARDS

_GUARDS: Final = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
_TABLES: Final = """
SELECT name FROM part.sqlite_schema AS one WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
AND NOT EXISTS (SELECT 1 FROM part.sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%' AND one.name LIKE name || '_%')
"""
_SHARED: Final = {"kind": "name", "form": "text"}
"""Dictionaries of the whole file, with what each number stands for."""
_ITS_OWN: Final = {"log", "location", "token", "projection"}
"""What both files have of themselves."""


def drop_guards(connection: apsw.Connection) -> None:
    """Remove the guards, each of which looks at every row."""
    for (name,) in connection.execute(_GUARDS).fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def lay_guards(connection: apsw.Connection) -> None:
    """Put them back."""
    connection.execute(GUARDS)


def take_over(connection: apsw.Connection, part: Path) -> None:
    """Take over every row of a file; words that both have keep their numbers in the file that takes."""
    connection.execute("ATTACH ? AS part", (str(part),))
    for table, column in _SHARED.items():
        connection.execute(
            f"INSERT INTO main.{table} ({column}) SELECT {column} FROM part.{table}"
            f" WHERE {column} NOT IN (SELECT {column} FROM main.{table}) ORDER BY no"
        )
        connection.execute(f"CREATE TEMP TABLE new_{table} (old INTEGER PRIMARY KEY, no INTEGER)")
        connection.execute(
            f"INSERT INTO new_{table} SELECT old.no, new.no FROM part.{table} AS old JOIN main.{table} AS new"
            f" ON new.{column} = old.{column}"
        )
    tables = {str(name) for (name,) in connection.execute(_TABLES)}
    connection.execute("DELETE FROM main.head WHERE location IN (SELECT location FROM part.head WHERE seq)")
    connection.execute("DELETE FROM part.head WHERE NOT seq")
    for table in sorted(tables - _SHARED.keys() - _ITS_OWN):
        columns = [str(row[1]) for row in connection.execute(f"PRAGMA part.table_info({table})")]
        values = [
            f"(SELECT no FROM new_{name} WHERE old = {name})" if table == "record" and name in _SHARED else name
            for name in columns
        ]
        connection.execute(f"INSERT INTO main.{table} SELECT {', '.join(values)} FROM part.{table}")
    for table, column in SEARCHES.items():
        key = "pk" if table == "body" else "no"
        connection.execute(f"INSERT INTO {table}_search (rowid, {column}) SELECT {key}, {column} FROM part.{table}")
    for table in _SHARED:
        connection.execute(f"DROP TABLE new_{table}")
    connection.execute("DETACH part")
