"""The lines of entries in a table, each made once; also those of a page that one may turn to."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from rich.segment import Segment
from textual.strip import Strip

from commlog_tui.desk.widgets.line_view import LineView
from commlog_tui.desk.widgets.marked_strip import marked
from commlog_tui.text.columns import add_cells, columns_of
from commlog_tui.text.privacy import masked
from commlog_tui.text.rows import (
    SELECTED,
    Column,
    cells,
    column_at,
    header,
    is_short,
    kind_of,
    marked_row,
    pieces,
    widths,
)

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry

_UTC: Final = ZoneInfo("UTC")
_AT_ONCE: Final = 8
"""So many lines are made ahead before a key is looked for: half a millisecond."""
_MOST: Final = 300


class EntryLines:
    """Makes the lines of a table."""

    def __init__(self, table: LineView) -> None:
        self._table = table
        self._lines: dict[tuple[str, bool], tuple[Entry, Strip]] = {}
        """Lines as they are shown, by the entry's id, and whether the cursor is on it."""
        self._ahead: list[Entry] = []
        self._zone, self._show_utc, self._now = _UTC, False, datetime.now(_UTC)
        self._marked: frozenset[str] = frozenset()
        self._chosen: tuple[str, ...] = ()
        self._columns: list[tuple[Column, int]] | None = None
        self.private = False
        """Whether the rows hide whom they are about."""

    def forget(self) -> None:
        """Make every line anew."""
        self._lines.clear()
        self._columns = None

    def use_times(self, zone: ZoneInfo, *, show_utc: bool) -> None:
        """Show times of a zone, or in UTC, from now on."""
        now = datetime.now(zone)
        if (zone, show_utc, now.year) != (self._zone, self._show_utc, self._now.year):
            self.forget()
        self._zone, self._show_utc, self._now = zone, show_utc, now

    def mark(self, ids: frozenset[str]) -> frozenset[str]:
        """Show which entries are selected; return the ids of those whose line is another now."""
        changed, self._marked = ids ^ self._marked, ids
        for line in ((one, here) for one in changed for here in (True, False)):
            self._lines.pop(line, None)
        return changed

    def choose_columns(self, texts: tuple[str, ...]) -> None:
        """Show these columns, see ``text.columns``."""
        self._chosen = texts
        self.forget()

    def column_at(self, x: int) -> str | None:
        """Return the name of the column at a position; None beside them all."""
        return column_at(self._columns or (), x)

    def prepare(self, entries: "Iterable[Entry]") -> None:
        """Make the lines of entries ahead, a few at a time."""
        self._ahead += entries
        self._table.call_later(self._prepare_some)

    def _prepare_some(self) -> None:
        some, self._ahead = self._ahead[:_AT_ONCE], self._ahead[_AT_ONCE:]
        for entry in some:
            self.finished(entry, here=False)
        if self._ahead:
            self._table.call_later(self._prepare_some)

    def finished(self, entry: "Entry", *, here: bool) -> Strip:
        """Return the line of an entry as it is shown."""
        known, line = self._lines.get((entry.id, here), (None, None))
        if line is None or known is not entry:
            line = self._table.finished(self.strip(entry, here=here))
            self._lines[entry.id, here] = entry, line
            if len(self._lines) > _MOST:
                del self._lines[next(iter(self._lines))]
        return line

    def strip(self, entry: "Entry | None", *, here: bool = False) -> Strip:
        """Return the line of an entry, or the one with the names."""
        table, chosen, width = self._table, self._chosen, self._table.size.width
        columns = self._columns = self._columns or widths(table.text_width, columns_of(chosen), shrink=bool(chosen))
        spans: list[tuple[int, int]] = []
        if entry is None:
            texts, style = [header(columns, newest_first=True)], table.look("log-table--header")
        else:
            shown = masked(entry) if self.private else entry
            parts, kind = self._parts(shown, short=is_short(columns)), kind_of(shown)
            if entry.id in self._marked:
                parts["Title"] = f"{SELECTED} {parts['Title']}"
            spans = marked_row(shown, parts, columns)
            texts, style = pieces(parts, columns), table.ground
            if here or kind != "text":
                style = table.look("log-table--cursor" if here else f"log-table--{kind}")
        strip = Strip([Segment(text, style) for text in texts], sum(size + 1 for _, size in columns) - 1)
        strip = marked(strip, spans) if spans else strip
        return strip if strip.cell_length == width else strip.adjust_cell_length(width, style)

    def _parts(self, entry: "Entry", *, short: bool) -> dict[str, str]:
        year = self._now.year if short else None
        parts = cells(entry, self._zone, show_utc=self._show_utc, year=year)
        if self._chosen:
            add_cells(parts, entry, self._columns or (), self._zone, show_utc=self._show_utc, year=year)
        return parts
