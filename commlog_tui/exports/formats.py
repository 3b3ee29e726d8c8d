"""The formats of an export: each writes a heading, then pages of entries, into an open file."""

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path, PurePath
from typing import IO, Final, Protocol

from typing_extensions import override

from commlog_tui.contract.entry import Entry
from commlog_tui.exports.heading import ExportHeading
from commlog_tui.imports import csv_export
from commlog_tui.text.columns import chosen_cells, columns_of, names_of
from commlog_tui.text.details import entry_lines
from commlog_tui.text.rows import header, pieces, widths

_LINE: Final = 120
_BLOCK: Final = 80
_RULE: Final = "-" * _BLOCK


class EntryWriter(Protocol):
    """Writes an export into a file that stays open."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Write the next entries."""
        ...

    def finish(self) -> None:
        """Write what comes after the last entry."""
        ...


class MakeWriter(Protocol):
    """Starts an export, of every field or of the table's columns."""

    def __call__(
        self, file: IO[bytes], heading: ExportHeading, *, everything: bool, columns: Sequence[str] = ()
    ) -> EntryWriter:
        """Return what writes the entries; ``columns`` are texts, see ``text.columns``."""
        ...


class _TextWriter:
    def __init__(
        self, file: IO[bytes], heading: ExportHeading, *, everything: bool, columns: Sequence[str] = ()
    ) -> None:
        self._names = names_of(columns)
        self._file = TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        self._heading = heading
        self._everything = everything

    def _line(self, text: str) -> None:
        self._file.write(f"{text.rstrip()}\n")

    def finish(self) -> None:
        self._file.flush()
        self._file.detach()


class TextExport(_TextWriter):
    """Plain text: a row each as in the table, or all fields in a block each."""

    def __init__(
        self, file: IO[bytes], heading: ExportHeading, *, everything: bool, columns: Sequence[str] = ()
    ) -> None:
        super().__init__(file, heading, everything=everything, columns=columns)
        chosen = columns_of(columns)
        room = sum(max(column.least, column.whole) + 1 for column in chosen)
        self._columns = widths(max(_LINE, room), chosen)
        for text in (heading.title, *heading.facts(), ""):
            self._line(text)
        if not everything:
            self._line(header(self._columns))

    def write(self, entries: Sequence[Entry]) -> None:
        """Write the next entries."""
        zone = self._heading.zone
        for entry in entries:
            if self._everything:
                self._line(_RULE)
                for line in entry_lines(entry, zone, self._heading.made_at, _BLOCK):
                    self._line(line.text)
            else:
                self._line("".join(pieces(chosen_cells(entry, zone, self._names), self._columns)))


class CsvExport(_TextWriter):
    """CSV by RFC 4180, with the heading in rows before the names of the columns.

    With every field, ``commlog import`` reads it back unchanged; times are then in UTC.
    """

    def __init__(
        self, file: IO[bytes], heading: ExportHeading, *, everything: bool, columns: Sequence[str] = ()
    ) -> None:
        super().__init__(file, heading, everything=everything, columns=columns)
        self._rows = csv.writer(self._file)
        facts = heading.facts(in_utc=everything)
        self._rows.writerows([csv_export.cell(text)] for text in (heading.title, *facts))
        self._rows.writerow(csv_export.COLUMNS if everything else self._names)

    def write(self, entries: Sequence[Entry]) -> None:
        """Write the next entries."""
        if self._everything:
            self._rows.writerows(map(csv_export.row_of, entries))
        else:
            rows = (chosen_cells(entry, self._heading.zone, self._names).values() for entry in entries)
            self._rows.writerows([csv_export.cell(cell or None) for cell in row] for row in rows)


class JsonExport(_TextWriter):
    """JSON: the heading under ``export``, and ``entries``, one on a line."""

    def __init__(
        self, file: IO[bytes], heading: ExportHeading, *, everything: bool, columns: Sequence[str] = ()
    ) -> None:
        super().__init__(file, heading, everything=everything, columns=columns)
        self._separator = "\n"
        facts = {"location": heading.location, "filters": heading.filters, "zone": heading.zone.key}
        made = {"order": "newest first", "exported_at": heading.made_at.isoformat()}
        self._file.write(f'{{"export": {_json(facts | made)},\n"entries": [')

    def write(self, entries: Sequence[Entry]) -> None:
        """Write the next entries."""
        for entry in entries:
            shown = chosen_cells(entry, self._heading.zone, self._names)
            row = entry.model_dump(mode="json") if self._everything else shown
            self._file.write(f"{self._separator}{_json(row)}")
            self._separator = ",\n"

    @override
    def finish(self) -> None:
        """Write what comes after the last entry."""
        self._file.write("\n]}\n")
        super().finish()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _pdf(file: IO[bytes], heading: ExportHeading, *, everything: bool, columns: Sequence[str] = ()) -> EntryWriter:
    from commlog_tui.exports.pdf_list import PdfExport  # noqa: PLC0415 - drawing needs an extra

    return PdfExport(file, heading, everything=everything, columns=columns)


FORMATS: Final[dict[str, tuple[str, MakeWriter]]] = {
    ".csv": ("CSV, for spreadsheets", CsvExport),
    ".txt": ("Plain text", TextExport),
    ".pdf": ("PDF, to print or send", _pdf),
    ".json": ("JSON, for programs", JsonExport),
}
"""By the end of the file's name: what it is called, and what writes it."""


class ExportFormatError(ValueError):
    """A file's name ends in none of the formats."""


def format_of(path: PurePath) -> MakeWriter:
    """Return what writes a file of this name. Raises ``ExportFormatError``."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise ExportFormatError(f"The file's name must end in {', '.join(FORMATS)}, which says its format.")
    return found[1]


def new_file(folder: Path, location: str, made_at: datetime, suffix: str) -> Path:
    """Return a path in a folder for an export, which no file has yet."""
    stem = f"commlog-{location}-{made_at:%Y%m%d-%H%M%S}"
    names = (f"{stem}{suffix}", *(f"{stem}-{number}{suffix}" for number in range(2, 100)))
    return next((path for name in names if not (path := folder / name).exists()), folder / names[0])
