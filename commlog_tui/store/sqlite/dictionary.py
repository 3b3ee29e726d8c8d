"""The dictionaries of a log file: lookups for the planner, and a plan's conditions in SQL."""

from collections.abc import Iterable, Sequence
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.search_terms import Term
from commlog_tui.store.search.lookups import Found, Sizes
from commlog_tui.store.sqlite.connection import number
from commlog_tui.store.sqlite.filters import Condition, Value, one_of
from commlog_tui.store.sqlite.keys import range_of
from commlog_tui.store.sqlite.match import trigrams_match, words_match
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.schema import SEQ_BITS
from commlog_tui.store.sqlite.words import location_prefix

_SEQ: Final = (1 << SEQ_BITS) - 1
_LAST_CHARACTER: Final = "\U0010ffff"
_LAST: Final = f"SELECT ifnull(max(no) & {_SEQ}, 0) FROM {{}} WHERE no BETWEEN ? AND ?"
_ALIASES_FOUND: Final = "SELECT rowid FROM alias_search WHERE alias_search MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"
_PEOPLE_FOUND: Final = f"""
SELECT DISTINCT person.no & {_SEQ} FROM json_each(?) AS wanted CROSS JOIN alias ON alias.no = wanted.value
CROSS JOIN person ON person.no = alias.location << {SEQ_BITS} | alias.person WHERE {{}} LIMIT ?
"""
_PEOPLE_WIDE: Final = f"""
SELECT no & {_SEQ} FROM person INDEXED BY person_wide WHERE location = ? AND is_wide AND {{}} LIMIT ?
"""
_PEOPLE_SCANNED: Final = f"SELECT no & {_SEQ} FROM person WHERE no BETWEEN ? AND ? AND {{}} LIMIT ?"
_TITLES_FOUND: Final = f"""
SELECT title.no & {_SEQ} FROM title_search CROSS JOIN title ON title.no = title_search.rowid
WHERE title_search MATCH ? AND title_search.rowid BETWEEN ? AND ? AND {{}} LIMIT ?
"""
_TITLES_SCANNED: Final = f"SELECT no & {_SEQ} FROM title WHERE no BETWEEN ? AND ? AND {{}} LIMIT ?"
_FEW_TITLES: Final = 200
"""So many titles are looked at one by one."""
_CODES: Final = """
SELECT count(*) FROM (
    SELECT 1 FROM entry INDEXED BY entry_by_code WHERE location = ? AND code >= ? AND code < ? LIMIT ?
)
"""
_REFERENCES: Final = """
SELECT count(*) FROM (
    SELECT 1 FROM entry INDEXED BY entry_by_reference WHERE location = ? AND reference >= ? AND reference <= ? LIMIT ?
)
"""
_TEXTS: Final = """
SELECT count(*) FROM (SELECT 1 FROM body_search WHERE body_search MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?)
"""
_PERSON_OF_ENTRY: Final = f"""
EXISTS (SELECT 1 FROM contact CROSS JOIN person ON person.no = entry.location << {SEQ_BITS} | contact.person
WHERE contact.no = entry.location << {SEQ_BITS} | entry.contact AND {{}}) = 1
"""
_TITLE_OF_ENTRY: Final = f"""
EXISTS (SELECT 1 FROM title WHERE title.no = entry.location << {SEQ_BITS} | entry.title AND {{}}) = 1
"""
_TEXT: Final = "EXISTS (SELECT 1 FROM body WHERE body.pk = entry.pk AND {}) = 1"
_TEXT_OF_ENTRY: Final = f"(entry.has_body AND {_TEXT})"
_CONTACTS: Final = f"""
SELECT contact.no & {_SEQ} FROM json_each(?2) AS wanted CROSS JOIN contact INDEXED BY contact_by_person
ON contact.location = ?1 AND contact.person = wanted.value
"""
_REFERENCE_DIGITS: Final = 32


