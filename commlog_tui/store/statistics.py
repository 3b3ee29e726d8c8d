"""Statistics made of counters by local day and hour, channel, kind of message and status."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.store.location import Location
from commlog_tui.store.rows import StatisticRow, StatisticsRow

WHOLE_DAY: Final = -1
"""The hour of counters of whole days."""


def statistics_row(facts: Location, query: StatisticsQuery, rows: Iterable[tuple[Any, ...]]) -> StatisticsRow:
    """Return the statistics of counters: day, hour, channel, kind, status and count, in their order."""
    counted: dict[tuple[int, int, str, str], dict[str, int]] = {}
    for day, hour, via, kind, status, entries in rows:
        counted.setdefault((int(day), int(hour), str(via), str(kind)), {})[str(status)] = int(entries)
    return StatisticsRow(
        zone=facts.zone.key,
        by=query.by.value,
        rows=tuple(
            StatisticRow(
                date.fromordinal(day), None if hour == WHOLE_DAY else hour, via, kind or None, sum(by.values()), by
            )
            for (day, hour, via, kind), by in counted.items()
        ),
    )
