"""Draws the states of a view on the parts of its screen."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from textual.screen import Screen
from textual.widgets import Static

from commlog_tui.desk.action import start_work
from commlog_tui.desk.filters import chips
from commlog_tui.desk.log.detail_lines import lines_of
from commlog_tui.desk.log.fields import Fields
from commlog_tui.desk.log.introduction import booking_of, heading, introduction
from commlog_tui.desk.log.words import bar_place, bar_words, notice
from commlog_tui.desk.reader.reader import LogReader
from commlog_tui.desk.reader.state import ViewState
from commlog_tui.desk.widgets.chip_bar import ChipBar
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.key_bar import KeyBar
from commlog_tui.desk.widgets.log_table import PASSING_SECONDS, LogTable
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.desk.widgets.page_bar import PageBar

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page
    from commlog_tui.contract.task import Task
    from commlog_tui.desk.delivery.checklist import ChecklistPane
    from commlog_tui.desk.session import Session

_UTC = ZoneInfo("UTC")
_CHECKLIST_SECONDS = 60.0
"""How often a checklist is computed anew: what was due may be overdue since."""


class Parts:
    """The parts of a log screen. Each is changed only where the state that it shows is another."""

    def __init__(self, screen: Screen[Any], reader: LogReader, fields: Fields, dim_keys: Callable[[], None]) -> None:
        self._screen = screen
        self._reader = reader
        reader.pages.on_ahead = self._prepare
        self._fields = fields
        self._dim_keys = dim_keys
        self._passed: ViewState | None = None
        """What was drawn last, where pages were passed over since."""
        self._drawn: tuple[object, ...] = ()
        """What the detail was drawn from."""
        self._tasks: tuple[Task, ...] = ()
        """Open tasks about the entry in the detail."""
        self._checklist: ChecklistPane | None = None
        self._place = ("", 0)
        """The id of the entry in the detail, and the width: where both stay, the detail is not scrolled."""

    def _prepare(self, page: "Page") -> None:
        for table in self._screen.query(LogTable):  # none, where the screen was closed meanwhile
            table.prepare(page)

    @property
    def _zone(self) -> ZoneInfo:
        return self._reader.zone or _UTC

    def draw(self, before: ViewState, state: ViewState) -> None:
        """Draw what is different."""
        table = self._screen.query_one(LogTable)
        before, self._passed = self._passed or before, None
        if (state.loading and not before.loading) or state.trouble is not before.trouble:
            table.stay()
        is_new = state.page is not before.page
        if state.page is not None and is_new and state.cursor.keep is None and table.passes(state.page):
            self._passed = before
            self._screen.set_timer(PASSING_SECONDS, self._draw_passed)
            return
        if state.claimed != before.claimed:
            self._draw_filters(state)
        if state.private != before.private:
            self._draw_privacy(state)
        if before.page is not None and (is_new or state.arrived is not before.arrived):
            self._load_checklist()
        if _besides_row(before) != _besides_row(state):
            self._draw_bars(before, state)
        if state.page is not None and (is_new or state.utc != before.utc):
            # The table reports its row, so that the reader publishes another state, which is drawn
            # meanwhile.
            table.show(state.page, self._zone, keep=state.cursor.keep, at=state.cursor.at, show_utc=state.utc)
        else:
            self.draw_detail(state)

    def _draw_passed(self) -> None:
        if self._passed is not None:
            self.draw(self._passed, self._reader.state)

    def _draw_filters(self, state: ViewState) -> None:
        self._screen.query_one(ChipBar).chips = tuple(chips(state.claimed, self._reader.today()))
        self._fields.show(state.claimed)

    def _draw_privacy(self, state: ViewState) -> None:
        self._screen.set_class(state.private, "-private")
        self._screen.query_one(LogTable).private = state.private
        self._screen.query_one(ChipBar).private = state.private
        if self._checklist is not None:
            self._checklist.private = state.private
            self._checklist.draw()
        self.draw_heading(state)

    def draw_heading(self, state: ViewState) -> None:
        """Say which log this is, and what the view is fixed on."""
        if self._reader.session is not None:
            scope = "" if state.private else self._reader.scope.heading
            self._screen.query_one("#head", Static).update(
                heading(self._reader.session, scope, self._screen.app.size.width - 2)
            )

    async def introduce(self, session: "Session") -> None:
        """Say whose history this is."""
        await self._say_who(session)
        if (query := booking_of(self._reader.scope.query)) is not None:
            from commlog_tui.desk.delivery.checklist import ChecklistPane

            await self._screen.query("#checklist").remove()
            self._checklist = ChecklistPane(session, query)
            self._checklist.private = self._reader.state.private
            await self._screen.query_one("#main").mount(self._checklist, before="#table")
            self._checklist.set_interval(_CHECKLIST_SECONDS, self._load_checklist)
            await self._checklist.load()

    async def _say_who(self, session: "Session") -> None:
        if words := await introduction(session, self._reader.scope.query):
            who = self._screen.query_one("#who", Static)
            who.update(words)
            who.add_class("-known")

    async def renew_guest(self, *, is_merge: bool) -> None:
        """Say anew whose history this is; after a merge, ask anew for the rows, which may be others."""
        session, scope = self._reader.session, self._reader.scope.query
        if session is None:
            return
        if is_merge and ((scope is not None and scope.customer_id) or self._reader.state.claimed.customer):
            self._reader.refresh()
        await self._say_who(session)

    def _load_checklist(self) -> None:
        if self._checklist is not None:
            start_work(self._screen, self._checklist.load, "checklist")

    def _draw_bars(self, before: ViewState, state: ViewState) -> None:
        bar = self._screen.query_one(PageBar)
        if state.page is not None:
            bar.show(state.page)
            bar.place = bar_place(state)
        bar.state, bar.alarm = bar_words(state, self._zone), state.alarm
        words = notice(state, self._reader.today(), self._zone)
        self._screen.query_one("#main").set_class(words is not None, "-empty")
        if words is not None:
            self._screen.query_one(Notice).tell(*words)
        trouble = state.trouble
        if trouble is not None and trouble.is_final and state.page is not None and trouble != before.trouble:
            self._screen.notify(trouble.words, severity="error", timeout=30, markup=False)  # with room for all of it
        self._dim_keys()

    def dim_keys(self, names: frozenset[str]) -> None:
        """Dim the keys of these actions."""
        self._screen.query_one(KeyBar).dimmed = names

    def redraw_detail(self) -> None:
        """Draw the current entry, where there is other room for it now."""
        self.draw_detail(self._reader.state)

    def draw_detail(self, state: ViewState) -> None:
        """Draw the current entry if it or its space changed, and request its detail."""
        pane = self._screen.query_one(DetailPane)
        if state.entry is None:
            pane.show([])
            self._drawn = ()
        elif pane.display:
            tasks, width = self._tasks_about(state.entry.id), pane.text_width
            drawn = (state.entry, state.detail, state.private, state.raw, width, tasks)
            if len(drawn) != len(self._drawn) or any(
                one is not two for one, two in zip(drawn, self._drawn, strict=True)
            ):
                place = state.entry.id, width
                stay, self._place, self._drawn = place == self._place, place, drawn
                pane.show(lines_of(state, self._zone, width, tasks), stay=stay)
            self._screen.call_after_refresh(self._reader.load_details)  # what is known is drawn first

    def _tasks_about(self, entry_id: str) -> "tuple[Task, ...]":
        """Return the open tasks about an entry; the same ones as last time where none has changed."""
        session = self._reader.session
        tasks = tuple(one for one in session.tasks.tasks if one.entry == entry_id) if session is not None else ()
        if tasks != self._tasks:
            self._tasks = tasks
        return self._tasks


def _besides_row(state: ViewState) -> tuple[object, ...]:
    """Return everything but the row and its detail, to be compared."""
    parts = (state.page, state.claimed, state.answered, state.arrived, state.loosened, state.trouble, state.notes)
    return (*map(id, parts), state.slow, state.private, state.alarm)
