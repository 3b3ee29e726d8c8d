"""Entries as a table for people and as CSV for spreadsheets."""

import csv
import shutil
import sys
from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.entry import Entry
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.text.rows import cells, header, line, widths
from commlog_tui.imports.exported import COLUMNS, row_of

_ID: Final = 36
_LEAST: Final = 60
_PIPE: Final = 160


def width() -> int:
    """Return how many cells a line may have: the terminal's, or plenty in a pipe."""
    return shutil.get_terminal_size((_PIPE, 24)).columns if sys.stdout.isatty() else _PIPE


class Table:
    """Rows of the log, as wide as there is room; where there is enough of it, each ends with the entry's id."""

    def __init__(self, zone: ZoneInfo, room: int) -> None:
        self.has_ids = room >= _LEAST + 1 + _ID
        self._zone = zone
        self._columns = widths(max(room - 1 - _ID if self.has_ids else room, _LEAST))

    def header(self) -> str:
        """Return the names of the columns."""
        return header(self._columns) + (" Id" if self.has_ids else "")

    def write(self, entries: Iterable[Entry]) -> None:
        """Print the entries."""
        sys.stdout.writelines(f"{self.row(entry)}\n" for entry in entries)

    def row(self, entry: Entry) -> str:
        """Return an entry on one line."""
        return (line(cells(entry, self._zone), self._columns) + (f" {entry.id}" if self.has_ids else "")).rstrip()


class Csv:
    """Entries as RFC 4180 CSV, on standard output, in which no cell is a formula; ``commlog import`` reads it back as it was."""

    def __init__(self) -> None:
        self._writer = csv.writer(sys.stdout)
        self._clean = safe if sys.stdout.isatty() else str
        self._writer.writerow(COLUMNS)

    def write(self, entries: Iterable[Entry]) -> None:
        """Write the entries."""
        self._writer.writerows(map(self._clean, row_of(entry)) for entry in entries)
