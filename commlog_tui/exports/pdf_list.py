"""An export as PDF: a table of entries, or every field of each."""

from collections.abc import Sequence
from typing import IO, Final

from commlog_tui.contract.entry import Entry
from commlog_tui.evidence.pdf import Paper
from commlog_tui.exports.heading import ExportHeading
from commlog_tui.text.columns import chosen_cells, parsed
from commlog_tui.text.details import entry_lines
from commlog_tui.text.hygiene import fit

MOST_ROWS: Final = 5_000
"""Entries of a PDF: about 90 pages of the table. All of it is in memory."""
_BLOCK: Final = 90
_SIZE: Final = 7.0
_LETTERS: Final = {
    "Date": 16, "Via": 9, "To": 25, "Title": 31, "Customer": 18, "Status": 12, "Ref": 8,
    "Kind": 12, "Source": 9, "Actor": 16, "Recorded": 16,
}  # fmt: skip
"""Cells that each column has of its own."""
_USUAL: Final = ("Date", "Via", "To", "Title", "Customer", "Status", "Ref")
_ROOM: Final = 170.0
"""Width of the table in mm."""
_FITTING: Final = 119
"""Cells on a line in letters of ``_SIZE``."""
_MOST: Final = 185
"""Cells on a line in the smallest letters that can be read."""


class PdfExport:
    """PDF with at most ``MOST_ROWS`` entries; it says how many were left out."""

    def __init__(
        self, file: IO[bytes], heading: ExportHeading, *, everything: bool, columns: Sequence[str] = ()
    ) -> None:
        self._file = file
        self._letters = _letters(columns)
        self._heading = heading
        self._everything = everything
        self._entries: list[Entry] = []
        self._left_out = 0

    def write(self, entries: Sequence[Entry]) -> None:
        """Take the next entries."""
        room = MOST_ROWS - len(self._entries)
        self._entries += entries[:room]
        self._left_out += len(entries[room:])

    def finish(self) -> None:
        """Draw the pages and write them."""
        heading = self._heading
        paper = Paper(heading.title, heading.title, heading.made_at)
        paper.title_line(heading.title)
        for fact in heading.facts():
            paper.paragraph(fact, muted=True)
        if self._left_out:
            words = f"Only the newest {MOST_ROWS:,} entries are in this file; {self._left_out:,} older ones are not."
            paper.paragraph(f"{words} CSV, JSON and plain text have no such limit.")
        if self._everything:
            for entry in self._entries:
                lines = entry_lines(entry, heading.zone, heading.made_at, _BLOCK)
                paper.subheading(lines[0].text)
                paper.paragraph("\n".join(line.text for line in lines[1:]), size=8)
        else:
            letters, names = self._letters, tuple(self._letters)
            rows = (chosen_cells(entry, heading.zone, names) for entry in self._entries)
            body = (tuple(fit(row[name], size).rstrip() for name, size in letters.items()) for row in rows)
            line = sum(letters.values())
            widths = tuple(_ROOM * size / line for size in letters.values())
            paper.columns([names, *body], widths, _SIZE * min(1, _FITTING / line))
        self._file.write(paper.to_bytes())


def _letters(columns: Sequence[str]) -> dict[str, int]:
    """Return the columns with their cells, which fill a line and do not exceed it."""
    chosen = {column.name: width or _LETTERS[column.name] for column, width in parsed(columns)}
    letters = chosen or {name: _LETTERS[name] for name in _USUAL}
    line = sum(letters.values())
    room = max(_FITTING, min(line, _MOST))
    return {name: max(size * room // line, 1) for name, size in letters.items()}
