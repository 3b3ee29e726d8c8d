"""Lookups of a search in the dictionaries of one location: all terms in one round trip."""

from collections.abc import Sequence
from typing import Final

from commlog_tui.contract.search_terms import Term
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.search_conditions import (
    Person,
    has_code,
    has_reference,
    parts,
    people_found,
    texts_found,
)
from commlog_tui.store.search.lookups import Limits, Sizes

_PEOPLE: Final = """
SELECT coalesce(array_agg(customer) FILTER (WHERE customer IS NOT NULL), '{{}}'),
coalesce(array_agg(address) FILTER (WHERE address IS NOT NULL), '{{}}') FROM {} AS found (customer, address)
"""
_COUNT: Final = "(SELECT count(*) FROM (SELECT 1 FROM entry WHERE location = %s AND {} LIMIT %s) AS rows)"
_TITLES: Final = "ARRAY(SELECT no FROM title WHERE location = %s AND folded LIKE ANY (%s::text[]) LIMIT %s)"
_SIZES: Final = """
SELECT (SELECT entries FROM head WHERE location = %s),
(SELECT count(*) FROM (SELECT 1 FROM customer WHERE location = %s LIMIT 2000) AS known),
(SELECT count(*) FROM (SELECT 1 FROM title WHERE location = %s LIMIT 2000) AS known)
"""
_IN_NO_ORDER: Final = "SELECT set_config('enable_bitmapscan', 'on', true)"
"""Several ranges of codes and references are counted, which are no walk."""
_FEWEST_ENTRIES_OF_PERSON: Final = 8
"""Entries of a person, as a guess where there are many people."""


class FurtherLookupError(Exception):
    """People who have several terms at once are asked for, which were not looked up yet."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        super().__init__(terms)
        self.terms = terms


class Lookups:
    """A ``search.lookups.Dictionary`` of what was looked up before it is asked."""

    def __init__(self, location: Location, limits: Limits) -> None:
        self._location = location
        self._limits = limits
        self._numbers: dict[Person, int] = {}
        self._persons: list[Person] = []
        self._people: dict[tuple[Term, ...], tuple[int, ...] | None] = {}
        self._titles: dict[Term, tuple[int, ...] | None] = {}
        self._counts: dict[Term, tuple[int, int, int]] = {}
        self._sizes = Sizes(0, 0, 0)

    async def load(self, view: View, terms: Sequence[Term]) -> None:
        """Look up terms in every field, and how much there is, within a pipeline."""
        no, is_distributed = self._location.no, view.connection.is_distributed
        async with view.connection.pipeline():
            await view.send(_IN_NO_ORDER)
            sizes = await view.send(_SIZES, (no, no, no))
            rows = [await view.send(*self._statement(term, is_distributed=is_distributed)) for term in terms]
        for term, cursor in zip(terms, rows, strict=True):
            (row,) = await cursor.fetchall()
            customers, addresses, titles, codes, references, texts = row
            self._people[term,] = self._numbered(customers, addresses)
            self._titles[term] = tuple(titles) if len(titles) <= self._limits.titles else None
            self._counts[term] = codes, references, texts
        ((entries, people, titles),) = await sizes.fetchall()
        self._sizes = Sizes(entries, max(people, entries // _FEWEST_ENTRIES_OF_PERSON), titles)

    async def load_together(self, view: View, terms: tuple[Term, ...]) -> None:
        """Look up the people who have all of some terms."""
        found, values = people_found(
            self._location.no, terms, self._limits.people + 1, is_distributed=view.connection.is_distributed
        )
        row = await view.row(_PEOPLE.format(found), values)
        self._people[terms] = self._numbered(*(row or ((), ())))

    def persons(self, numbers: Sequence[int]) -> list[Person]:
        """Return people by their numbers."""
        return [self._persons[number] for number in numbers]

    def sizes(self) -> Sizes:
        """See ``Dictionary.sizes``."""
        return self._sizes

    def people(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        """See ``Dictionary.people``. Raises ``FurtherLookupError``."""
        del limit  # it was looked up by
        known = tuple(terms)
        if known not in self._people:
            raise FurtherLookupError(known)
        return self._people[known]

    def titles(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        """See ``Dictionary.titles``."""
        del limit
        (term,) = terms
        return self._titles[term]

    def count_codes(self, term: Term, limit: int) -> int:
        """See ``Dictionary.count_codes``."""
        del limit
        return self._counts[term][0]

    def count_references(self, term: Term, limit: int) -> int:
        """See ``Dictionary.count_references``."""
        del limit
        return self._counts[term][1]

    def count_texts(self, term: Term, limit: int) -> int:
        """See ``Dictionary.count_texts``."""
        del limit
        return self._counts[term][2]

    def _numbered(self, customers: Sequence[str], addresses: Sequence[str]) -> tuple[int, ...] | None:
        if len(customers) + len(addresses) > self._limits.people:
            return None
        found: list[Person] = [*((one, None) for one in customers), *((None, one) for one in addresses)]
        for person in found:
            if person not in self._numbers:
                self._numbers[person] = len(self._persons)
                self._persons.append(person)
        return tuple(self._numbers[person] for person in found)

    def _statement(self, term: Term, *, is_distributed: bool) -> tuple[str, list[object]]:
        no, limits = self._location.no, self._limits
        columns: list[str] = [_TITLES]
        values: list[object] = [no, parts(term), limits.titles + 1]
        for starts, condition in (
            (term.codes, has_code(term, "code")),
            (term.references, has_reference(term, "reference")),
        ):
            columns.append(_COUNT.format(condition.sql) if starts else "0")
            values += [no, *condition.values, limits.gathered + 1] if starts else []
        texts, its_values = texts_found(no, [term], limits.texts + 1, is_distributed=is_distributed)
        columns.append(f"(SELECT count(*) FROM {texts} AS text)" if term.words else "0")
        values += its_values if term.words else []
        people, its_values = people_found(no, [term], limits.people + 1, is_distributed=is_distributed)
        found = _PEOPLE.format(people)
        sql = f"SELECT people.*, {', '.join(columns)} FROM ({found}) AS people (customers, addresses)"
        return sql, [*values, *its_values]
