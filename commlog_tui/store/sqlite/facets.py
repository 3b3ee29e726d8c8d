"""Combinations of channel, source, kind and status, by number, with exact counts of their entries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

import apsw
from msgspec import Struct

from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.place import Place

_KNOWN: Final[WeakKeyDictionary[apsw.Connection, tuple[tuple[object, ...], dict[int, "KnownFacets"]]]] = (
    WeakKeyDictionary()
)
"""Of each connection, the version of the file and the facets of locations then."""
_ALL: Final = "SELECT no, via, source, kind, status, rank, entries FROM facet WHERE location = ?"
_NEW: Final = "INSERT INTO facet VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
_COUNT: Final = "UPDATE facet SET entries = entries + ? WHERE location = ? AND no = ?"
FACET_OF_ENTRY: Final = "facet.location = entry.location AND facet.no = entry.facet"
"""The condition that joins an entry with its facet."""
ENTRY_STATUS: Final = f"(SELECT status FROM facet WHERE {FACET_OF_ENTRY})"
"""The status of a row of ``entry``."""


PARTS: Final = ("via", "source", "kind", "status")
"""What a facet consists of."""


class Facet(Struct, frozen=True, gc=False):
    """One combination that a location has."""

    no: int
    via: str
    source: str
    kind: str
    status: str
    rank: int
    entries: int


def read_facets(connection: apsw.Connection, place: Place) -> list[Facet]:
    """Return a location's facets."""
    rows: list[Row] = connection.execute(_ALL, (place.no,)).fetchall()
    return [Facet(*row) for row in rows]


class KnownFacets:
    """The facets of a location as one transaction sees them."""

    def __init__(self, facets: list[Facet]) -> None:
        self.facets = {facet.no: facet for facet in facets}
        self.statuses = {facet.no: facet.status for facet in facets}
        self.used = frozenset(facet.no for facet in facets if facet.entries)
        """The facets that have entries."""
        self.entries = sum(facet.entries for facet in facets)
        """How many entries the location has."""

    @cached_property
    def _numbers(self) -> Mapping[tuple[str, str], set[int]]:
        """The facets that have entries, by each of their parts and its value."""
        found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for one in self.facets.values():
            if one.entries:
                for part in PARTS:
                    found[part, getattr(one, part)].add(one.no)
        return found

    def having(self, part: str, values: Iterable[str]) -> set[int]:
        """Return the numbers of the facets in use that have one of these values."""
        return set().union(*(self._numbers.get((part, value), ()) for value in values))


def known_facets(connection: apsw.Connection, place: Place) -> KnownFacets:
    """Return a location's facets, read anew where the file has changed since the connection last read them.

    Only within a transaction. The file has changed if another connection says so, or this one.
    """
    version = (*connection.execute("PRAGMA data_version").fetchall()[0], connection.total_changes())
    known = _KNOWN.get(connection)
    if known is None or known[0] != version:
        known = _KNOWN[connection] = (version, {})
    found = known[1].get(place.no)
    if found is None:
        found = known[1][place.no] = KnownFacets(read_facets(connection, place))
    return found


class Facets:
    """Numbers and counts the facets of one location within one transaction."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._numbers: dict[tuple[str, str, str, str], int] = {}
        self._by_number: dict[int, Facet] = {}
        self._changes: Counter[int] = Counter()
        self._is_read = False

    def number(self, via: str, source: str, kind: str, status: str, rank: int) -> int:
        """Return the number of a facet, which is written if it is new."""
        self._read()
        no = self._numbers.get((via, source, kind, status))
        if no is None:
            no = max(self._by_number, default=0) + 1
            self._connection.execute(_NEW, (self._place.no, no, via, source, kind, status, rank))
            self._know(Facet(no, via, source, kind, status, rank, 0))
        return no

    def facet(self, no: int) -> Facet:
        """Return the facet with a number; its count is that at the beginning."""
        self._read()
        return self._by_number[no]

    def count(self, no: int, change: int = 1) -> None:
        """Count entries in or out."""
        self._changes[no] += change

    def flush(self) -> None:
        """Write the counts."""
        rows = [(change, self._place.no, no) for no, change in sorted(self._changes.items()) if change]
        if rows:
            self._connection.executemany(_COUNT, rows)
        self._changes.clear()

    def _read(self) -> None:
        if not self._is_read:
            for facet in read_facets(self._connection, self._place):
                self._know(facet)
            self._is_read = True

    def _know(self, facet: Facet) -> None:
        self._numbers[facet.via, facet.source, facet.kind, facet.status] = facet.no
        self._by_number[facet.no] = facet
