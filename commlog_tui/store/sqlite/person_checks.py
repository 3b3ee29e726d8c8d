"""Terms that very many people have, checked for the people of many entries at once.

Neighboring entries are often of one person, and a lookup for each row of a walk takes three times
as long.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.search_terms import Term
from commlog_tui.store.search.lookups import Found
from commlog_tui.store.sqlite.dictionary import SqliteDictionary
from commlog_tui.store.sqlite.filters import Condition
from commlog_tui.store.sqlite.period import Position
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS
from commlog_tui.store.sqlite.walks import Walk

_FEWEST, _MOST = 128, 2_000
"""Rows that are looked at between two lookups of their people."""
_MOST_KNOWN: Final = 20_000
_PEOPLE: Final = f"""
SELECT no, held FROM (
    SELECT wanted.value AS no, {{}} AS held FROM json_each(?) AS wanted
    CROSS JOIN contact ON contact.no = ? << {SEQ_BITS} | wanted.value
    CROSS JOIN person ON person.no = contact.location << {SEQ_BITS} | contact.person
) WHERE held
"""

Row = tuple[int, int, int | None, int]
"""When an entry was sent, its key, its contact, and as bits the terms that hold in another field of it."""


@dataclass(frozen=True, slots=True)
class CheckedWalk:
    """A walk whose rows are further checked for terms that their people may have."""

    walk: Walk
    terms: tuple[Term, ...] = ()

    def within(self, since: int | None = None, until: int | None = None) -> "CheckedWalk":
        """Return the part of the walk in a period."""
        return replace(self, walk=self.walk.within(since, until))


def checked_walk(walk: Walk, conditions: Iterable[Found], dictionary: SqliteDictionary) -> CheckedWalk:
    """Return a walk with conditions; those on people that are not listed are checked apart if it is in order."""
    listed = tuple(conditions)
    apart = [one for one in listed if one.people is None] if walk.is_in_order else []
    walk = walk.also(*(dictionary.holds(one) for one in listed if one not in apart))
    if not apart:
        return CheckedWalk(walk)
    elsewhere = _as_bits(dictionary.holds_elsewhere(one) for one in apart)
    return CheckedWalk(replace(walk, columns=(Condition("entry.contact"), elsewhere)), tuple(one.term for one in apart))


class PersonChecks:
    """Looks up which of some terms the people of contacts have, each contact once."""

    def __init__(
        self, connection: apsw.Connection, place: Place, dictionary: SqliteDictionary, terms: Sequence[Term]
    ) -> None:
        self._connection = connection
        self._place = place
        self._held = _as_bits(dictionary.people_on_row([term]) for term in terms)
        self._all = (1 << len(terms)) - 1
        self._known: dict[int | None, int] = {}

    def first(self, rows: Iterator[Row], limit: int) -> list[Position]:
        """Return the first rows that have every term."""
        found: list[Position] = []
        size = seen = _FEWEST
        while len(found) < limit and (some := list(islice(rows, size))):
            found += self._passing(some)
            missing = limit - len(found)
            size = min(max(missing * seen // max(len(found), 1), _FEWEST), _MOST)
            seen += size
        return found[:limit]

    def all(self, rows: Iterator[Row]) -> Iterator[Position]:
        """Yield the rows that have every term."""
        while some := list(islice(rows, 4 * _FEWEST)):
            yield from self._passing(some)

    def _passing(self, rows: Sequence[Row]) -> list[Position]:
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        known, wanted = self._known, self._all
        unknown = {contact for _, _, contact, held in rows if held != wanted} - known.keys() - {None}
        if unknown:
            known.update(dict.fromkeys(unknown, 0))
            values = *self._held.values, msgspec.json.encode(sorted(unknown)).decode(), self._place.no
            known.update(self._connection.execute(_PEOPLE.format(self._held.sql), values))
        return [(sent_at, pk) for sent_at, pk, contact, held in rows if held | known.get(contact, 0) == wanted]


def _as_bits(conditions: Iterable[Condition]) -> Condition:
    """Return a number with one bit for each condition that is met."""
    listed = list(conditions)
    bits = (f"(ifnull(({one.sql}) <> 0, 0) << {at})" for at, one in enumerate(listed))
    return Condition(" | ".join(bits), tuple(value for one in listed for value in one.values))
