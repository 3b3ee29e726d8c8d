"""The log: composes its parts, holds the focus, and draws each state that its reader publishes."""

import asyncio
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import ScreenResume
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.worker import Worker
from typing_extensions import override

from commlog_tui.desk.action import Desk, Work, start_work
from commlog_tui.desk.actions import ACTIONS, BY_ID, bindings
from commlog_tui.desk.columns import ChosenColumns
from commlog_tui.desk.commands.work import asks_first
from commlog_tui.desk.compositor import SpanCompositor
from commlog_tui.desk.faults import report, show_fault
from commlog_tui.desk.filters import Filters, FiltersError
from commlog_tui.desk.log.areas import Row, TableArea, show_columns, show_selection
from commlog_tui.desk.log.fields import Fields
from commlog_tui.desk.log.parts import Parts
from commlog_tui.desk.reader.history import ClosedView
from commlog_tui.desk.reader.reader import LogReader
from commlog_tui.desk.reader.state import At, Scope, Turn, ViewState
from commlog_tui.desk.selection import Selection
from commlog_tui.desk.travel import Travel
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.key_bar import KeyBar
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.desk.widgets.page_bar import PageBar
from commlog_tui.desk.widgets.side import Side
from commlog_tui.text.bars import BACK, CLEAR, FIRST_DIMMED, key_faces
from commlog_tui.text.first_page import FirstPage
from commlog_tui.text.frame import layout

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.desk.session import Session
    from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar

_REST: Final = 0.08


