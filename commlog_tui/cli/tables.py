"""Entries as a table for people and as CSV for spreadsheets."""

import csv
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from itertools import pairwise
from stat import S_ISREG
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.entry import Entry
from commlog_tui.imports import csv_export
from commlog_tui.text.columns import chosen_cells, columns_of
from commlog_tui.text.hygiene import fit, safe
from commlog_tui.text.matches import marks, match_words
from commlog_tui.text.rows import COLUMNS, Column, cells, header, widths
from commlog_tui.text.widths import is_unsure

_ID: Final = 36
_SHORT_ID: Final = 8
_ROOM_FOR_IDS: Final = 97
"""From how many cells on ids are shown whole."""
_OTHERS: Final = 39
"""How many cells date, status, a short id and the spaces around a title take."""
_SHORTEST_TITLE: Final = 5
_PIPE: Final = 160
_TIMES: Final = frozenset({"Date", "Recorded"})
_GIVES_WAY: Final = {"Date": 0, "Title": 0, "Status": 0, "To": 1, "Via": 2, "Customer": 3, "Ref": 4}
"""How soon each column gives way where there is little room."""


def width() -> int:
    """Return how many cells a line may have: the terminal's, or plenty in a pipe."""
    return shutil.get_terminal_size((_PIPE, 24)).columns if sys.stdout.isatty() else _PIPE


def short_ids(entries: Sequence[Entry]) -> int:
    """Return how much of their ids tells entries apart, and at least eight characters."""
    ids = sorted(entry.id for entry in entries)
    length = max([_SHORT_ID, *(_first_difference(*pair) + 1 for pair in pairwise(ids))])
    return length + any(one[length - 1 : length] == "-" for one in ids)


def _first_difference(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), len(one) - 1)


class Table:
    """Prints entries as rows with the time and an id that ``commlog show`` accepts.

    On a terminal, each column begins at its position whatever width the text before it is drawn
    with.
    """

    def __init__(self, zone: ZoneInfo, room: int, *, left: int = 0, columns: Sequence[str] = ()) -> None:
        """``columns`` are texts, see ``text.columns``."""
        self._chosen = columns_of(columns) if columns else ()
        self._zone = zone
        self._room = room - left
        self._left = left
        self._places = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._id = _ID if self._room >= _ROOM_FOR_IDS else _SHORT_ID
        self._columns = self._fitting()

    def header(self, entries: Sequence[Entry] = ()) -> str:
        """Return the names of the columns, made to fit these entries and those after them."""
        if self._id < _ID:
            self._id = max(self._id, short_ids(entries))
            self._columns = self._fitting()
        return header(self._columns).rstrip()

    def write(self, entries: Sequence[Entry]) -> None:
        """Print the entries."""
        if self._id < _ID:
            self._id = max(self._id, short_ids(entries))
        for entry in entries:
            sys.stdout.write(f"{self.row(entry)}\n")
            sys.stdout.writelines(f"{line}\n" for line in self._reasons(entry))

    def row(self, entry: Entry) -> str:
        """Return an entry on one line."""
        names = [column.name for column, _ in self._columns if column.name != "Id"]
        parts = chosen_cells(entry, self._zone, names) | {"Id": entry.id[: self._id]}
        row, at = "", self._left
        for column, size in self._columns:
            text = parts["Id"] if column.name == "Id" else fit(parts[column.name], size)
            at += size + 1
            row += f"{text.rstrip()}\x1b[{at + 1}G" if self._places and is_unsure(text) else f"{text} "
        return row.rstrip()

    def _reasons(self, entry: Entry) -> list[str]:
        """Return why an entry matched a search, where its row does not show it."""
        parts = cells(entry, self._zone)
        sizes = {column.name: size for column, size in self._columns}
        hidden = [
            match for match in entry.matched if not marks(entry.model_copy(update={"matched": (match,)}), parts, sizes)
        ]
        return [f"    matched {match_words(match)}" for match in hidden]

    def _fitting(self) -> list[tuple[Column, int]]:
        if self._chosen:
            columns = [one._replace(least=16) if one.name in _TIMES else one for one in self._chosen]
            return widths(self._room, (*columns, Column("Id", self._id, 0)), shrink=True)
        title = max(_SHORTEST_TITLE, self._room - _OTHERS - (self._id - _SHORT_ID))
        least = {"Date": 16, "Title": min(15, title), "Status": 12}
        columns = [
            one._replace(least=least.get(one.name, one.least), gives_way=_GIVES_WAY[one.name]) for one in COLUMNS
        ]
        return widths(self._room, (*columns, Column("Id", self._id, 0)))


def is_for_windows() -> bool:
    """Whether standard output is a file on Windows, which a spreadsheet will most likely open."""
    try:
        return sys.platform == "win32" and S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


class Csv:
    """Entries as RFC 4180 CSV on standard output, safe from formula injection.

    ``commlog import`` reads it back unchanged.
    """

    def __init__(self, *, bom: bool = False) -> None:
        """Begin with a byte order mark if asked: spreadsheets on Windows take UTF-8 for it."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        if bom:
            sys.stdout.write("\ufeff")
        self._writer = csv.writer(sys.stdout)
        self._clean = safe if sys.stdout.isatty() else str
        self._writer.writerow(csv_export.COLUMNS)

    def write(self, entries: Iterable[Entry]) -> None:
        """Write the entries."""
        self._writer.writerows(map(self._clean, csv_export.row_of(entry)) for entry in entries)
