"""What an append leaves in memory for the next one: dictionaries, people, titles and their numbers.

They are what the records of a location have made of them, and its frontier stands for exactly these
records: whatever is found with another frontier, after a rollback or when another process has
written, is read again.
"""

from typing import Final

import apsw

from commlog_tui.records.decide import Head
from commlog_tui.store.sqlite.connection import schema_version
from commlog_tui.store.sqlite.people import MOST_KNOWN
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projections import Projections
from commlog_tui.store.sqlite.record_rows import WordNumbers

MOST_LOCATIONS: Final = 16
MOST_PEOPLE: Final = 2 * MOST_KNOWN
"""Of all locations that are remembered; each takes about 2 KB."""


class Remembered:
    """Of one location, as a transaction left it."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self.words = WordNumbers(connection)
        self.projections = Projections(connection, place)
        self.head: Head | None = None
        self.schema_version: object = None
        self.place = place


class AppendMemory:
    """Remembers the locations that were appended to last on one connection."""

    def __init__(self) -> None:
        self._locations: dict[int, Remembered] = {}

    def take(self, connection: apsw.Connection, place: Place, head: Head) -> Remembered:
        """Return what is known of a location whose log ends so; until it is put back, it is not remembered."""
        found = self._locations.pop(place.no, None)
        version = schema_version(connection)  # a rebuild makes the tables again
        if found is None or (found.head, found.schema_version, found.place) != (head, version, place):
            found = Remembered(connection, place)
            found.schema_version = version
        return found

    def put(self, remembered: Remembered, head: Head) -> None:
        """Remember what was written, with the log's end after it."""
        remembered.head = head
        self._locations[remembered.place.no] = remembered
        while len(self._locations) > MOST_LOCATIONS or self.people > MOST_PEOPLE:
            del self._locations[next(iter(self._locations))]

    @property
    def people(self) -> int:
        """How many people are remembered."""
        return sum(one.projections.size for one in self._locations.values())
