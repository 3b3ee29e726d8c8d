"""Counters of entries by local day and hour, channel, kind of message and status."""

from typing import Final

from commlog_tui.contract.statistics import Period, StatisticsQuery
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.rows import StatisticsRow
from commlog_tui.store.statistics import WHOLE_DAY, statistics_row

_COUNTED: Final = """
SELECT {day} AS day, hour, via, kind, status, sum(entries)::bigint FROM statistic
WHERE location = %s AND hour = ANY (%s::integer[]) AND day >= %s AND day < %s
GROUP BY 1, hour, via, kind, status ORDER BY 1, hour, via, kind, status
"""
_BY_DAY: Final = _COUNTED.format(day="day")
_BY_WEEK: Final = _COUNTED.format(day="day - (day + 6) %% 7")
"""Day 1 of the calendar that Python counts in was a Monday."""
_STATEMENTS: Final = {Period.DAY: _BY_DAY, Period.WEEK: _BY_WEEK, Period.HOUR: _BY_DAY}


async def statistics(database: Database, location: Location, query: StatisticsQuery) -> StatisticsRow:
    """Return the counters of a period, in order of time, channel and kind."""
    hours = list(range(24)) if query.by is Period.HOUR else [WHOLE_DAY]
    values = (location.no, hours, query.since.toordinal(), query.until.toordinal())
    return statistics_row(location, query, await database.rows(_STATEMENTS[query.by], values, location))