class LogScreen(Screen[ClosedView | None]):
    """The log with its filters, table and detail, or the history of a customer or a booking."""

    BLANK = True
    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    state: reactive[ViewState] = reactive(ViewState, repaint=False, init=False)
    """What is shown; only the reader makes another."""

    def __init__(self, desk: Desk, before: ClosedView | None = None) -> None:
        super().__init__()
        self._compositor = SpanCompositor()
        self.desk = desk
        self.reader = LogReader(
            before.scope if before else None,
            page_size=desk.preferences.page_size,
            publish=self._publish,
            settle=self._settle,
            on_fault=self._fault,
        )
        self.fields = Fields(self, self.reader)
        self.selection = Selection(partial(show_selection, self))
        self.columns = ChosenColumns(partial(show_columns, self), tuple(desk.preferences.columns.split()))
        self.parts = Parts(self, self.reader, self.fields, self._dim_keys)
        self._is_laid_out = self._is_painted = False
        self._first: FirstPage | None = None
        self._rest: Timer | None = None
        self.travel = Travel(self, self.reader, partial(LogScreen, desk), before)

    @override
    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        self._fold(update=False)  # its parts have no styles yet
        heading = self._first.heading(self.app.size.width - 2) if self._first else "commlog"
        yield Static(heading, id="head", markup=False)
        yield Static("", id="who", markup=False)
        with Row(id="body"):
            yield Side(self._first.channels if self._first else None, id="side")
            with TableArea(id="main"):
                yield ChipBar(id="chips")
                yield LogTable(self._row_changed, id="table")
                yield Notice(id="notice")
            yield DetailPane(id="detail")
        yield PageBar(id="bar")
        dimmed = FIRST_DIMMED if self.reader.scope.query is None else frozenset({CLEAR})
        yield KeyBar(key_faces(self.desk.preferences.keys), dimmed=dimmed)

    def on_mount(self) -> None:
        """Begin at the table."""
        self._is_laid_out = True
        self.set_focus(self.query_one(LogTable))
        self.parts.draw(ViewState(), self.state)  # a page may have come before the parts were there
        self.desk.joined(self)

    def on_unmount(self) -> None:
        """Stop reading."""
        self.reader.close()

    def on_resize(self) -> None:
        """Fold the detail where there is no room for it."""
        self._fold()
        self.call_after_refresh(self.parts.redraw_detail)
        self.call_after_refresh(lambda: self.parts.draw_heading(self.state))

    def _fold(self, *, update: bool = True) -> None:
        self.update_classes(layout(self.app.size, self.desk.preferences.density), update)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say so when something nobody thought of went wrong."""
        show_fault(event)

    def connect(self, session: "Session") -> None:
        """Show the log of a session from now on."""
        self.reader.start(session)
        self.parts.draw_heading(self.state)
        self.start(partial(self.parts.introduce, session), "who")

    def show_first(self, first: FirstPage) -> None:
        """Show the newest page as it was read before the desk connects."""
        self._first = first
        self.reader.prefetched(first.page, first.zone, first.row)
        if self._is_laid_out and self.reader.session is None:
            self.query_one("#head", Static).update(first.heading(self.app.size.width - 2))

    @property
    def is_settled(self) -> bool:
        """Whether there is a page, or a reason why not."""
        return self._is_painted or self.state.trouble is not None

    def _publish(self, state: ViewState) -> None:
        if not self._closing:
            self.state = state

    def _fault(self, error: BaseException) -> None:
        self._is_painted = True
        self.query_one(LogTable).stay()
        report(error, self.app)

    async def _settle(self) -> None:
        """Paint the first rows before anything else is loaded; then add the filters."""
        painted = asyncio.Event()
        self.call_after_refresh(painted.set)
        await painted.wait()
        self._is_painted = True
        await self.fields.mount()

    def watch_state(self, before: ViewState, state: ViewState) -> None:
        """Draw what is different."""
        if self._is_laid_out:
            self.parts.draw(before, state)

    def _row_changed(self, _: "Entry | None") -> None:
        self.reader.move_to(self.query_one(LogTable).row)
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST, self._dim_keys)

    def _dim_keys(self) -> None:
        """Dim the keys that can do nothing now; at rest, not with every key, nor while the desk connects."""
        if self.reader.session is None and self.state.trouble is None:
            return
        self.parts.dim_keys(frozenset(action.id for action in ACTIONS if self.why_not(action.id)))

    def on_descendant_focus(self) -> None:
        """Say the keys of the part that one is in, and whether there is a way back from it."""
        bar, parts = self.query_one(KeyBar), self.focused.ancestors_with_self if self.focused else ()
        bar.hints = next((hints for part in parts if (hints := getattr(part, "key_hints", ()))), ())
        bar.dimmed = bar.dimmed | {BACK} if self.why_not(BACK) else bar.dimmed - {BACK}

    def on_screen_suspend(self) -> None:
        """Leave it to the screen above to say its keys."""
        self.query_one(KeyBar).silent = True

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Say the keys again. Before its first layout all was just styled, which Textual would do again."""
        event.refresh_styles = event.refresh_styles and bool(self.outer_size)
        self.query_one(KeyBar).silent = False

    @on(LogTable.PageWanted)
    @on(PageBar.Turned)
    def _page_wanted(self, event: "LogTable.PageWanted | PageBar.Turned") -> None:
        at: At = "last" if event.direction == "newer" and isinstance(event, LogTable.PageWanted) else "first"
        self.turn(event.direction, at)

    @on(KeyBar.Clicked)
    async def _key_clicked(self, event: KeyBar.Clicked) -> None:
        await self.run_action(f"do('{event.action}')")

    @on(LogTable.EntryChosen)
    def _chosen(self) -> None:
        self.toggle_detail(only_show=True)
        self.set_focus(self.query_one(DetailPane))

    @on(ChipBar.Removed)
    def _removed(self, event: ChipBar.Removed) -> None:
        self.filter(self.state.claimed.without(event.name))

    def on_filter_sidebar_changed(self, event: "FilterSidebar.Changed") -> None:
        """Show what the fields ask for."""
        self.filter(event.filters)

    def on_filter_sidebar_done(self) -> None:
        """Go to what the customer chosen was sent."""
        self.to_table()

    @on(Input.Submitted)
    def to_table(self) -> None:
        """Focus the table. The sidebar folds where space is short; the chips show its filters."""
        self.remove_class("-filters")
        self.set_focus(self.query_one(LogTable))

    async def action_do(self, name: str, *given: str) -> None:
        """Do one of the table's actions."""
        if not asks_first(self, BY_ID[name]) and isawaitable(done := BY_ID[name].run(self, *given)):
            await done

    def why_not(self, name: str) -> str | None:
        """Return why an action cannot be done now; None if it can."""
        return BY_ID[name].reason(self, connected=self.reader.session is not None)

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse what cannot be done now; the application says why."""
        return not (action == "do" and self.why_not(str(parameters[0])))

    @property
    def session(self) -> "Session":
        """The session whose log is shown. Raises ``LookupError`` before there is one."""
        if self.reader.session is None:
            raise LookupError("not connected yet")
        return self.reader.session

    @property
    def entry(self) -> "Entry | None":
        """The entry in the current row."""
        return self.state.entry

    @property
    def selected(self) -> "tuple[Entry, ...]":
        """What is selected, the oldest first; else the entry in the current row."""
        return self.selection.entries or (() if self.entry is None else (self.entry,))

    def move(self, rows: int) -> None:
        """Move the cursor of the table."""
        self.query_one(LogTable).action_move(rows)

    @property
    def is_in_table(self) -> bool:
        """Whether the table has the focus."""
        return isinstance(self.focused, LogTable)

    def filter(self, filters: Filters, *, anew: bool = False, jump: bool = False) -> None:
        """Apply these filters, or report the fault. ``anew`` also empties faulty fields."""
        self.selection.clear()
        if anew:
            self.fields.empty()
        try:
            (self.reader.jump if jump else self.reader.ask)(filters)
        except FiltersError as error:  # saved by another version, perhaps
            self.notify(str(error), severity="warning", markup=False)

    def open(self, scope: Scope, filters: Filters | None = None) -> None:
        """Open a view that is fixed on something else than this one."""
        self.travel.open(scope, filters)

    def turn(self, where: Turn, at: At | None = None) -> None:
        """Turn to another page."""
        if not self.reader.turn(where, at or ("last" if where == "oldest" else "first")):
            self.query_one(LogTable).stay()

    def toggle_detail(self, *, only_show: bool = False) -> None:
        """Show or hide the detail."""
        if not (only_show and self.query_one(DetailPane).display):
            self.toggle_class("-no-detail" if self.has_class("-wide") else "-detail")
            self.call_after_refresh(self.parts.redraw_detail)

    def show_help(self) -> None:
        """Show every key, and why some do nothing now."""
        from commlog_tui.desk.choosers.help import HelpScreen
        from commlog_tui.desk.help_lines import help_lines

        keys = self.desk.preferences.keys
        self.app.push_screen(HelpScreen(lambda needle, width: help_lines(needle, keys, self.why_not, width)))

    def start(self, work: Work, group: str) -> None:
        """Do something in the background, in place of what is under way in the same group."""
        start_work(self, work, group)
