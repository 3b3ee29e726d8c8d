"""Reading on a screen: the state, and the workers that ask the log."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from textual import work
from textual.timer import Timer
from textual.widgets import Static
from typing_extensions import override

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

_REST: Final = 0.08
At = Literal["first", "last"]


class ReadingScreen(WritingScreen):
    """A view of the log under a query. The parts that it shows its state in are laid out by ``LogScreen``."""

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

    def _go(self, where: Literal["newer", "older", "oldest"], at: At = "first") -> None:
        cursor = getattr(self._page, where) if self._page is not None else None
        if cursor is not None:
            self._load(cursor, at)

    @override
    def show_recorded(self, entry_id: str) -> None:
        """Show what was just recorded: a correction where one is, a new entry on the newest page."""
        entry = self.entry
        corrected = entry is not None and entry.id == entry_id
        cursor = self._asked[0] if corrected else None
        self._load(cursor, "first", entry_id)

    def action_refresh_page(self) -> None:
        """Ask again, and stay on the row."""
        entry = self.entry
        cursor, at, _ = self._asked
        self._load(cursor, at, entry.id if entry else None)


def _described(query: "EntryQuery | None") -> str:
    if query is None:
        return ""
    names = {"via": "channel", "since": "days", "until": "days", "customer_id": "customer", "q": "search"}
    given = dict.fromkeys(names.get(name, name) for name in query.model_dump(exclude_defaults=True))
    return f"filtered by {', '.join(given)}" if given else ""
