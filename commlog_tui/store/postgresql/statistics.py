"""Counters of entries by local day and hour, channel, kind of message and status."""

from typing import Final

from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.rows import StatisticsRow
from commlog_tui.store.statistics import spans, statistics_row

_COUNTED: Final = """
SELECT day, hour, via, kind, status, entries FROM statistic
WHERE location = %s AND hour = ANY (%s::integer[]) AND day >= %s AND day < %s
"""


async def statistics(database: Database, location: Location, query: StatisticsQuery) -> StatisticsRow:
    """Return the counters of a period, in order of time, channel and kind."""
    asked = spans(query)
    values = [value for hours, first, last in asked for value in (location.no, list(hours), first, last)]
    rows = await database.rows(" UNION ALL ".join([_COUNTED] * len(asked)), values, location)
    return statistics_row(location, query, rows)
