"""Words of names and titles, offered for misspelt ones; and the words of texts as they are indexed."""

from collections.abc import Iterable, Sequence
from typing import Final

import apsw

from commlog_tui.contract.search_terms import text_words
from commlog_tui.store.search.spelling import Neighborhood, is_remembered, nearest
from commlog_tui.store.sqlite.keys import Row, range_of
from commlog_tui.store.sqlite.match import trigrams_match
from commlog_tui.store.sqlite.place import Place

_LAST: Final = "\U0010ffff"
_ADD: Final = "INSERT INTO word VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_REMOVE: Final = "DELETE FROM word WHERE location = ? AND word = ?"
_WITH_LINE: Final = """
SELECT person.haystack FROM alias_search CROSS JOIN alias ON alias.no = alias_search.rowid
CROSS JOIN person ON person.no = alias.location << 40 | alias.person
WHERE alias_search MATCH ? AND alias_search.rowid BETWEEN ? AND ?
"""
_WITH_TITLE: Final = """
SELECT title.haystack FROM title_search CROSS JOIN title ON title.no = title_search.rowid
WHERE title_search MATCH ? AND title_search.rowid BETWEEN ? AND ?
"""
_NEAR: Final = """
SELECT word FROM word WHERE location = ?1 AND word >= ?2 AND word < ?3
UNION SELECT word FROM word INDEXED BY word_reversed WHERE location = ?1 AND reversed >= ?4 AND reversed < ?5
UNION SELECT word FROM word WHERE location = ?1 AND word = ?6
"""


def location_prefix(place: Place) -> str:
    """Return what every indexed word of a location's texts begins with: hexadecimal digits, then a ``q``."""
    return f"{place.no:x}q"


def indexed_words(place: Place, words: Sequence[str]) -> str:
    """Return words of a text as they are indexed, with a space before each."""
    before = f" {location_prefix(place)}"
    return before + before.join(words) if words else ""


def remembered(lines: Iterable[str]) -> set[str]:
    """Return the words to offer of lines: those of names and titles, not of addresses."""
    return {word for line in lines if "@" not in line for word in text_words(line) if is_remembered(word)}


def add_words(connection: apsw.Connection, place: Place, words: Iterable[str]) -> None:
    """Remember words."""
    rows = [(place.no, word, word[::-1]) for word in sorted(words)]
    if rows:
        connection.executemany(_ADD, rows)


def near(connection: apsw.Connection, place: Place, word: str) -> list[str]:
    """Return the remembered words at one edit, the most similar first."""
    where = Neighborhood.of(word)
    if where is None:
        return []
    begins, ends = where.begins, where.ends_reversed
    bound = place.no, begins, begins + _LAST, ends, ends + _LAST, where.swapped
    rows: list[Row] = connection.execute(_NEAR, bound).fetchall()
    return nearest(word, (str(row[0]) for row in rows))


def forget_unused(connection: apsw.Connection, place: Place, words: Iterable[str]) -> None:
    """Forget those of the words that no name and no title has any more."""
    gone = [(place.no, word) for word in sorted(words) if not _is_used(connection, place, word)]
    if gone:
        connection.executemany(_REMOVE, gone)


def _is_used(connection: apsw.Connection, place: Place, word: str) -> bool:
    match = trigrams_match([word])
    for sql in (_WITH_LINE, _WITH_TITLE):
        for (text,) in connection.execute(sql, (match, *range_of(place.no))):
            if word in remembered(str(text).split("\n")):
                return True
    return False