class SqliteDictionary:
    """The dictionaries of one location. See ``lookups.Dictionary``."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._range = range_of(place.no)
        self._contacts: dict[tuple[int, ...], tuple[int, ...]] = {}

    def sizes(self) -> Sizes:
        """See ``Dictionary.sizes``."""
        entries = number(self._connection, "SELECT entries FROM head WHERE location = ?", (self._place.no,))
        people, titles = (number(self._connection, _LAST.format(table), self._range) for table in ("person", "title"))
        return Sizes(entries, people, titles)

    def people(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        """See ``Dictionary.people``."""
        plain = _all_needles("person.haystack", terms)
        match = _match(terms)
        if match is None:
            return self._numbers(_PEOPLE_SCANNED.format(plain.sql), (*self._range, *plain.values, limit + 1), limit)
        aliases = self._numbers(_ALIASES_FOUND, (match, *self._range, limit + 1), limit)
        if aliases is None:
            return None  # as good as too many people, for a tenth of the time
        values = msgspec.json.encode(aliases).decode(), *plain.values, limit + 1
        found = self._numbers(_PEOPLE_FOUND.format(plain.sql), values, limit)
        wide = self._numbers(_PEOPLE_WIDE.format(plain.sql), (self._place.no, *plain.values, limit + 1), limit)
        if found is None or wide is None:
            return None
        both = tuple({*found, *wide})
        return both if len(both) <= limit else None

    def people_on_row(self, terms: Sequence[Term]) -> Condition:
        """Return the condition on a row of ``person`` that they have a needle of every term."""
        return _all_needles("person.haystack", terms) if terms else Condition("1")

    def titles(self, terms: Sequence[Term], limit: int) -> tuple[int, ...] | None:
        """See ``Dictionary.titles``."""
        plain = _all_needles("title.haystack", terms)
        match = _match(terms)
        if match is None or number(self._connection, _LAST.format("title"), self._range) < _FEW_TITLES:
            return self._numbers(_TITLES_SCANNED.format(plain.sql), (*self._range, *plain.values, limit + 1), limit)
        return self._numbers(_TITLES_FOUND.format(plain.sql), (match, *self._range, *plain.values, limit + 1), limit)

    def count_codes(self, term: Term, limit: int) -> int:
        """See ``Dictionary.count_codes``."""
        ranges = ((code, code + _LAST_CHARACTER) for code in term.codes)
        return sum(number(self._connection, _CODES, (self._place.no, *one, limit + 1)) for one in ranges)

    def count_references(self, term: Term, limit: int) -> int:
        """See ``Dictionary.count_references``."""
        ranges = (reference_range(digits) for digits in term.references)
        return sum(number(self._connection, _REFERENCES, (self._place.no, *one, limit + 1)) for one in ranges)

    def count_texts(self, term: Term, limit: int) -> int:
        """See ``Dictionary.count_texts``."""
        whole = number(self._connection, _TEXTS, (self.text_match([term], whole=True), *self._range, limit + 1))
        if whole > limit:
            return whole  # beginnings are more, and take twenty times as long
        return number(self._connection, _TEXTS, (self.text_match([term]), *self._range, limit + 1))

    def text_match(self, terms: Iterable[Term], *, whole: bool = False) -> str:
        """Return the expression for texts that have a group of words, or of their beginnings, of every term."""
        prefix = location_prefix(self._place)
        return " AND ".join(f"({words_match(prefix, term.words, whole=whole)})" for term in terms)

    def text_rows(self, terms: Iterable[Term]) -> Condition:
        """Return the condition that the index of texts has an entry for every term."""
        sql = "entry.pk IN (SELECT rowid FROM body_search WHERE body_search MATCH ? AND rowid BETWEEN ? AND ?)"
        return Condition(sql, (self.text_match(terms), *self._range))

    def contacts(self, people: Sequence[int]) -> tuple[int, ...]:
        """Return the contacts of people."""
        wanted = tuple(people)
        if wanted not in self._contacts:
            values = self._place.no, msgspec.json.encode(wanted).decode()
            self._contacts[wanted] = tuple([int(no) for (no,) in self._connection.execute(_CONTACTS, values)])
        return self._contacts[wanted]

    def holds(self, found: Found) -> Condition:
        """Return the condition on a row of ``entry`` that a term holds in one of its fields."""
        elsewhere = self.holds_elsewhere(found)
        if found.people is not None:
            return elsewhere
        return any_of([_within(_PERSON_OF_ENTRY, _all_needles("person.haystack", [found.term])), elsewhere])

    def holds_elsewhere(self, found: Found) -> Condition:
        """Return the condition that a term holds in a field of a row, but for people who are not listed."""
        term = found.term
        parts: list[Condition] = []
        if found.people:
            parts.append(one_of("entry.contact", self.contacts(found.people)))
        if found.titles:
            parts.append(one_of("entry.title", found.titles))
        if found.codes:
            parts += code_ranges(term)
        if found.references:
            parts += reference_ranges(term)
        if found.titles is None:
            parts.append(_within(_TITLE_OF_ENTRY, _all_needles("title.haystack", [term])))
        if found.texts:
            parts.append(self.text_on_row(term) if found.dense_texts else self.text_rows([term]))
        return any_of(parts)

    def text_on_row(self, term: Term, *, has_text: bool = False) -> Condition:
        """Return the condition that an entry's text, which is looked at, has the words of a term.

        Where every row is known to have one, those without the words are not read themselves.
        """
        prefix = location_prefix(self._place)
        groups = (
            Condition(
                "(" + " AND ".join("instr(body.words, ?)" for _ in group) + ")",
                tuple(f" {prefix}{start}" for start in group),
            )
            for group in term.words
        )
        return _within(_TEXT if has_text else _TEXT_OF_ENTRY, any_of(groups))

    def _numbers(self, sql: str, values: Sequence[Value], limit: int) -> tuple[int, ...] | None:
        rows = self._connection.execute(sql, values).fetchall()
        return tuple(int(no) for (no,) in rows) if len(rows) <= limit else None  # type: ignore[arg-type] # integers


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that one of these is met."""
    listed = list(conditions)
    if not listed:
        return Condition("0")
    return Condition(
        f"({' OR '.join(one.sql for one in listed)})", tuple(value for one in listed for value in one.values)
    )


