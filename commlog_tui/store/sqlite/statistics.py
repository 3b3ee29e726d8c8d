"""Counters of entries by local day and hour, channel, kind of message and status.

They are kept in the transaction that records the entries. Rows with the hour -1 count whole days,
so that a long period needs few of them.
"""

from collections import Counter
from typing import Final

import apsw

from commlog_tui.contract.statistics import Period, StatisticsQuery
from commlog_tui.store.rows import StatisticsRow
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.statuses import Moved
from commlog_tui.store.statistics import WHOLE_DAY, statistics_row

_ADD: Final = """
INSERT INTO statistic VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (location, hour, day, via, kind, status) DO UPDATE SET entries = entries + excluded.entries
"""
_CLEAR: Final = """
DELETE FROM statistic
WHERE location = ? AND hour = ? AND day = ? AND via = ? AND kind = ? AND status = ? AND entries = 0
"""
_HOURS: Final = ", ".join(map(str, range(24)))
_COUNTED: Final = """
SELECT day, hour, via, kind, status, sum(entries) FROM (
    SELECT {day} AS day, hour, via, kind, status, entries FROM statistic
    WHERE location = ? AND hour IN ({hours}) AND day >= ? AND day < ?
) GROUP BY day, hour, via, kind, status ORDER BY day, hour, via, kind, status
"""
_DAYS: Final = _COUNTED.format(day="day", hours=WHOLE_DAY)
_WEEKS: Final = _COUNTED.format(day="day - (day + 6) % 7", hours=WHOLE_DAY)
"""Day 1 of the calendar that Python counts in was a Monday."""
_BY_HOUR: Final = _COUNTED.format(day="day", hours=_HOURS)
_STATEMENTS: Final = {Period.DAY: _DAYS, Period.WEEK: _WEEKS, Period.HOUR: _BY_HOUR}


class Statistics:
    """Keeps the counters of one location within one transaction."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._counted: Counter[tuple[int, int, str, str, str]] = Counter()

    def count(self, sent_at: int, via: str, kind: str, status: str, change: int = 1) -> None:
        """Count an entry, or with -1, no longer count it where it was."""
        day, hour = self._place.day_of(sent_at), self._place.hour_of(sent_at)
        self._counted[WHOLE_DAY, day, via, kind, status] += change
        self._counted[hour, day, via, kind, status] += change

    def move(self, moved: Moved) -> None:
        """Count an entry with another status."""
        self.count(moved.sent_at, moved.via, moved.kind, moved.before, -1)
        self.count(moved.sent_at, moved.via, moved.kind, moved.after)

    def flush(self) -> None:
        """Write what was counted."""
        rows = sorted((self._place.no, *key, change) for key, change in self._counted.items() if change)
        if rows:
            self._connection.executemany(_ADD, rows)
            emptied = [row[:-1] for row in rows if row[-1] < 0]
            if emptied:
                self._connection.executemany(_CLEAR, emptied)
        self._counted.clear()


def statistics(connection: apsw.Connection, place: Place, query: StatisticsQuery) -> StatisticsRow:
    """Return the counters of a period, in order of time, channel and kind."""
    first, last = query.since.toordinal(), query.until.toordinal()
    return statistics_row(place, query, connection.execute(_STATEMENTS[query.by], (place.no, first, last)))
