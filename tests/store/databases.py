"""The databases that the behaviour suite runs on, as a test sees them beside the store.

Each has a URL, and shows what lies at rest: what verifying it finds, whether a text is left
anywhere, and every row that is derived from the records.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from commlog_tui.ledger.verifier import Fault
from commlog_tui.store.opening import sqlite_path
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.rebuild import PROJECTIONS
from tests.store.tampering import faults


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
        """See ``Database.projections``. Of the search index, which entry has which trigram."""
        connection = connect(self.path)
        connection.execute("CREATE VIRTUAL TABLE temp.found USING fts5vocab('main', 'search', 'instance')")
        rows: dict[str, list[object]] = {
            name: list(connection.execute(f"SELECT * FROM {name}")) for name in PROJECTIONS
        }
        rows["search"] = list(connection.execute("SELECT doc, term FROM temp.found ORDER BY 1, 2").fetchall())
        connection.close()
        return rows


DATABASES: Final[Mapping[str, Callable[[Path], Database]]] = {"sqlite": SqliteFile}
"""Every database of the suite, made in a folder of the test's own."""
