"""What a page of search results has beyond its rows: why they matched, a count, and suggestions."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.search_terms import Term, parse
from commlog_tui.records.rows import EntryRow
from commlog_tui.store import totals
from commlog_tui.store.rows import TotalRow
from commlog_tui.store.search.explaining import KnownPerson, explain
from commlog_tui.store.search.lookups import FEW, MOST_PEOPLE, MOST_TITLES
from commlog_tui.store.search.planner import Branch, Lead, Plan, plan
from commlog_tui.store.search.spelling import MOST_SUGGESTIONS, replaced_words
from commlog_tui.store.sqlite.dictionary import SqliteDictionary
from commlog_tui.store.sqlite.filters import Filters
from commlog_tui.store.sqlite.keys import key_of
from commlog_tui.store.sqlite.period import Position
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS
from commlog_tui.store.sqlite.searching import SearchWalk
from commlog_tui.store.sqlite.totals import step_limit
from commlog_tui.store.sqlite.walks import Walk, Walker, walk_of
from commlog_tui.store.sqlite.words import near

CAP: Final = 1_000
"""How many matches are counted."""
_LOOKS: Final = 15
"""A count ends after so many thousand steps of SQLite's virtual machine."""
_MOST_TRIED: Final = 12
"""Queries that are tried before they are suggested."""
_PERSON: Final = f"""
SELECT person.no, person.name, person.haystack FROM entry
JOIN contact ON contact.no = entry.location << {SEQ_BITS} | entry.contact
JOIN person ON person.no = entry.location << {SEQ_BITS} | contact.person WHERE entry.pk = ?
"""
_CONTACTS: Final = """
SELECT shown FROM contact INDEXED BY contact_by_person WHERE location = ? AND person = ?
ORDER BY seen_at DESC, no LIMIT 200
"""


class NothingFound:
    """The walk of a search that nothing can match."""

    looked_to: Position | None = None

    def first(self, _behind: Position | None, _limit: int, *, rising: bool) -> list[Position]:  # noqa: ARG002 - a walk has it
        """Return nothing."""
        return []

    def count(self, _most: int) -> Iterator[Position]:
        """Yield nothing."""
        return iter(())


class SearchPage:
    """A search of one location on one connection."""

    def __init__(
        self,
        connection: apsw.Connection,
        place: Place,
        request: PageRequest,
        filters: Filters,
        terms: Sequence[Term],
    ) -> None:
        self._connection = connection
        self._place = place
        self._request = request
        self._filters = filters
        self._terms = terms
        self._left = self._entries_left()
        self.walk = self._walk(terms)

    def total(self, known: int) -> TotalRow:
        """Return how many entries match, counted no further than is cheap; at least so many are known."""
        most = min(CAP, totals.CAP)
        count = 0
        try:
            with step_limit(self._connection, _LOOKS):
                for _ in islice(self.walk.count(most + 1), most + 1):
                    count += 1
        except apsw.InterruptError:
            return TotalRow(max(min(count, most), known), exact=False)
        return TotalRow(count, exact=True) if count <= most else TotalRow(max(most, known), exact=False)

    def explained(self, entries: Sequence[EntryRow]) -> tuple[EntryRow, ...]:
        """Return entries with why they matched."""
        return tuple(map(self._explained, entries))

    def suggestions(self) -> tuple[str, ...]:
        """Return similar queries that find something: one letter differs in words that nothing has."""
        dictionary = SqliteDictionary(self._connection, self._place)
        words = [term.text for term in self._terms]
        unknown = [at for at, term in enumerate(self._terms) if _is_unknown(dictionary, term)]
        choices = {at: near(self._connection, self._place, self._terms[at].needles[0]) for at in unknown}
        if unknown:
            tried = replaced_words(words, {at: choices[at] for at in unknown})
        else:  # every word is known, but not together
            ways = {at: near(self._connection, self._place, term.needles[0]) for at, term in enumerate(self._terms)}
            tried = (query for at, near_words in ways.items() for query in replaced_words(words, {at: near_words}))
        found = (query for query in islice(tried, _MOST_TRIED) if self._finds(query))
        return tuple(dict.fromkeys(islice(found, MOST_SUGGESTIONS)))

    def _explained(self, entry: EntryRow) -> EntryRow:
        matched = explain(self._terms, entry, lambda: self._person(entry.seq), self._place.region)
        return msgspec.structs.replace(entry, matched=matched)

    def _finds(self, query: str) -> bool:
        walk = self._walk(parse(query, self._place.region))
        return bool(walk.first(None, 1, rising=False))

    def _walk(self, terms: Sequence[Term]) -> SearchWalk | NothingFound:
        chosen = self._plan(terms)
        if chosen is None:
            return NothingFound()
        return SearchWalk(self._connection, self._place, self._filters, chosen)

    def _plan(self, terms: Sequence[Term]) -> Plan | None:
        if self._filters.is_impossible:
            return None
        if not terms:  # filters alone, of which some are checked on rows
            return Plan((Branch(Lead.ALL),), (), (), 0.0)
        dictionary = SqliteDictionary(self._connection, self._place)
        return plan(terms, dictionary, self._request.limit + 1, self._left)

    def _entries_left(self) -> int | None:
        """Return how many entries the filters leave, if they are few or counted; None for all or many."""
        filters = self._filters
        walk = walk_of(filters.loose())
        if walk == Walk("entry_by_time"):
            return None
        counted = Walker(self._connection, self._place).count(walk, FEW + 1)
        return counted if counted <= FEW else filters.entries

    def _person(self, seq: int) -> KnownPerson:
        row = self._connection.execute(_PERSON, (key_of(self._place.no, seq),)).fetchone()
        if row is None:
            return KnownPerson()
        pk, name, haystack = row
        person = int(pk) & ((1 << SEQ_BITS) - 1)
        shown = self._connection.execute(_CONTACTS, (self._place.no, person)).fetchall()
        contacts = tuple(str(text) for (text,) in shown if text)
        return KnownPerson(tuple(str(haystack).split("\n")), contacts, None if name is None else str(name))


def _is_unknown(dictionary: SqliteDictionary, term: Term) -> bool:
    return (
        dictionary.people([term], MOST_PEOPLE) == ()
        and dictionary.titles([term], MOST_TITLES) == ()
        and not dictionary.count_codes(term, 1)
        and not dictionary.count_references(term, 1)
        and not (term.words and dictionary.count_texts(term, 1))
    )
