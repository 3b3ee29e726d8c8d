"""The log: filters, table, detail; the screen owns the state and the workers."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Footer, Input, Static
from typing_extensions import override

from commlog_tui.desk.actions import bindings
from commlog_tui.desk.screens.help import HelpScreen
from commlog_tui.desk.screens.writing import RETRY_SECONDS, WritingScreen
from commlog_tui.desk.session import Session
from commlog_tui.desk.text.details import detail_lines, entry_lines
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.page_bar import PageBar, position

if TYPE_CHECKING:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.page import Page
    from commlog_tui.contract.query import EntryQuery

_WIDE: Final = 110
_REST: Final = 0.08
At = Literal["first", "last"]


class LogScreen(WritingScreen):
    """A view of the log under a query; the history of a customer or a booking is another one of these."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    def __init__(self, session: Session | None = None, query: "EntryQuery | None" = None, heading: str = "") -> None:
        super().__init__(session)
        self._fixed = query
        self._query = query
        self._heading = heading
        self._page: Page | None = None
        self._asked: tuple[str | None, At, str | None] = (None, "first", None)
        self._shown_at: datetime | None = None
        self._arrived = 0
        self._show_utc = False
        self._rest: Timer | None = None

    @override
    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield Static("commlog", id="head", markup=False)
        with Horizontal(id="body"):
            yield FilterSidebar(id="filters")
            with Vertical(id="main"):
                yield LogTable(self._show_entry, id="table")
            yield DetailPane(id="detail")
        yield PageBar(id="bar")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin at the table."""
        self.query_one(LogTable).focus()
        if self._session is not None:
            self.start(self._session)

    def start(self, session: Session) -> None:
        """Show the log of a session from now on."""
        self._session = session
        place = session.place.location
        heading = f"{self._heading}  ·  " if self._heading else ""
        self.query_one("#head", Static).update(f"{heading}{safe(place.name)}  ·  {place.zone}  ·  {safe(session.me.name)}")
        self.query_one(FilterSidebar).offer(session.place.channels, session.zone)
        self._load()
        if self._fixed is None:
            self._follow()
            self.send_waiting()

    @override
    def say(self, words: str) -> None:
        """Say how things stand, in the bar."""
        self.query_one(PageBar).state = words

    def on_resize(self) -> None:
        """Fold the detail where there is no room for it."""
        self.set_class(self.size.width >= _WIDE, "-wide")

    @property
    @override
    def entry(self) -> "Entry | None":
        """The entry one is on."""
        return self.query_one(LogTable).entry

    @property
    @override
    def context(self) -> "Entry | None":
        """In a history, the entry one is on; the log itself is about nobody."""
        return self.entry if self._fixed is not None else None

    # reading

    @work(exclusive=True, group="page", exit_on_error=False)
    async def _load(self, cursor: str | None = None, at: At = "first", keep: str | None = None) -> None:
        from commlog_tui.client.errors import BusyError, ClientError, UnreachableError
        from commlog_tui.contract.query import EntryQuery

        session = self._session
        if session is None:
            return
        self._asked = (cursor, at, keep)
        query = self._query or EntryQuery()
        while True:
            try:
                page = await session.client.page(session.location, query, cursor=cursor)
            except (UnreachableError, BusyError) as error:
                self._trouble(error)
            except ClientError as error:
                self.say(str(error))
                return
            else:
                self._show_page(page, at, keep)
                return
            await asyncio.sleep(RETRY_SECONDS)

    def _trouble(self, error: "ClientError") -> None:
        session = self._session
        if self._shown_at is not None and session is not None:
            self.say(f"{error} What you see is from {self._shown_at.astimezone(session.zone):%H:%M}; trying again.")
        else:
            self.say(f"{error} Trying again.")

    def _show_page(self, page: "Page", at: At, keep: str | None) -> None:
        session = self._session
        if session is None:
            return
        self._page, self._shown_at = page, datetime.now(UTC)
        bar = self.query_one(PageBar)
        bar.place = position(page.first, len(page.entries), page.total)
        bar.filters = _described(self._query)
        bar.state = ""
        if page.newer is None:
            self._arrived = 0
        if not page.entries:
            filtered = self._query is not None and self._query != self._fixed
            bar.state = "Nothing found. x undoes the filters." if filtered else "No entries yet. n adds the first."
        self.query_one(LogTable).show(page, session.zone, keep=keep, at=at, show_utc=self._show_utc)

    def _show_entry(self, entry: "Entry | None") -> None:
        pane, session = self.query_one(DetailPane), self._session
        if self._rest is not None:
            self._rest.stop()
        if entry is None or session is None:
            pane.show([])
            return
        if pane.display:
            pane.show(entry_lines(entry, session.zone, datetime.now(UTC), pane.text_width))
            self._rest = self.set_timer(_REST, self._load_detail)

    @work(exclusive=True, group="detail", exit_on_error=False)
    async def _load_detail(self) -> None:
        from commlog_tui.client.errors import ClientError

        session, entry, pane = self._session, self.entry, self.query_one(DetailPane)
        if session is None or entry is None:
            return
        try:
            detail = await session.client.detail(session.location, entry.id)
        except ClientError:
            return  # the page's worker says how things stand; what the row knows is shown
        if self.entry == entry:
            pane.show(detail_lines(detail, session.zone, datetime.now(UTC), pane.text_width))

    @work(exclusive=True, group="feed", exit_on_error=False)
    async def _follow(self) -> None:
        from commlog_tui.client.errors import ClientError
        from commlog_tui.client.feed import follow

        session = self._session
        if session is None:
            return
        try:
            async for item in follow(session.client, session.location, session.place.seq, on_state=self._live):
                if item.kind.value == "entry":
                    self._arrived += 1
                    self.say(f"{self._arrived} new, press g")
        except ClientError as error:
            self.say(str(error))

    def _live(self, connected: bool) -> None:  # noqa: FBT001 - a state
        if not connected:
            from commlog_tui.client.errors import UnreachableError

            self._trouble(UnreachableError())
        elif self._shown_at is not None and self.query_one(PageBar).state.endswith("trying again."):
            self.action_refresh_page()
            self.send_waiting()

    # what the parts say

    @on(FilterSidebar.QueryChanged)
    def _filtered(self, event: FilterSidebar.QueryChanged) -> None:
        query = event.query
        if self._fixed is not None:
            kept = self._fixed.model_dump(exclude_defaults=True)
            query = query.model_copy(update=kept)
        self._query = query
        self._load()

    @on(FilterSidebar.CustomerTyped)
    @work(exclusive=True, group="people", exit_on_error=False)
    async def _suggest(self, event: FilterSidebar.CustomerTyped) -> None:
        from commlog_tui.client.errors import ClientError

        session, sidebar = self._session, self.query_one(FilterSidebar)
        if session is None or not event.q:
            sidebar.suggest(())
            return
        await asyncio.sleep(0.2)
        try:
            sidebar.suggest((await session.client.customers(session.location, event.q, limit=8)).customers)
        except ClientError as error:
            self.say(str(error))

    @on(LogTable.PageWanted)
    def _turn(self, event: LogTable.PageWanted) -> None:
        if event.direction == "older":
            self.action_older()
        else:
            self._go("newer", "last")

    @on(LogTable.EntryChosen)
    def _chosen(self) -> None:
        if not self.query_one(DetailPane).display:
            self.action_toggle_detail()
        self.query_one(DetailPane).focus()

    @on(Input.Submitted)
    def _to_table(self) -> None:
        self.query_one(LogTable).focus()

    def _go(self, where: Literal["newer", "older", "oldest"], at: At = "first") -> None:
        cursor = getattr(self._page, where) if self._page is not None else None
        if cursor is not None:
            self._load(cursor, at)

    # actions, as in the table of actions

    def action_search(self) -> None:
        """Find by anything one was told."""
        self.add_class("-filters")
        self.query_one("#q", Input).focus()

    def action_filters(self) -> None:
        """Show or hide the filters."""
        self.toggle_class("-filters")
        self.query_one("#q" if self.has_class("-filters") else "#table").focus()

    def action_clear_filters(self) -> None:
        """Undo all filters."""
        self.query_one(FilterSidebar).clear()

    def action_older(self) -> None:
        """Show the next page."""
        self._go("older")

    def action_newer(self) -> None:
        """Show the page before."""
        self._go("newer")

    def action_newest(self) -> None:
        """Show the newest page."""
        self._load()

    def action_oldest(self) -> None:
        """Show the oldest page."""
        self._go("oldest", "last")

    @override
    def action_refresh_page(self) -> None:
        """Ask again, and stay on the row."""
        entry = self.entry
        cursor, at, _ = self._asked
        self._load(cursor, at, entry.id if entry else None)

    def action_toggle_utc(self) -> None:
        """Show times in UTC, or in the location's zone."""
        self._show_utc = not self._show_utc
        entry = self.entry
        if self._page is not None:
            self._show_page(self._page, "first", entry.id if entry else None)

    def action_toggle_detail(self) -> None:
        """Show or hide the detail."""
        self.toggle_class("-no-detail" if self.has_class("-wide") else "-detail")
        self.call_after_refresh(self._show_entry, self.entry)

    def action_booking(self) -> None:
        """Show all messages of this booking."""
        from commlog_tui.contract.query import EntryQuery

        entry = self.entry
        if entry is None or self._session is None:
            return
        if not entry.reference and not entry.code:
            self.notify("This entry belongs to no booking.", markup=False)
            return
        query = EntryQuery(reference=entry.reference) if entry.reference else EntryQuery(q=entry.code)
        heading = f"Booking {safe(entry.code or entry.reference or '')}"
        self.app.push_screen(LogScreen(self._session, query, heading))

    def action_customer(self) -> None:
        """Show this customer's history."""
        from commlog_tui.contract.query import EntryQuery

        entry = self.entry
        if entry is None or self._session is None:
            return
        if entry.customer is None:
            self.notify("This entry names no customer; / finds everything sent to an address or number.", markup=False)
            return
        heading = f"History of {safe(entry.customer.name or entry.customer.id)}"
        self.app.push_screen(LogScreen(self._session, EntryQuery(customer_id=entry.customer.id), heading))

    def action_back(self) -> None:
        """Go back to where one was."""
        if not isinstance(self.focused, LogTable):
            self.query_one(LogTable).focus()
        elif self._fixed is not None:
            self.dismiss(None)

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())


def _described(query: "EntryQuery | None") -> str:
    if query is None:
        return ""
    names = {"via": "channel", "since": "days", "until": "days", "customer_id": "customer", "q": "search"}
    given = dict.fromkeys(names.get(name, name) for name in query.model_dump(exclude_defaults=True))
    return f"filtered by {', '.join(given)}" if given else ""
