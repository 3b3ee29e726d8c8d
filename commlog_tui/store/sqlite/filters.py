"""What the filters of a query leave: numbers and ranges that lead into one index."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

import apsw
import msgspec

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.query import EntryQuery
from commlog_tui.records.instants import micros
from commlog_tui.store.sqlite.customer_notes import same_customer
from commlog_tui.store.sqlite.facets import known_facets
from commlog_tui.store.sqlite.keys import id_bytes
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS

_SEQ: Final = (1 << SEQ_BITS) - 1
_TO: Final = f"SELECT no & {_SEQ} FROM contact WHERE location = ?1 AND address = ?2"
_OF_CUSTOMER: Final = f"""
SELECT mine.no & {_SEQ} FROM person CROSS JOIN contact AS mine INDEXED BY contact_by_person
ON mine.location = ?1 AND mine.person = person.no & {_SEQ} WHERE person.location = ?1 AND person.key = 'c' || ?2
UNION SELECT theirs.no & {_SEQ} FROM person CROSS JOIN contact AS mine INDEXED BY contact_by_person
ON mine.location = ?1 AND mine.person = person.no & {_SEQ}
CROSS JOIN contact AS theirs ON theirs.location = ?1 AND theirs.address = mine.address
WHERE person.location = ?1 AND person.key = 'c' || ?2 AND mine.address <> ''
"""
Value = str | int | bytes


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of SQL with its values."""

    sql: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a query, but for its text. None stands for no filter."""

    facets: tuple[int, ...] | None
    """Numbers of the channels, sources, kinds and statuses that are wanted."""
    entries: int | None
    """How many entries these facets have."""
    share: float
    """What share of all entries that is."""
    contacts: tuple[int, ...] | None
    """Numbers of the contacts that are wanted."""
    reference: bytes | None
    since: int | None
    until: int | None

    @classmethod
    def of(cls, connection: apsw.Connection, place: Place, query: EntryQuery) -> Self:
        """Look up what the filters of a query stand for."""
        facets, entries, share = None, None, 1.0
        if query.via or query.source or query.status or query.kind:
            statuses = {status.value for status in query.status}
            known = known_facets(connection, place)
            chosen = [
                facet
                for facet in known.facets
                if facet.entries
                and (not query.via or facet.via in query.via)
                and (query.source is None or facet.source == query.source.value)
                and (query.kind is None or facet.kind == query.kind)
                and (not statuses or facet.status in statuses)
            ]
            facets = tuple(facet.no for facet in chosen)
            entries = sum(facet.entries for facet in chosen)
            share = entries / max(known.entries, 1)
        return cls(
            facets,
            entries,
            share,
            _contacts(connection, place, query),
            None if query.reference is None else id_bytes(query.reference),
            None if query.since is None else micros(query.since),
            None if query.until is None else micros(query.until),
        )

    @property
    def is_impossible(self) -> bool:
        """Whether nothing can be left."""
        return self.facets == () or self.contacts == ()

    def ranges(self) -> list[Condition]:
        """Return the conditions on the time."""
        found = [] if self.since is None else [Condition("entry.sent_at >= ?", (self.since,))]
        return found if self.until is None else [*found, Condition("entry.sent_at < ?", (self.until,))]

    def conditions(self, *, led_by: str = "") -> list[Condition]:
        """Return all conditions but that on the column that leads into an index."""
        found = self.ranges()
        if self.facets is not None and led_by != "facet":
            found.append(one_of("entry.facet", self.facets))
        if self.contacts is not None and led_by != "contact":
            found.append(one_of("entry.contact", self.contacts))
        if self.reference is not None and led_by != "reference":
            found.append(Condition("entry.reference = ?", (self.reference,)))
        return found


def one_of(column: str, numbers: Iterable[int]) -> Condition:
    """Return the condition that a column has one of these numbers."""
    listed = tuple(numbers)
    if len(listed) == 1:
        return Condition(f"{column} = ?", listed)
    return Condition(f"{column} IN (SELECT value FROM json_each(?))", (msgspec.json.encode(listed).decode(),))


def _contacts(connection: apsw.Connection, place: Place, query: EntryQuery) -> tuple[int, ...] | None:
    wanted: list[set[int]] = []
    if query.to is not None:
        address = match_form(query.to, place.region) or query.to
        wanted.append({int(no) for (no,) in connection.execute(_TO, (place.no, address))})
    if query.customer_id is not None:
        ids = same_customer(connection, place, query.customer_id)
        of_them = (connection.execute(_OF_CUSTOMER, (place.no, one)) for one in ids)
        wanted.append({int(no) for found in of_them for (no,) in found})
    return tuple(sorted(set.intersection(*wanted))) if wanted else None
