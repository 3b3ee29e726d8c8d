"""An export as PDF: a table of entries, or every field of each."""

from collections.abc import Sequence
from typing import IO, Final

from commlog_tui.contract.entry import Entry
from commlog_tui.evidence.pdf import Paper
from commlog_tui.exports.heading import ExportHeading
from commlog_tui.text.details import entry_lines
from commlog_tui.text.hygiene import fit
from commlog_tui.text.rows import cells

MOST_ROWS: Final = 5_000
"""Entries of a PDF: about 90 pages of the table. All of it is in memory."""
_BLOCK: Final = 90
_SIZE: Final = 7.0
_WIDTHS: Final = (23.0, 13.0, 36.0, 42.0, 26.0, 18.0, 12.0)
"""Of the table's columns, in mm; an A4 page has 170."""
_LETTERS: Final = (16, 9, 25, 31, 18, 12, 8)
"""Cells that fit into each column."""
_NAMES: Final = ("Date", "Via", "To", "Title", "Customer", "Status", "Ref")


class PdfExport:
    """PDF with at most ``MOST_ROWS`` entries; it says how many were left out."""

    def __init__(self, file: IO[bytes], heading: ExportHeading, *, everything: bool) -> None:
        self._file = file
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
            rows = (cells(entry, heading.zone) for entry in self._entries)
            body = (
                tuple(fit(row[name], size).rstrip() for name, size in zip(_NAMES, _LETTERS, strict=True))
                for row in rows
            )
            paper.columns([_NAMES, *body], _WIDTHS, _SIZE)
        self._file.write(paper.to_bytes())