def code_ranges(term: Term) -> list[Condition]:
    """Return the ranges of codes that begin so."""
    shortest = _without_longer(term.codes)
    return [Condition("(entry.code >= ? AND entry.code < ?)", (code, code + _LAST_CHARACTER)) for code in shortest]


def reference_ranges(term: Term) -> list[Condition]:
    """Return the ranges of references that begin so."""
    ranges = (reference_range(digits) for digits in _without_longer(term.references))
    return [Condition("(entry.reference >= ? AND entry.reference <= ?)", one) for one in ranges]


def reference_range(digits: str) -> tuple[bytes, bytes]:
    """Return the first and the last reference that begins with these digits."""
    return bytes.fromhex(digits.ljust(_REFERENCE_DIGITS, "0")), bytes.fromhex(digits.ljust(_REFERENCE_DIGITS, "f"))


def _without_longer(starts: Sequence[str]) -> list[str]:
    """Return the beginnings that no other one begins: their ranges do not overlap."""
    return [one for one in starts if not any(other != one and one.startswith(other) for other in starts)]


def _match(terms: Sequence[Term]) -> str | None:
    """Return the expression for candidates; terms that are too short for the index are checked alone."""
    parts = [match for term in terms if (match := trigrams_match(term.needles)) is not None]
    return " AND ".join(f"({part})" for part in parts) or None


def _all_needles(column: str, terms: Sequence[Term]) -> Condition:
    """Return the condition that a column has a needle of every term."""
    groups = (" OR ".join(f"instr({column}, ?)" for _ in term.needles) for term in terms)
    values = tuple(needle for term in terms for needle in term.needles)
    return Condition(" AND ".join(f"({group})" for group in groups), values)


def _within(outer: str, inner: Condition) -> Condition:
    return Condition(outer.format(inner.sql), inner.values)
