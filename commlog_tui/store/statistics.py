"""Statistics made of counters by local day and hour, channel, kind of message and status."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from commlog_tui.contract.statistics import Period, StatisticsQuery
from commlog_tui.store.location import Location
from commlog_tui.store.rows import StatisticRow, StatisticsRow

WHOLE_DAY: Final = -1
"""The hour of counters of whole days."""
WHOLE_WEEK: Final = -2
"""The hour of counters of whole weeks, whose day is the Monday."""
Span = tuple[tuple[int, ...], int, int]
"""Counters to read: their hours, the first day, and the day after the last."""


def monday(day: int) -> int:
    """Return the Monday of a day's week; day 1 of the calendar that Python counts in was one."""
    return day - (day + 6) % 7


def spans(query: StatisticsQuery) -> list[Span]:
    """Return the counters that a period is made of: whole weeks where it can be, with the days around them."""
    first, last = query.since.toordinal(), query.until.toordinal()
    if query.by is Period.HOUR:
        return [(tuple(range(24)), first, last)]
    begin, end = monday(first + 6), monday(last)
    if query.by is Period.DAY or begin >= end:
        return [((WHOLE_DAY,), first, last)]
    return [((WHOLE_DAY,), first, begin), ((WHOLE_WEEK,), begin, end), ((WHOLE_DAY,), end, last)]


def statistics_row(facts: Location, query: StatisticsQuery, rows: Iterable[tuple[Any, ...]]) -> StatisticsRow:
    """Return the statistics of counters: day, hour, channel, kind, status and count, in any order."""
    counted: dict[tuple[int, int, str, str], dict[str, int]] = {}
    by_week = query.by is Period.WEEK
    for day, hour, via, kind, status, entries in rows:
        key = (monday(day), WHOLE_DAY, via, kind) if by_week else (day, hour, via, kind)
        found = counted.setdefault(key, {})
        found[status] = found.get(status, 0) + entries
    return StatisticsRow(
        zone=facts.zone.key,
        by=query.by.value,
        rows=tuple(
            StatisticRow(date.fromordinal(day), None if hour < 0 else hour, via, kind or None, sum(by.values()), by)
            for (day, hour, via, kind), by in sorted(counted.items())
        ),
    )
