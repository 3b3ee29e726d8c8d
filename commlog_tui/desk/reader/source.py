"""The log of a session as one view reads it, with the caches of what was read."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.desk.filters import Filters
from commlog_tui.desk.reader.details import DetailCache
from commlog_tui.desk.reader.known_entries import KnownEntries
from commlog_tui.desk.reader.matching import customers_of
from commlog_tui.desk.reader.pages import PageCache, ask_page
from commlog_tui.desk.reader.queries import counts_without, query_within
from commlog_tui.desk.reader.state import Direction, Position

if TYPE_CHECKING:
    from commlog_tui.client.errors import ClientError
    from commlog_tui.contract.entry import Entry, EntryDetail
    from commlog_tui.contract.page import Page
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.session import Session

_RETRY_SECONDS: Final = 3.0


class LogSource:
    """Asks the log for pages and details. Before there is a session, nothing can be asked."""

    def __init__(self, fixed: "EntryQuery | None", page_size: int) -> None:
        self.session: Session | None = None
        self.zone: ZoneInfo | None = None
        """The location's, once it is known."""
        self.query = fixed
        """What the page shown answers; its cursors belong to this query."""
        self.pages = PageCache(self._ask_page)
        self.details = DetailCache(self._ask_detail)
        self.known = KnownEntries()
        self.page_size = page_size
        self._fixed = fixed

    @property
    def connected(self) -> "Session":
        """The session. Raises ``LookupError`` before there is one."""
        if self.session is None:
            raise LookupError("not connected yet")
        return self.session

    def today(self) -> date:
        """Return the day at the location."""
        return datetime.now(self.zone).date()

    def question(self, filters: Filters) -> "EntryQuery":
        """Return what is asked of the log with these filters. Raises ``FiltersError``."""
        from commlog_tui.contract.query import EntryQuery

        if self.zone is None:
            return self._fixed or EntryQuery()
        return query_within(self._fixed, filters, self.zone, self.today())

    async def page(self, query: "EntryQuery", position: Position) -> "Page":
        """Ask for a page. Raises ``ClientError``."""
        asked = ask_page(self.connected, query, self.page_size, position.cursor, position.before)
        unknown = customers_of(query) - self.known.guests.keys()
        page, _ = await asyncio.gather(asked, asyncio.gather(*map(self._meet, unknown)))
        self.known.add(page.entries)
        return page

    async def _meet(self, customer_id: str) -> None:
        """Ask with which others a customer is merged, so that live entries of those are recognized."""
        from commlog_tui.client.errors import ClientError

        try:
            self.known.guests[customer_id] = await self.connected.client.customer(self.connected.location, customer_id)
        except ClientError:
            self.known.guests[customer_id] = None

    async def answer(
        self, query: "EntryQuery", position: Position, *, turning: bool, on_trouble: "Callable[[ClientError], None]"
    ) -> "Page":
        """Return a page, retrying with a report while the service is away.

        Raises:
            ClientError: asking again is of no use.
        """
        from commlog_tui.client.errors import BusyError, UnreachableError

        while True:
            try:
                if turning and position.cursor is not None:
                    return await self.pages.load(position.cursor)
                return await self.page(query, position)
            except (UnreachableError, BusyError) as error:
                on_trouble(error)
                await asyncio.sleep(max(_RETRY_SECONDS, error.pause))

    async def reach(self, page: "Callable[[], Page | None]", direction: Direction, calm: float) -> None:
        """Have the neighbouring pages ready, after so many seconds in which nobody asks again."""
        from commlog_tui.client.errors import ClientError

        await asyncio.sleep(calm)
        if (shown := page()) is not None:
            with suppress(ClientError):  # whoever turns to the page is told
                await self.pages.reach(shown, direction)

    async def counts_without(self, filters: Filters) -> tuple[str, ...]:
        """Return the number of entries without each filter, in words. Raises ``ClientError``."""
        return await counts_without(self.connected, filters, self.today(), self.question)

    def belongs(self, entry: "Entry", filters: Filters) -> bool:
        """Whether an entry is known to match these filters."""
        return self.known.matches(entry, self.question(filters), self.zone or UTC)

    def known_page(self, filters: Filters) -> "Page":
        """Return the entries that are known to match these filters."""
        return self.known.page(self.question(filters), self.page_size, self.zone or UTC)

    async def _ask_page(self, cursor: str) -> "Page":
        return await self.page(self.query or self.question(Filters()), Position(cursor))

    async def _ask_detail(self, entry_id: str) -> "EntryDetail":
        return await self.connected.client.detail(self.connected.location, entry_id)
