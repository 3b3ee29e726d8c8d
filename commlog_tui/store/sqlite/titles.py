"""The titles of a location, each with the number that entries have for it."""

from collections.abc import Iterable
from typing import Final

import apsw
import msgspec

from commlog_tui.contract.folding import fold
from commlog_tui.store.sqlite.keys import Row, key_of, range_of, seq_of
from commlog_tui.store.sqlite.match import trigrams_match
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.words import add_words, remembered

_TITLES: Final = """
SELECT no, text FROM json_each(?2) AS wanted CROSS JOIN title ON title.location = ?1 AND title.text = wanted.value
"""
_WRITTEN: Final = """
SELECT title.no FROM title_search CROSS JOIN title ON title.no = title_search.rowid
WHERE title_search MATCH ? AND title_search.rowid BETWEEN ? AND ? AND title.haystack = ?
"""
_SHORT: Final = "SELECT no FROM title WHERE no BETWEEN ? AND ? AND haystack = ?"
"""Of a title that is shorter than what is indexed."""
_MOST_KNOWN: Final = 4_000
"""Titles that are remembered from one flush to the next."""
_LAST: Final = "SELECT max(no) FROM title WHERE no BETWEEN ? AND ?"
_TITLE: Final = "INSERT INTO title VALUES (?, ?, ?, ?)"
_FOUND: Final = "INSERT INTO title_search (rowid, haystack) VALUES (?, ?)"
_LOST: Final = "INSERT INTO title_search (title_search, rowid, haystack) VALUES ('delete', ?, ?)"
_IS_USED: Final = "SELECT 1 FROM entry INDEXED BY entry_by_title WHERE location = ? AND title = ? LIMIT 1"
_FORGET: Final = "DELETE FROM title WHERE no = ?"


def title_haystack(title: str) -> str:
    """Return the form in which a title is searched."""
    return " ".join(fold(title).split())


def numbers_of_title(connection: apsw.Connection, place: Place, title: str) -> tuple[int, ...]:
    """Return the numbers of a title, also as it is written in another way."""
    haystack, numbers = title_haystack(title), range_of(place.no)
    match = trigrams_match([haystack])
    if match is None:
        found: list[Row] = connection.execute(_SHORT, (*numbers, haystack)).fetchall()
    else:
        found = connection.execute(_WRITTEN, (match, *numbers, haystack)).fetchall()
    return tuple(sorted(seq_of(no) for (no,) in found))


class Titles:
    """Numbers the titles of one location within one transaction; ``flush`` writes new ones.

    A title is there as long as an entry has it.
    """

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._numbers: dict[str, int] = {}
        self._loaded: set[str] = set()
        self._new: list[str] = []
        self._doubted: set[str] = set()
        self._last: int | None = None

    def load(self, titles: Iterable[str]) -> None:
        """Read the numbers of titles, at once."""
        wanted = set(titles) - self._loaded
        if wanted:
            self._loaded |= wanted
            values = self._place.no, msgspec.json.encode(sorted(wanted)).decode()
            rows: list[Row] = self._connection.execute(_TITLES, values).fetchall()
            self._numbers |= {text: seq_of(pk) for pk, text in rows}

    def number(self, title: str) -> int:
        """Return the number of a title, a new one if need be."""
        if title not in self._loaded:
            self.load([title])
        no = self._numbers.get(title)
        if no is None:
            no = self._numbers[title] = self._next()
            self._new.append(title)
        return no

    def doubt(self, title: str) -> None:
        """Delete a title when everything is written, if no entry has it then."""
        self._doubted.add(title)

    def flush(self) -> set[str]:
        """Write new titles, and delete those in doubt that nobody uses; return words that may be in no title."""
        if not (self._new or self._doubted or len(self._numbers) > _MOST_KNOWN):
            return set()
        no = self._place.no
        rows = [(key_of(no, self._numbers[one]), no, one, title_haystack(one)) for one in self._new]
        if rows:
            self._connection.executemany(_TITLE, rows)
            add_words(self._connection, self._place, remembered(haystack for *_, haystack in rows))
            self._connection.executemany(_FOUND, [(pk, haystack) for pk, _, _, haystack in rows])
        self._new.clear()
        lost = self._delete_unused()
        self._doubted.clear()
        if len(self._numbers) > _MOST_KNOWN:
            self._numbers.clear()
            self._loaded.clear()
        return lost

    def _delete_unused(self) -> set[str]:
        self.load(self._doubted)
        lost = set()
        for title in sorted(self._doubted & self._numbers.keys()):
            if not self._connection.execute(_IS_USED, (self._place.no, self._numbers[title])).fetchone():
                pk, haystack = key_of(self._place.no, self._numbers.pop(title)), title_haystack(title)
                self._connection.execute(_LOST, (pk, haystack))
                self._connection.execute(_FORGET, (pk,))
                lost |= remembered([haystack])
        return lost

    def _next(self) -> int:
        if self._last is None:
            ((last,),) = self._connection.execute(_LAST, range_of(self._place.no)).fetchall()
            self._last = 0 if last is None else seq_of(int(last))
        self._last += 1
        return self._last
