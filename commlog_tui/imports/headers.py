"""Find and parse the header of a CSV file."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

_DELIMITERS: Final = ",;\t|"
_QUOTED: Final = re.compile(r'"[^"]*"')
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(?P<delimiter>[^"\r\n])"?\s*', re.IGNORECASE)
_FURTHEST_LINE: Final = 50
"""A header is searched within this many lines, and spans no more."""
_LARGEST: Final = 1 << 20
_FEWEST_COLUMNS: Final = 2
NAMED: Final = 30
"""Maximum number of columns that a message lists."""

IsHeader = Callable[[frozenset[str]], bool]
"""Returns whether a set of column names is the header that a reader expects."""


@dataclass(frozen=True, slots=True)
class Header:
    """The row with a table's column names."""

    names: tuple[str, ...] = ()
    """One for each column. Duplicate names are numbered, such as ``Email (2)``."""
    delimiter: str = ","
    text: str = ""
    """The row as it is in the file."""
    first_line: int = 1
    lines: int = 0
    """Number of lines of the file up to and including the header."""
    fault: str | None = None
    doubled: frozenset[str] = frozenset()
    """Names of more than one column."""
    has_titles_before: bool = False

    def column_problem(self, name: str, *, is_required: bool) -> str | None:
        """Return why a column cannot be read; None if it can."""
        if name in self.doubled:
            numbered = " or ".join(f"'{one}'" for one in self.names if one.startswith(f"{name} (")) or f"'{name} (2)'"
            return f"two columns are named {name}: rename one, or say which is meant, as {numbered}"
        if is_required and name not in self.names:
            return f"there is no column named {name}; the columns are: {', '.join(filter(None, self.names[:NAMED]))}"
        return None


def no_header(_names: frozenset[str]) -> bool:
    """Recognize no header; the first row that looks like one is used."""
    return False


def find_header(lines: Iterable[str], is_header: IsHeader) -> Header:
    """Return the first row that a reader recognizes as header, else the first likely one.

    A separator line for spreadsheets (``sep=;``), empty lines and titles may precede it.
    """
    likely: Header | None = None
    first: Header | None = None
    delimiter: str | None = None
    has_titles = False
    for number, text, last in _logical_rows(list(_first_of(lines))):
        if match := _SEPARATOR_LINE.fullmatch(text):
            delimiter = match["delimiter"]
            continue
        header = replace(_header(text, delimiter, number, last), has_titles_before=has_titles)
        filled = [name for name in header.names if name]
        if not filled and header.fault is None:
            continue
        if header.fault is None and is_header(frozenset(filled)):
            return header
        has_titles = True
        first = first or header
        if likely is None and len(filled) >= _FEWEST_COLUMNS:
            likely = header
    return likely or first or Header(fault="the file is empty, or its first line is no CSV header")


def column_name(cell: str) -> str:
    """Return the column name of a header cell; line breaks count as spaces."""
    return " ".join(cell.split()) if "\n" in cell or "\r" in cell else cell.strip()


def _first_of(lines: Iterable[str]) -> Iterator[str]:
    size = 0
    for line in islice(lines, _FURTHEST_LINE):
        yield line
        size += len(line)
        if size > _LARGEST:
            return


def _logical_rows(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """Yield each row with its first and last line; quoted cells may span lines."""
    at = 0
    while at < len(lines):
        end, quotes = at + 1, lines[at].count('"')
        while quotes % 2 and end < len(lines):
            quotes += lines[end].count('"')
            end += 1
        if quotes % 2:  # never closed: a mark of the line's own
            end = at + 1
        yield at + 1, "".join(lines[at:end]), end
        at = end


def _header(text: str, delimiter: str | None, first: int, last: int) -> Header:
    bare = _QUOTED.sub("", text)
    delimiter = delimiter or max(_DELIMITERS, key=bare.count)
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return Header((), delimiter, text, first, last, "the first line is no CSV header")
    names, doubled = _distinct([column_name(cell) for cell in cells])
    return Header(names, delimiter, text, first, last, None, doubled)


def _distinct(names: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    doubled = frozenset(name for name, count in Counter(names).items() if name and count > 1)
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(f"{name} ({seen[name]})" if name in doubled else name)
    return tuple(distinct), doubled
