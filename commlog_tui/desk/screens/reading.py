"""Reading on a screen: the state, and the workers that ask the log."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from textual import work
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import AwaitMount
from textual.widgets import Static
from typing_extensions import override

from commlog_tui.desk.screens.writing import WritingScreen
from commlog_tui.desk.session import Session
from commlog_tui.desk.text.details import detail_lines, entry_lines
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.filter_sidebar import FilterSidebar
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.desk.widgets.notice import Notice
from commlog_tui.desk.widgets.page_bar import PageBar, position

if TYPE_CHECKING:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.client.outbox import SendReport
    from commlog_tui.contract.entry import Entry, EntryDetail
    from commlog_tui.contract.page import FeedItem, Page
    from commlog_tui.contract.query import EntryQuery

_REST: Final = 0.08
_RETRY_SECONDS: Final = 3.0
_NOTES: Final = ("trouble", "new", "waiting", "kept")
At = Literal["first", "last"]


class ReadingScreen(WritingScreen):
    """A view of the log under a query. The parts that it shows its state in are laid out by ``LogScreen``."""

    def __init__(self, session: Session | None = None, query: "EntryQuery | None" = None, heading: str = "") -> None:
        super().__init__(session)
        self._fixed = query
        self._query = query
        self._heading = heading
        self._page: Page | None = None
        self._detail: EntryDetail | None = None
        self._asked: tuple[str | None, At, str | None] = (None, "first", None)
        self._shown_at: datetime | None = None
        self._arrived: set[str] = set()
        self._notes: dict[str, str] = {}
        self._show_utc = False
        self._rest: Timer | None = None
        self._sidebar: FilterSidebar | None = None
        self._mounting = AwaitMount(self, ())

    def start(self, session: Session) -> None:
        """Show the log of a session from now on."""
        self._session = session
        place = session.place.location
        heading = f"{self._heading}  ·  " if self._heading else ""
        self.query_one("#head", Static).update(f"{heading}{safe(place.name)}  ·  {place.zone}  ·  {safe(session.me.name)}")
        self._load()
        self.count_kept()

    # what is told from outside

    def show_trouble(self, words: str, *, heading: str = "The log cannot be opened") -> None:
        """Say what is wrong: in the bar beside the last page, or in the place of the first."""
        self.note("trouble", words)
        if self._page is None:
            self._show_notice(heading, words)

    def show_connection(self, *, connected: bool) -> None:
        """Say that the service is gone; look again when it is back."""
        from commlog_tui.client.errors import UnreachableError

        if not connected:
            self._say_trouble(UnreachableError())
        elif "trouble" in self._notes:
            self.action_refresh_page()

    def show_record(self, item: "FeedItem") -> None:
        """Count a new entry; show a known one as it now stands. No row moves."""
        page, here, session = self._page, self.entry, self._session
        if page is None or session is None:
            return
        if item.entry.id in {entry.id for entry in page.entries}:
            entries = tuple(item.entry if entry.id == item.entry.id else entry for entry in page.entries)
            self._page = page.model_copy(update={"entries": entries})
            table = self.query_one(LogTable)
            table.show(self._page, session.zone, keep=here.id if here else None, show_utc=self._show_utc)
        elif item.kind.value == "entry" and item.entry.id not in session.written and self._concerns(item.entry):
            self._arrived.add(item.entry.id)
            self.note("new", f"{len(self._arrived)} new, press g")

    def show_report(self, report: "SendReport") -> None:
        """Show what became of what was waiting; go to what was just written here."""
        self.note("waiting", f"{report.waiting} waiting, sent when the service answers" if report.waiting else "")
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

    # what one is on

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

    # pages

    @work(exclusive=True, group="page", exit_on_error=False)
    async def _load(self, cursor: str | None = None, at: At = "first", keep: str | None = None) -> None:
        from commlog_tui.client.errors import BusyError, ClientError, UnreachableError
        from commlog_tui.contract.query import EntryQuery

        session = self._session
        if session is None:
            return
        asked = self._asked = (cursor, at, keep)
        query = self._query or EntryQuery()
        while True:
            try:
                page = await session.client.page(session.location, query, cursor=cursor)
            except (UnreachableError, BusyError) as error:
                self._say_trouble(error)
            except ClientError as error:
                self.show_trouble(str(error))
                return
            else:
                if asked is self._asked:
                    self._show_page(page, at, keep)
                    await self._add_sidebar(session)
                return
            await asyncio.sleep(_RETRY_SECONDS)

    def _say_trouble(self, error: "ClientError") -> None:
        session = self._session
        if self._shown_at is not None and session is not None:
            seen = self._shown_at.astimezone(session.zone)
            self.note("trouble", f"{error} What you see is from {seen:%H:%M}; trying again.")
        else:
            self._show_notice("No answer yet", f"{error}\nTrying again.")

    def _show_page(self, page: "Page", at: At, keep: str | None) -> None:
        session = self._session
        if session is None:
            return
        self._page, self._shown_at = page, datetime.now(UTC)
        bar = self.query_one(PageBar)
        bar.place = position(page.first, len(page.entries), page.total)
        bar.filters = filters_in_words(self._query, None)
        added = filters_in_words(self._query, self._fixed)
        self.note("trouble")
        if page.newer is None:
            self._arrived.clear()
            self.note("new")
        self.query_one("#main").remove_class("-empty")
        if not page.entries and added:
            self._show_notice("Nothing found", f"The log is {added}.\nx undoes the filters; / looks for something else.")
        elif not page.entries:
            self._show_notice("No entries yet", "n writes the first one.")
        self.query_one(LogTable).show(page, session.zone, keep=keep, at=at, show_utc=self._show_utc)

    def _show_notice(self, heading: str, words: str) -> None:
        self.query_one("#main").add_class("-empty")
        self.query_one(Notice).tell(heading, words)

    async def _add_sidebar(self, session: Session) -> FilterSidebar:
        """Add the filters once the first rows are there, which must not wait for them."""
        if self._sidebar is None:
            self._sidebar = FilterSidebar(session.place.channels, session.zone, session.find_customers, id="filters")
            self._mounting = self.query_one("#body", Horizontal).mount(self._sidebar, before=0)
        await self._mounting
        return self._sidebar

    def _concerns(self, entry: "Entry") -> bool:
        """Whether a new entry belongs to what is fixed here: a customer, a booking."""
        fixed = self._fixed
        if fixed is None:
            return True
        if fixed.customer_id is not None:
            return entry.customer is not None and entry.customer.id == fixed.customer_id
        return entry.reference == fixed.reference if fixed.reference else entry.code == fixed.q

    def _go(self, where: Literal["newer", "older", "oldest"], at: At = "first") -> None:
        cursor = getattr(self._page, where) if self._page is not None else None
        if cursor is not None:
            self._load(cursor, at)

    def action_refresh_page(self) -> None:
        """Ask again, and stay on the row."""
        entry = self.entry
        cursor, at, _ = self._asked
        self._load(cursor, at, entry.id if entry else None)

    # detail

    def _show_entry(self, entry: "Entry | None") -> None:
        pane, session = self.query_one(DetailPane), self._session
        if self._rest is not None:
            self._rest.stop()
        if entry is None or session is None:
            pane.show([])
        elif self._detail is not None and self._detail.entry == entry:
            self._show_detail(self._detail, session)
        elif pane.display:
            pane.show(entry_lines(entry, session.zone, datetime.now(UTC), pane.text_width))
            self._rest = self.set_timer(_REST, self._load_detail)

    def _show_detail(self, detail: "EntryDetail", session: Session) -> None:
        pane = self.query_one(DetailPane)
        pane.show(detail_lines(detail, session.zone, datetime.now(UTC), pane.text_width))

    @work(exclusive=True, group="detail", exit_on_error=False)
    async def _load_detail(self) -> None:
        from commlog_tui.client.errors import ClientError

        session, entry = self._session, self.entry
        if session is None or entry is None:
            return
        try:
            detail = await session.client.detail(session.location, entry.id)
        except ClientError:
            return  # the page's worker says how things stand; what the row knows is shown
        if self.entry == entry:
            self._detail = detail
            self._show_detail(detail, session)


def filters_in_words(query: "EntryQuery | None", fixed: "EntryQuery | None") -> str:
    """Return what a view is filtered by, beyond what is fixed for it."""
    if query is None:
        return ""
    names = {"via": "channel", "since": "days", "until": "days", "customer_id": "customer", "q": "search"}
    always = fixed.model_dump(exclude_defaults=True) if fixed is not None else {}
    given = [name for name in query.model_dump(exclude_defaults=True) if name not in always]
    words = dict.fromkeys(names.get(name, name) for name in given)
    return f"filtered by {', '.join(words)}" if words else ""
