"""The table, drawn line by line from a page of entries."""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip
from typing_extensions import override

from commlog_tui.desk.widgets import table_messages
from commlog_tui.desk.widgets.entry_lines import EntryLines
from commlog_tui.desk.widgets.line_view import LineView

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.page import Page

_STEPS: Final = {"down": 1, "j": 1, "up": -1, "k": -1}
PASSING_SECONDS: Final = 0.1
"""How long what is shown stays while pages are passed over."""
_RIGHT: Final = 3  # the right button of a mouse


class LogTable(LineView, can_focus=True):
    """A page of the log and the row one is on.

    ``on_cursor`` is told the entry in the same frame in which the cursor moves to it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log-table--header",
        "log-table--cursor",
        "log-table--trouble",
        "log-table--manual",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home", "move(-1000)", "First", show=False),
        Binding("end", "move(1000)", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
        Binding("shift+down,J", "extend(1)", "Select down", show=False),
        Binding("shift+up,K", "extend(-1)", "Select up", show=False),
        Binding("escape", "unselect", "Select nothing", show=False),
    ]

    PageWanted: TypeAlias = table_messages.PageWanted
    EntryChosen: TypeAlias = table_messages.EntryChosen
    CellClicked: TypeAlias = table_messages.CellClicked
    HeadingClicked: TypeAlias = table_messages.HeadingClicked
    Extended: TypeAlias = table_messages.Extended
    Unselected: TypeAlias = table_messages.Unselected
    run_keys, more = _STEPS, 0
    private = reactive(False)
    """Whether the rows hide whom they are about."""

    def __init__(self, on_cursor: Callable[["Entry | None"], None] = lambda _: None, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._on_cursor = on_cursor
        self._entries: tuple[Entry, ...] = ()
        self._cursor, self._has_marks = 0, False
        self._is_turning, self._owed = False, 0
        self._passed: Page | None = None
        """The page that is being passed over; the rows owed count from its first or last row."""
        self._shown_at = 0.0
        self.lines = EntryLines(self)

    def watch_private(self) -> None:
        """Draw every row anew."""
        self.lines.private = self.private
        self.forget_lines()

    @property
    def entry(self) -> "Entry | None":
        """The entry one is on."""
        return self._entries[self._cursor] if self._entries else None

    @property
    def entries(self) -> "tuple[Entry, ...]":
        """The entries of the page."""
        return self._entries

    @property
    def row(self) -> int:
        """Which row of the page one is on, from 0."""
        return self._cursor

    def show(
        self,
        page: "Page",
        zone: ZoneInfo,
        *,
        keep: str | None = None,
        at: Literal["first", "last"] = "first",
        show_utc: bool = False,
    ) -> None:
        """Show a page, on the entry to keep if it has it, else on its first or last row.

        Where keys turned to the page, those pressed since count from there.
        """
        self.lines.use_times(zone, show_utc=show_utc)
        self._entries, self._shown_at = page.entries, monotonic()
        ids = [entry.id for entry in page.entries]
        self._cursor = ids.index(keep) if keep in ids else 0 if at == "first" else max(len(ids) - 1, 0)
        if page is self._passed:  # the next is asked for already
            self._cursor = len(ids) - 1 if self._owed > 0 else 0
        elif keep is None:
            owed = self._owed
            self.stay()
            self._cursor = self._beyond(owed)
        self._lay_out()
        self._on_cursor(self.entry)

    def passes(self, page: "Page") -> bool:
        """Turn on from a page that keys have led beyond; whether it is passed over, and need not be shown yet."""
        is_recent = monotonic() - self._shown_at < PASSING_SECONDS
        if page is self._passed:
            return is_recent
        if self._passed is not None:
            self._owed -= len(self._passed.entries) * (1 if self._owed > 0 else -1)
        self._passed, owed = None, self._owed
        if abs(owed) < len(page.entries) or not is_recent or (page.older if owed > 0 else page.newer) is None:
            return False
        self._passed = page
        self.post_message(self.PageWanted("older" if owed > 0 else "newer"))
        return True

    def mark(self, ids: frozenset[str]) -> None:
        """Show which entries are selected."""
        self._has_marks, changed = bool(ids), self.lines.mark(ids)
        rows = [row for row, entry in enumerate(self._entries) if entry.id in changed]
        self.repaint(row + 1 - self.scroll_offset.y for row in rows)

    def choose_columns(self, texts: tuple[str, ...]) -> None:
        """Show these columns, see ``text.columns``."""
        self.lines.choose_columns(texts)
        self.refresh()

    def stay(self) -> None:
        """Turn to no other page: there is none, or something else is to be shown."""
        self._is_turning, self._owed, self._passed = False, 0, None

    def clear(self) -> None:
        """Show no entries."""
        self._entries, self._cursor = (), 0
        self._lay_out()
        self._on_cursor(None)

    def _lay_out(self) -> None:
        self.hold(len(self._entries) + 1)
        self._follow()
        self.refresh()

    def action_move(self, rows: int) -> None:
        """Move the cursor; one row beyond the page asks for the next, and goes on there."""
        if abs(rows) > 1:
            self._move_to(self._cursor + rows)
            return
        rows, self.more = rows * (1 + self.more), 0
        if self._is_turning:
            self._owed += rows
        else:
            self._move_to(self._beyond(rows))

    def can_step(self, key: str) -> bool:
        """Whether a key goes to the next row, or the one before, on this page."""
        count = len(self._entries)
        return 0 <= self._cursor + _STEPS.get(key, count) < count

    def _beyond(self, rows: int) -> int:
        """Move by rows. Beyond the page, request the next one and move the rest later."""
        wanted, last = self._cursor + rows, len(self._entries) - 1
        if rows and not 0 <= wanted <= last:
            self._is_turning = True
            self._owed = wanted - last - 1 if wanted > 0 else wanted + 1
            self.post_message(self.PageWanted("older" if wanted > 0 else "newer"))
        return max(0, min(wanted, last))

    def action_page(self, pages: int) -> None:
        """Move by the rows in sight; from the first or last row, to the next page."""
        at_the_end = self._cursor == (len(self._entries) - 1 if pages > 0 else 0)
        self.action_move(pages if at_the_end else pages * max(self.size.height - 2, 1))

    def action_extend(self, rows: int) -> None:
        """Select the row one is on, and the next."""
        if (before := self.entry) is not None:
            self.action_move(rows)
            self.post_message(self.Extended(*filter(None, (before, self.entry))))

    def action_unselect(self) -> None:
        """Select nothing."""
        self.post_message(self.Unselected())

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Escape to the view where nothing is selected."""
        return self._has_marks if action == "unselect" else super().check_action(action, parameters)

    def action_choose(self) -> None:
        """Tell that this row is chosen."""
        if self.entry is not None:
            self.post_message(self.EntryChosen(self.entry))

    def _move_to(self, row: int) -> None:
        row = max(0, min(row, len(self._entries) - 1))
        if row == self._cursor or not self._entries:
            return
        before, self._cursor = self._cursor, row
        scrolled = self._follow()
        if not scrolled:
            self.repaint(changed + 1 - self.scroll_offset.y for changed in (before, row))
        self._on_cursor(self.entry)

    def _follow(self) -> bool:
        top, height = self.scroll_offset.y, max(self.size.height - 1, 1)
        wanted = min(max(top, self._cursor - height + 1), self._cursor, self.max_scroll_y) if self.size else top
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)
            self.refresh()
        return wanted != top

    def prepare(self, page: "Page") -> None:
        """Make the first lines of a page ahead, as many as one sees when one turns to it."""
        if not self._is_turning:
            self.lines.prepare(page.entries[: max(self.size.height - 1, 0)])

    @override
    def finished_line(self, y: int) -> Strip:
        """Return a line as it is shown; that of a row is made once."""
        row = y - 1 + self.scroll_offset.y
        if not y or row >= len(self._entries):
            return super().finished_line(y)
        return self.lines.finished(self._entries[row], here=row == self._cursor)

    @override
    def render_line(self, y: int) -> Strip:
        """Return one line: the names stay at the top, the rows scroll below them."""
        row = y - 1 + self.scroll_offset.y
        if not y:
            return self.lines.strip(None)
        if row >= len(self._entries):
            return Strip.blank(self.size.width, self.ground)
        return self.lines.strip(self._entries[row], here=row == self._cursor)

    @override
    def forget_lines(self) -> None:
        """Make every line anew."""
        super().forget_lines()
        self.lines.forget()

    def on_resize(self) -> None:
        """Draw for the new width, and keep the cursor in sight."""
        self.forget_lines()
        self._follow()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Move to the row. A double click chooses it; a click on the row one is on is about its cell."""
        row = event.y - 1 + self.scroll_offset.y
        if event.y == 0:
            self.post_message(self.HeadingClicked(self.lines.column_at(event.x)))
        if row >= len(self._entries) or event.y == 0:
            return
        is_here = row == self._cursor
        self._move_to(row)
        if is_here and event.chain > 1:
            self.action_choose()
        elif (is_here or event.button == _RIGHT) and (column := self.lines.column_at(event.x)) is not None:
            self.post_message(self.CellClicked(column))
