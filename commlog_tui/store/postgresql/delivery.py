"""Lists about delivery in a PostgreSQL database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.instants import instant
from commlog_tui.store.cursor import PositionCodec
from commlog_tui.store.delivery_protocol import Period
from commlog_tui.store.postgresql.cursor_key import CursorKey
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.lists import Lists
from commlog_tui.store.postgresql.statistics import statistics
from commlog_tui.store.postgresql.worklist_reading import worklist
from commlog_tui.store.rows import ResolutionsRow, RunsRow, StatisticsRow, UnmatchedEventsRow, WorklistRow

_HOUR: Final = timedelta(hours=1)
_REPORTED: Final = """
SELECT first, last FROM reported_hour WHERE location = %(location)s AND reporter = %(reporter)s AND hour >= (
    SELECT max(hour) FROM reported_hour WHERE location = %(location)s AND reporter = %(reporter)s
) - %(hours)s
ORDER BY hour
"""


class PostgresDelivery:
    """See ``protocol.Delivery``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

    async def unmatched_events(self, location: str, query: ListQuery) -> UnmatchedEventsRow:
        """See ``protocol.Delivery.unmatched_events``."""
        found, key = await self._database.location(location), await self._cursor_key.read()
        return await self._database.read(lambda view: Lists(view, found, key).unmatched_events(query), found)

    async def reported_hours(self, location: str, reporter: str, span: timedelta) -> Sequence[Period]:
        """See ``protocol.Delivery.reported_hours``."""
        found = await self._database.location(location)
        values = {"location": found.no, "reporter": reporter, "hours": span // _HOUR}
        rows = await self._database.rows(_REPORTED, values, found)
        return [(instant(first), instant(last)) for first, last in rows]

    async def runs(self, location: str, query: RunQuery) -> RunsRow:
        """See ``protocol.Delivery.runs``."""
        found, key = await self._database.location(location), await self._cursor_key.read()
        return await self._database.read(lambda view: Lists(view, found, key).runs(query), found)

    async def resolutions(self, location: str, query: ResolutionQuery) -> ResolutionsRow:
        """See ``protocol.Delivery.resolutions``."""
        found, key = await self._database.location(location), await self._cursor_key.read()
        return await self._database.read(lambda view: Lists(view, found, key).resolutions(query), found)

    async def statistics(self, location: str, query: StatisticsQuery) -> StatisticsRow:
        """See ``protocol.Delivery.statistics``."""
        return await statistics(self._database, await self._database.location(location), query)

    async def worklist(self, location: str, query: WorklistQuery, now: datetime) -> WorklistRow:
        """See ``protocol.Delivery.worklist``."""
        found = await self._database.location(location)
        cursors = PositionCodec(await self._cursor_key.read(), location)
        return await self._database.read(lambda view: worklist(view, found, query, now, cursors), found)
