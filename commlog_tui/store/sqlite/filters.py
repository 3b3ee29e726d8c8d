"""What the filters of a query leave: numbers and ranges that lead into one index, and what is excluded."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Self

import apsw
import msgspec

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.query import EntryQuery
from commlog_tui.contract.search_terms import folded_code
from commlog_tui.records.instants import micros
from commlog_tui.store.sqlite.customer_notes import same_customer
from commlog_tui.store.sqlite.facets import PARTS, KnownFacets, known_facets
from commlog_tui.store.sqlite.keys import id_bytes
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS
from commlog_tui.store.sqlite.titles import numbers_of_title

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
FACETS: Final = frozenset({"via", "source", "status", "kind", "not_via", "not_source", "not_status", "not_kind"})
"""The filters of a query whose counts are sums of facets."""


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
    titles: tuple[int, ...] | None = None
    """Numbers of the titles that are wanted."""
    code: str | None = None
    excluded: tuple[Condition, ...] = ()
    """What is checked on each row, as no index leads to what is left."""

    @classmethod
    def of(cls, connection: apsw.Connection, place: Place, query: EntryQuery) -> Self:
        """Look up what the filters of a query stand for."""
        facets, entries, share = None, None, 1.0
        if any(getattr(query, name) for name in FACETS):
            known = known_facets(connection, place)
            chosen = _chosen(known, query)
            facets = tuple(sorted(chosen))
            entries = sum([known.facets[no].entries for no in facets])
            share = entries / max(known.entries, 1)
        return cls(
            facets,
            entries,
            share,
            _contacts(connection, place, query),
            None if query.reference is None else id_bytes(query.reference),
            None if query.since is None else micros(query.since),
            None if query.until is None else micros(query.until),
            None if query.title is None else numbers_of_title(connection, place, query.title),
            None if query.code is None else folded_code(query.code),
            tuple(_excluded(connection, place, query)),
        )

    def loose(self) -> "Filters":
        """Return the filters that lead into an index, without what is checked on rows: they leave more."""
        rest = replace(self, excluded=())
        return rest if self.facets is None and self.contacts is None else replace(rest, titles=None)

    @property
    def is_impossible(self) -> bool:
        """Whether nothing can be left."""
        return () in (self.facets, self.contacts, self.titles)

    def conditions(self, *, led_by: str = "") -> list[Condition]:
        """Return the conditions but those on the time, and on the column that leads into an index."""
        found: list[Condition] = []
        if self.facets is not None and led_by != "facet":
            found.append(one_of("entry.facet", self.facets))
        if self.contacts is not None and led_by != "contact":
            found.append(one_of("entry.contact", self.contacts))
        if self.reference is not None and led_by != "reference":
            found.append(Condition("entry.reference = ?", (self.reference,)))
        if self.titles is not None and led_by != "title":
            found.append(one_of("entry.title", self.titles))
        if self.code is not None and led_by != "code":
            found.append(Condition("entry.code = ?", (self.code,)))
        return [*found, *self.excluded]


def _chosen(known: KnownFacets, query: EntryQuery) -> set[int]:
    """Return the numbers of the facets that a query leaves, among those that have entries."""
    wanted: dict[str, Iterable[str]] = {
        "via": query.via,
        "source": [query.source.value] if query.source else (),
        "kind": [query.kind] if query.kind else (),
        "status": [status.value for status in query.status],
    }
    unwanted: dict[str, Iterable[str]] = {
        "via": query.not_via,
        "source": [source.value for source in query.not_source],
        "kind": query.not_kind,
        "status": [status.value for status in query.not_status],
    }
    chosen = set(known.used)
    for part in PARTS:
        if wanted[part]:
            chosen &= known.having(part, wanted[part])
        chosen -= known.having(part, unwanted[part])
    return chosen


def one_of(column: str, numbers: Iterable[int]) -> Condition:
    """Return the condition that a column has one of these numbers."""
    listed = tuple(numbers)
    if len(listed) == 1:
        return Condition(f"{column} = ?", listed)
    return Condition(f"{column} IN (SELECT value FROM json_each(?))", (msgspec.json.encode(listed).decode(),))


def _none_of(column: str, values: Iterable[Value]) -> Condition:
    """Return the condition that a column, which may be empty, has none of a few values."""
    listed = tuple(values)
    return Condition(f"({column} IS NULL OR {column} NOT IN ({','.join('?' * len(listed))}))", listed)


def _none_of_many(column: str, numbers: Iterable[int]) -> Condition:
    listed = msgspec.json.encode(sorted(numbers)).decode()
    return Condition(f"({column} IS NULL OR {column} NOT IN (SELECT value FROM json_each(?)))", (listed,))


def _excluded(connection: apsw.Connection, place: Place, query: EntryQuery) -> Iterable[Condition]:
    contacts = {no for to in query.not_to for no in _sent_to(connection, place, to)}
    contacts |= {no for one in query.not_customer_id for no in _of_customer(connection, place, one)}
    if contacts:
        yield _none_of_many("entry.contact", contacts)
    titles = {no for title in query.not_title for no in numbers_of_title(connection, place, title)}
    if titles:
        yield _none_of_many("entry.title", titles)
    if query.not_code:
        yield _none_of("entry.code", map(folded_code, query.not_code))
    if query.not_reference:
        yield _none_of("entry.reference", map(id_bytes, query.not_reference))
    for day in query.not_day:
        yield Condition("NOT (entry.sent_at >= ? AND entry.sent_at < ?)", place.span_of(day))


def _contacts(connection: apsw.Connection, place: Place, query: EntryQuery) -> tuple[int, ...] | None:
    wanted: list[set[int]] = []
    if query.to is not None:
        wanted.append(_sent_to(connection, place, query.to))
    if query.customer_id is not None:
        wanted.append(_of_customer(connection, place, query.customer_id))
    return tuple(sorted(set.intersection(*wanted))) if wanted else None


def _sent_to(connection: apsw.Connection, place: Place, to: str) -> set[int]:
    address = match_form(to, place.region) or to
    return {int(no) for (no,) in connection.execute(_TO, (place.no, address))}


def _of_customer(connection: apsw.Connection, place: Place, customer: str) -> set[int]:
    ids = same_customer(connection, place, customer)
    return {int(no) for one in ids for (no,) in connection.execute(_OF_CUSTOMER, (place.no, one))}
