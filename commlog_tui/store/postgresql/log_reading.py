"""Reading a log in a PostgreSQL database: entries, pages, bookings, the directory, what is due."""

from collections.abc import Sequence
from datetime import datetime

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.query import CustomerQuery, IdQuery, PageRequest
from commlog_tui.records.rows import DetailRow
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql import directory, reading, retention
from commlog_tui.store.postgresql.bookings import booking
from commlog_tui.store.postgresql.cursor_key import CursorKey
from commlog_tui.store.postgresql.customer_notes import same_customer
from commlog_tui.store.postgresql.database import Database, View
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
        ids = await self._all_ids(found, [] if request.customer_id is None else [request.customer_id])
        excluded = await self._all_ids(found, request.not_customer_id)
        key = await self._cursor_key.read()
        return await Pager(self._database, found, request, key, customers=ids, excluded=excluded).page()

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

    async def _all_ids(self, location: Location, customers: Sequence[str]) -> tuple[str, ...]:
        """Return all ids of these customers, who may have been merged with others."""

        async def read(view: View) -> tuple[str, ...]:
            ids = [same for one in customers for same in await same_customer(view, location, one)]
            return tuple(dict.fromkeys(ids))

        return await self._database.read(read, location) if customers else ()
