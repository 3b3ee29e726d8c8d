"""Reading on a screen: the state, and the workers that ask the log."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, cast

from textual import work
from textual.timer import Timer
from typing_extensions import override

from commlog_tui.desk.filters import concerns
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.reader.details import DetailCache
from commlog_tui.desk.reader.pages import NEWEST, At, Direction, PageCache, ask_page
from commlog_tui.desk.screens.proving import ProvingScreen
from commlog_tui.desk.session import Session
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.desk.widgets.page_bar import PageBar

if TYPE_CHECKING:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.outbox import SendReport
    from commlog_tui.contract.entry import Entry, EntryDetail
    from commlog_tui.contract.page import FeedItem, Page
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.sight import SeenRow

_REST: Final = 0.08
_CALM_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 3.0
_NOTES: Final = ("evidence", "trouble", "version", "new", "waiting", "kept", "proof", "private")


class ReadingScreen(ProvingScreen):
    """A view of the log, whole or what is fixed for it. The parts that it shows its state in are laid out by ``LogScreen``."""

    def __init__(self, session: Session | None = None, query: "EntryQuery | None" = None, heading: str = "") -> None:
        super().__init__(session, heading)
        self._fixed = query
        self._query = query
        """What the page shown answers; a cursor belongs to it."""
        self._page: Page | None = None
        self._pages = PageCache(self._ask_page)
        self._details = DetailCache(self._ask_detail)
        self._is_asking_anew = self._is_loading_details = self._is_painted = False
        self._asked = NEWEST
        self._shown_at: datetime | None = None
        self._arrived: set[str] = set()
        self._notes: dict[str, str] = {}
        self._show_utc = False
        self._rest: Timer | None = None

    def start(self, session: Session) -> None:
        """Show the log of a session from now on."""
        self._session = session
        self.show_heading()
        self._load()
        self.count_kept()

    def preview(self, rows: "tuple[SeenRow, ...]") -> None:
        """Show rows until there is a page, or a reason why not."""
        if self._page is None and "trouble" not in self._notes:
            self.query_one(LogTable).preview(rows)

    @property
    def is_settled(self) -> bool:
        """Whether there is a page, or a reason why not."""
        return self._is_painted or "trouble" in self._notes

    # what is told from outside

    def show_trouble(self, words: str, *, heading: str = "The log cannot be opened") -> None:
        """Say what is wrong: in the bar beside the last page, or in the place of the first."""
        if self._page is None:
            self.note("trouble", "Not connected")
            self._show_notice(heading, words)
        elif self._notes.get("trouble") != words:
            self.note("trouble", words)
            self.notify(words, severity="error", timeout=30, markup=False)  # which has room for all of it
        self.reconsider()

    def show_connection(self, *, connected: bool) -> None:
        """Say that the service is gone; look again when it is back."""
        from commlog_tui.client.errors import UnreachableError

        if not connected:
            self._say_trouble(UnreachableError())
        elif "trouble" in self._notes:
            self.action_refresh_page()

    def show_record(self, item: "FeedItem") -> None:
        """Count a new entry; show a known one as it now stands. No row moves."""
        if item.entry is None:
            return
        self._details.forget(item.entry.id)
        self._pages.clear()
        self._fetch_ahead("older", _CALM_SECONDS)
        page, here, session = self._page, self.entry, self._session
        if page is None or session is None:
            return
        if item.entry.id in {entry.id for entry in page.entries}:
            entries = tuple(item.entry if entry.id == item.entry.id else entry for entry in page.entries)
            self._page = page.model_copy(update={"entries": entries})
            keep = here.id if here else None
            self.query_one(LogTable).show(self._page, session.zone, keep=keep, show_utc=self._show_utc)
        elif item.kind == "entry" and item.entry.id not in session.written and concerns(self._fixed, item.entry):
            self._arrived.add(item.entry.id)
            self.note("new", f"{len(self._arrived)} new, press g")

    def show_report(self, report: "SendReport") -> None:
        """Show what became of what was waiting; go to what was just written here."""
        self.note("waiting", f"{report.waiting} waiting" if report.waiting else "")
        for item, receipt in report.sent:
            if item.key == self._awaited:
                self._awaited = None
                entry = self.entry
                corrected = entry is not None and entry.id == item.entry_id
                self._load(self._asked[0] if corrected else None, "first", item.entry_id or receipt.id)
        if report.refused:
            self.count_kept()

    @override
    def note(self, kind: str, words: str = "") -> None:
        self._notes.pop(kind, None)
        if words:
            self._notes[kind] = words
        self.query_one(PageBar).state = "  ·  ".join(self._notes[kind] for kind in _NOTES if kind in self._notes)

    @property
    @override
    def entry(self) -> "Entry | None":
        """The entry one is on."""
        return self.query_one(LogTable).entry

    # pages

    @property
    def preferences(self) -> Preferences:
        """What the person at the desk likes."""
        liked: Preferences = self.app.preferences  # type: ignore[attr-defined] # the desk's application has them
        return liked

    def question(self) -> "EntryQuery":
        """Return what is asked of the log."""
        from commlog_tui.contract.query import EntryQuery

        return self._fixed or EntryQuery()

    def nothing_found(self) -> tuple[str, str]:
        """Return a heading and a sentence for a page without entries."""
        return "No entries yet", "n writes the first one."

    async def rows_shown(self, session: Session) -> None:
        """Do what must not hold up the first rows."""

    @work(exclusive=True, group="page", exit_on_error=False)
    async def _load(
        self,
        cursor: str | None = None,
        at: At = "first",
        keep: str | None = None,
        *,
        before: datetime | None = None,
        turn: bool = False,
    ) -> None:
        """Show the page behind a cursor, or the one that begins before an instant, or the newest."""
        from commlog_tui.client.errors import BusyError, ClientError, UnreachableError

        session = self._session
        if session is None:
            return
        asked = self._asked = (cursor, at, keep, before)
        query = self._query if cursor is not None and self._query is not None else self.question()
        self._is_asking_anew = not turn
        if not turn:
            self.workers.cancel_group(self, "ahead")
            self._pages.clear()
            self.query_one(LogTable).stay()
        while True:
            try:
                if turn and cursor is not None:
                    page = await self._pages.load(cursor)
                else:
                    size = self.preferences.page_size
                    page = await ask_page(session, query, size, cursor, before)
            except (UnreachableError, BusyError) as error:
                self._say_trouble(error)
                pause = max(_RETRY_SECONDS, error.pause)
            except Exception as error:
                self._is_asking_anew, self._is_painted = False, True
                self.query_one(LogTable).stay()
                if not isinstance(error, ClientError):
                    raise  # a fault of the desk itself, which whoever watches its workers tells
                self.show_trouble(str(error))
                return
            else:
                if asked is self._asked:
                    self._query = query
                    self._is_asking_anew = False
                    self._show_page(page, at, keep)
                    painted = asyncio.Event()
                    self.call_after_refresh(painted.set)
                    await painted.wait()
                    self._is_painted = True
                    await self.rows_shown(session)
                    self._fetch_ahead("newer" if at == "last" else "older")
                return
            await asyncio.sleep(pause)

    def _say_trouble(self, error: "ClientError") -> None:
        if self._shown_at is not None:
            self.note("trouble", f"As of {self._shown_at.astimezone(self.session.zone):%H:%M}: no answer now, trying again")
        else:
            self.note("trouble", "Not connected")
            self._show_notice("No answer yet", f"{error}\nTrying again.")

    def _show_page(self, page: "Page", at: At, keep: str | None) -> None:
        session = self.session
        self._page, self._shown_at = page, datetime.now(UTC)
        self.query_one(PageBar).show(page)
        self.note("trouble")
        if page.newer is None:
            self._arrived.clear()
            self.note("new")
        self.query_one("#main").remove_class("-empty")
        if not page.entries:
            self._show_notice(*self.nothing_found())
        self.query_one(LogTable).show(page, session.zone, keep=keep, at=at, show_utc=self._show_utc)
        self.reconsider()

    def _show_notice(self, heading: str, words: str) -> None:
        self.query_one("#main").add_class("-empty")
        self.query_one(Notice).tell(heading, words)

    def _go(self, where: Literal["newer", "older", "oldest"], at: At = "first") -> None:
        cursor = getattr(self._page, where) if self._page is not None else None
        if cursor is None or self._is_asking_anew:
            self.query_one(LogTable).stay()
        elif (page := self._pages.get(cursor)) is None:
            self._load(cursor, at, turn=True)
        else:
            self._asked = (cursor, at, None, None)
            self._show_page(page, at, None)
            self._fetch_ahead("newer" if where == "newer" else "older")

    async def _ask_page(self, cursor: str) -> "Page":
        session, size = cast("Session", self._session), self.preferences.page_size
        return await ask_page(session, self._query or self.question(), size, cursor)

    @work(exclusive=True, group="ahead", exit_on_error=False)
    async def _fetch_ahead(self, direction: Direction, calm: float = 0.0) -> None:
        """Have the neighbouring pages ready, after so many seconds in which nobody asks again."""
        from commlog_tui.client.errors import ClientError

        await asyncio.sleep(calm)
        if self._page is not None:
            with suppress(ClientError):  # whoever turns to the page is told
                await self._pages.reach(self._page, direction)

    def action_refresh_page(self) -> None:
        """Ask again, and stay on the row."""
        entry = self.entry
        cursor, at, _, before = self._asked
        self._load(cursor, at, entry.id if entry else None, before=before)

    # detail

    def _show_entry(self, entry: "Entry | None") -> None:
        pane, session = self.query_one(DetailPane), self._session
        if self._rest is not None:
            self._rest.stop()
        if entry is None or session is None:
            pane.show([])
        elif pane.display:
            pane.show(self.lines_of(entry, self._details.get(entry), session, pane.text_width))
            self._rest = self.set_timer(_REST, self.reconsider)
            if not self._is_loading_details:
                self._is_loading_details = True
                self._load_details()

    @work(group="detail", exit_on_error=False)
    async def _load_details(self) -> None:
        """Have the details of the entry one is on and of its neighbours, one request after the other."""
        from commlog_tui.client.errors import ClientError

        table = self.query_one(LogTable)
        try:
            with suppress(ClientError):  # the page's worker says how things stand; what the row knows is shown
                while (entry := self._details.next_wanted(table.entries, table.row)) is not None:
                    await self._details.load(entry)
                    if self.entry == entry:
                        self._show_entry(entry)
        finally:
            self._is_loading_details = False

    async def _ask_detail(self, entry_id: str) -> "EntryDetail":
        session = cast("Session", self._session)
        return await session.client.detail(session.location, entry_id)
