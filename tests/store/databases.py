"""The databases that the behaviour suite runs on, as a test sees them beside the store.

Each has a URL, and shows what lies at rest: what verifying it finds, whether a text is left
anywhere, and every row that is derived from the records.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import psycopg
from psycopg.sql import SQL, Identifier

from commlog_tui.ledger.verifier import Fault
from commlog_tui.store.auditing import verify_location
from commlog_tui.store.opening import open_audit, sqlite_path
from commlog_tui.store.postgresql.guards import UPKEEP
from commlog_tui.store.sqlite.comparing import COMPARED, view_terms
from commlog_tui.store.sqlite.connection import connect
from tests.postgresql.fixtures import CreateDatabase
from tests.store.tampering import faults

_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


class Database(Protocol):
    """One log's database."""

    url: str

    def faults(self, location: str = "quay") -> list[Fault]:
        """Return what verifying finds at a location, of a log that no store has open."""
        ...

    def holds(self, text: str) -> bool:
        """Whether a text is left anywhere in what is stored."""
        ...

    def projections(self) -> dict[str, list[object]]:
        """Return every row of everything derived from the records, by its table."""
        ...


class SqliteFile:
    """A log in a file of the test's own folder."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite://{folder}/made/log.db"
        self.path: Final = sqlite_path(self.url)

    def faults(self, location: str = "quay") -> list[Fault]:
        """See ``Database.faults``."""
        return faults(self.path, location)

    def holds(self, text: str) -> bool:
        """See ``Database.holds``. Searches every byte of the file and its companions, unused space too."""
        return any(text.encode() in file.read_bytes() for file in self.path.parent.iterdir())

    def projections(self) -> dict[str, list[object]]:
        """See ``Database.projections``. What is compared of them by a verification."""
        connection = connect(self.path)
        views = view_terms(connection, "main")
        rows: dict[str, list[object]] = {
            name: sorted(connection.execute(sql.format("main", views.get(name))), key=repr)
            for name, sql in COMPARED.items()
        }
        connection.close()
        return rows


class PostgresDatabase:
    """A log in a database of the test's own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def faults(self, location: str = "quay") -> list[Fault]:
        """See ``Database.faults``."""
        with open_audit(self.url) as audit:
            (found,) = [one for one in audit.locations() if one.id == location]
            return verify_location(audit, found).faults

    def holds(self, text: str) -> bool:
        """See ``Database.holds``. Searches every column of every row that can be read.

        What lies in unused space and in the write-ahead log is the server's until it is overwritten.
        """
        return any(text in repr(row) for rows in self._tables(()).values() for row in rows)

    def projections(self) -> dict[str, list[object]]:
        """See ``Database.projections``."""
        return self._tables(("form", "hook", "location", "log", "migration", "record", "token", "used_signature"))

    def _tables(self, excluded: Sequence[str]) -> dict[str, list[object]]:
        """Return every row of all tables but some, in their order; bytes as they are."""
        with psycopg.connect(self.url) as connection:
            connection.execute(UPKEEP)
            names = [name for (name,) in connection.execute(_TABLES) if name not in excluded]
            tables = {name: connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))) for name in names}
            return {name: sorted(rows.fetchall(), key=repr) for name, rows in tables.items()}


DATABASES: Final = ("sqlite", "postgresql")
"""The databases of the suite."""


def make_database(name: str, folder: Path, create_database: Callable[[], CreateDatabase]) -> Database:
    """Return a database without a log, in a folder of the test's own or on the server of this run."""
    return SqliteFile(folder) if name == "sqlite" else PostgresDatabase(create_database()())
