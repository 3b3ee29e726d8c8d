"""Reading a log in a PostgreSQL database: entries, pages, bookings, the directory, what is due."""

from collections.abc import Sequence
from datetime import datetime

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.query import CustomerQuery, IdQuery, PageRequest
from commlog_tui.records.rows import DetailRow
from commlog_tui.store.postgresql import directory, reading, retention
from commlog_tui.store.postgresql.bookings import booking
from commlog_tui.store.postgresql.cursor_key import CursorKey
from commlog_tui.store.postgresql.customer_notes import same_customer
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.pages import Pager
from commlog_tui.store.protocol import Due, RetentionRun
from commlog_tui.store.rows import BookingRow, MatchesRow, MatchingIdsRow, PageRow, PersonRow


class PostgresReading:
    """The part of ``protocol.Log`` that reads."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

    async def page(self, location: str, request: PageRequest) -> PageRow:
        """See ``protocol.Log.page``."""
        found = await self._database.location(location)
        named, ids = request.customer_id, tuple[str, ...]()
        if named is not None:
            ids = await self._database.read(lambda view: same_customer(view, found, named), found)
        return await Pager(self._database, found, request, await self._cursor_key.read(), ids).page()

    async def detail(self, location: str, entry_id: str) -> DetailRow:
        """See ``protocol.Log.detail``."""
        return await reading.detail(self._database, await self._database.location(location), entry_id)

    async def booking(self, location: str, query: BookingQuery) -> BookingRow:
        """See ``protocol.Log.booking``."""
        found, key = await self._database.location(location), await self._cursor_key.read()
        return await self._database.read(lambda view: booking(view, found, query, key), found)

    async def matching_ids(self, location: str, query: IdQuery) -> MatchingIdsRow:
        """See ``protocol.Log.matching_ids``."""
        return await reading.matching_ids(self._database, await self._database.location(location), query)

    async def customers(self, location: str, query: CustomerQuery) -> MatchesRow:
        """See ``protocol.Log.customers``."""
        return await directory.find_customers(self._database, await self._database.location(location), query)

    async def customer(self, location: str, customer_id: str) -> PersonRow:
        """See ``protocol.Log.customer``."""
        return await directory.get_customer(self._database, await self._database.location(location), customer_id)

    async def find_due(self, now: datetime, *, trust_clock: bool = False) -> tuple[RetentionRun, Sequence[Due]]:
        """See ``protocol.Log.find_due``."""
        return await retention.find_due(self._database, now, trust_clock=trust_clock)
