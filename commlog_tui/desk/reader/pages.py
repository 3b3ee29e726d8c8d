"""A cache of the pages of one view, which prefetches those beside the one shown."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page
    from commlog_tui.contract.query import EntryQuery
    from commlog_tui.desk.reader.state import Direction
    from commlog_tui.desk.session import Session

_AHEAD: Final = 2
_MOST: Final = 8


async def ask_page(
    session: "Session", query: "EntryQuery", limit: int, cursor: str | None, at: datetime | None = None
) -> "Page":
    """Request a page, or the newest one where the service rejects an old cursor.

    Raises:
        ClientError: there is no page.
    """
    from commlog_tui.client.errors import RefusedError, is_stale_cursor

    try:
        return await session.client.page(session.location, query, limit=limit, cursor=cursor, at=at)
    except RefusedError as error:
        if cursor is None or not is_stale_cursor(error):
            raise
        return await session.client.page(session.location, query, limit=limit)


class PageCache:
    """A few pages by their cursors.

    ``ask`` gets a page from the log. What was asked for before ``clear`` is never kept after it.
    """

    def __init__(self, ask: "Callable[[str], Awaitable[Page]]") -> None:
        self._ask = ask
        self.on_ahead: Callable[[Page], object] = lambda _: None
        """Is called with the pages in the direction of travel, once they are here."""
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Page]] = {}

    def get(self, cursor: str) -> "Page | None":
        """Return a page that is here."""
        page = self._pages.get(cursor)
        if page is not None:
            self._pages.move_to_end(cursor)
        return page

    def clear(self) -> None:
        """Forget everything: what is asked, or the log itself, has changed."""
        self._pages.clear()
        self._under_way.clear()

    async def load(self, cursor: str) -> "Page":
        """Return a page from the cache, or from a request that is shared with other callers.

        Raises what ``ask`` raises. Cancelling a caller does not cancel the request.
        """
        if (page := self.get(cursor)) is not None:
            return page
        task = self._under_way.get(cursor)
        if task is None:
            task = self._under_way[cursor] = asyncio.ensure_future(self._ask(cursor))
            task.add_done_callback(lambda done: self._arrived(cursor, done))
        return await asyncio.shield(task)

    async def reach(self, page: "Page", direction: "Direction") -> None:
        """Prefetch the next two pages in the direction of travel, then the one behind.

        Raises what ``ask`` raises.
        """
        here: Page | None = page
        for _ in range(_AHEAD):
            cursor = getattr(here, direction)
            if cursor is None:
                break
            here = await self.load(cursor)
            self.on_ahead(here)
        back = page.newer if direction == "older" else page.older
        if back is not None:
            await self.load(back)

    def _arrived(self, cursor: str, done: "asyncio.Task[Page]") -> None:
        if done.cancelled() or done.exception() is not None:
            if self._under_way.get(cursor) is done:
                del self._under_way[cursor]
        elif self._under_way.get(cursor) is done:
            del self._under_way[cursor]
            self._pages[cursor] = done.result()
            while len(self._pages) > _MOST:
                self._pages.popitem(last=False)
