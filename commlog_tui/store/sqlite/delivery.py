"""Lists about delivery in a SQLite file."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import apsw

from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.instants import instant
from commlog_tui.store.cursor import PositionCodec
from commlog_tui.store.delivery_protocol import Period
from commlog_tui.store.rows import ResolutionsRow, RunsRow, StatisticsRow, UnmatchedEventsRow, WorklistRow
from commlog_tui.store.sqlite.cursor_key import CursorKey
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.delivery_reading import Lists
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.statistics import statistics
from commlog_tui.store.sqlite.worklist import worklist

_HOUR: Final = timedelta(hours=1)
_REPORTED: Final = """
SELECT first, last FROM reported_hour
WHERE location = :no AND reporter = :reporter AND hour >= (
    SELECT max(hour) FROM reported_hour WHERE location = :no AND reporter = :reporter
) - :hours
ORDER BY hour
"""


class SqliteDelivery:
    """See ``protocol.Delivery``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        self._database = database
        self._cursor_key = cursor_key

    async def unmatched_events(self, location: str, query: ListQuery) -> UnmatchedEventsRow:
        """See ``protocol.Delivery.unmatched_events``."""
        return self._database.read(lambda c: self._lists(c, location).unmatched_events(query))

    async def reported_hours(self, location: str, reporter: str, span: timedelta) -> Sequence[Period]:
        """See ``protocol.Delivery.reported_hours``."""
        hours = span // _HOUR

        def read(connection: apsw.Connection) -> list[Period]:
            values = {"no": Place.find(connection, location).no, "reporter": reporter, "hours": hours}
            rows = connection.execute(_REPORTED, values)
            return [(instant(int(first or 0)), instant(int(last or 0))) for first, last in rows]

        return self._database.read(read)

    async def runs(self, location: str, query: RunQuery) -> RunsRow:
        """See ``protocol.Delivery.runs``."""
        return self._database.read(lambda c: self._lists(c, location).runs(query))

    async def resolutions(self, location: str, query: ResolutionQuery) -> ResolutionsRow:
        """See ``protocol.Delivery.resolutions``."""
        return self._database.read(lambda c: self._lists(c, location).resolutions(query))

    async def statistics(self, location: str, query: StatisticsQuery) -> StatisticsRow:
        """See ``protocol.Delivery.statistics``."""
        return await self._database.read_far(lambda c: statistics(c, Place.find(c, location), query))

    async def worklist(self, location: str, query: WorklistQuery, now: datetime) -> WorklistRow:
        """See ``protocol.Delivery.worklist``."""

        def read(connection: apsw.Connection) -> WorklistRow:
            place = Place.find(connection, location)
            return worklist(connection, place, query, now, PositionCodec(self._cursor_key.read(connection), location))

        return await self._database.read_quick(read, ("worklist", location))

    def _lists(self, connection: apsw.Connection, location: str) -> Lists:
        return Lists(connection, Place.find(connection, location), self._cursor_key.read(connection))
