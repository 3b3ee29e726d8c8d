"""Lookups of a search in the dictionaries of one location: all terms in one round trip."""

from collections.abc import Sequence
from typing import Final

from commlog_tui.contract.search_terms import Term
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.conditions import Conditions
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.search_conditions import Person, has_code, has_reference, parts, text_query
from commlog_tui.store.search.lookups import Limits, Sizes

_PEOPLE: Final = """
ARRAY(SELECT id FROM customer WHERE location = %s AND {0} LIMIT %s),
ARRAY(SELECT address FROM recipient WHERE location = %s AND {0} LIMIT %s)
"""
_COUNT: Final = "(SELECT count(*) FROM (SELECT 1 FROM {} WHERE location = %s AND {} LIMIT %s) AS rows)"
_TITLES: Final = "ARRAY(SELECT no FROM title WHERE location = %s AND folded LIKE ANY (%s::text[]) LIMIT %s)"
_HAS: Final = "haystack LIKE ANY (%s::text[])"
_SIZES: Final = """
SELECT (SELECT entries FROM head WHERE location = %s),
(SELECT count(*) FROM (SELECT 1 FROM customer WHERE location = %s LIMIT 2000) AS known),
(SELECT count(*) FROM (SELECT 1 FROM title WHERE location = %s LIMIT 2000) AS known)
"""
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
        no = self._location.no
        async with view.connection.pipeline():
            sizes = await view.send(_SIZES, (no, no, no))
            rows = [await view.send(*self._statement(term)) for term in terms]
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
        has = Conditions([_HAS] * len(terms))
        no, most = self._location.no, self._limits.people + 1
        patterns = [parts(term) for term in terms]
        row = await view.row(f"SELECT {_PEOPLE.format(has.sql)}", (no, *patterns, most, no, *patterns, most))
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

    def _statement(self, term: Term) -> tuple[str, list[object]]:
        no, limits, patterns = self._location.no, self._limits, parts(term)
        most = limits.people + 1
        columns: list[str] = [_PEOPLE.format(_HAS), _TITLES]
        values: list[object] = [no, patterns, most, no, patterns, most, no, patterns, limits.titles + 1]
        for starts, condition, most in (
            (term.codes, has_code(term, "code"), limits.gathered),
            (term.references, has_reference(term, "reference"), limits.gathered),
        ):
            columns.append(_COUNT.format("entry", condition.sql) if starts else "0")
            values += [no, *condition.values, most + 1] if starts else []
        columns.append(_COUNT.format("body", "words @@ %s::tsquery") if term.words else "0")
        values += [no, text_query(no, [term]), limits.texts + 1] if term.words else []
        return f"SELECT {', '.join(columns)}", values
