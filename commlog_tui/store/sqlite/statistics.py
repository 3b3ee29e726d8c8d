"""Counters of entries by local day and hour, channel, kind of message and status.

They are kept in the transaction that records the entries. Rows with the hour -1 count whole days,
those with -2 whole weeks, so that a long period needs few of them.
"""

from collections.abc import Sequence
from typing import Final

import apsw

from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.store.rows import StatisticsRow
from commlog_tui.store.sqlite.keys import Row
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.statuses import Counted
from commlog_tui.store.statistics import WHOLE_DAY, WHOLE_WEEK, monday, spans, statistics_row

_ADD: Final = """
INSERT INTO statistic VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (location, hour, day, via, kind, status) DO UPDATE SET entries = entries + excluded.entries
"""
_CLEAR: Final = """
DELETE FROM statistic
WHERE location = ? AND hour = ? AND day = ? AND via = ? AND kind = ? AND status = ? AND entries = 0
"""
_TALLY: Final = """
INSERT INTO tally VALUES (?, ?, ?, ?)
ON CONFLICT (location, day, via) DO UPDATE SET entries = entries + excluded.entries
"""
_NO_TALLY: Final = "DELETE FROM tally WHERE location = ? AND day = ? AND via = ? AND entries = 0"
_COUNTED: Final = """
SELECT day, hour, via, kind, status, entries FROM statistic
WHERE location = ? AND hour IN ({}) AND day >= ? AND day < ?
"""


class Statistics:
    """Keeps the counters of one location within one transaction: statistics, and tallies by day and channel."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._counted: dict[tuple[tuple[int, int], str, str, str], int] = {}
        """By local day and hour, channel, kind and status."""

    def count(self, one: Counted, change: int = 1) -> None:
        """Count an entry, or with -1, no longer count it where it was."""
        key = self._place.day_and_hour_of(one.sent_at), one.via, one.kind, one.status
        self._counted[key] = self._counted.get(key, 0) + change

    def flush(self) -> None:
        """Write what was counted."""
        sums: dict[tuple[int, int, str, str, str], int] = {}
        tallies: dict[tuple[int, str], int] = {}
        for ((day, hour), via, kind, status), change in self._counted.items():
            for at, of in ((WHOLE_DAY, day), (WHOLE_WEEK, monday(day)), (hour, day)):
                key = at, of, via, kind, status
                sums[key] = sums.get(key, 0) + change
            tallies[day, via] = tallies.get((day, via), 0) + change
        self._counted.clear()
        no = self._place.no
        self._write(_ADD, _CLEAR, sorted((no, *key, change) for key, change in sums.items() if change))
        self._write(_TALLY, _NO_TALLY, sorted((no, *key, change) for key, change in tallies.items() if change))

    def _write(self, add: str, clear: str, rows: Sequence[Row]) -> None:
        """Add up rows, whose last value is the change, and delete those that come to nothing."""
        if rows:
            self._connection.executemany(add, rows)
        if emptied := [row[:-1] for row in rows if row[-1] < 0]:
            self._connection.executemany(clear, emptied)


def statistics(connection: apsw.Connection, place: Place, query: StatisticsQuery) -> StatisticsRow:
    """Return the counters of a period, in order of time, channel and kind."""
    rows: list[Row] = []
    for hours, first, last in spans(query):
        sql = _COUNTED.format(", ".join(map(str, hours)))
        rows += connection.execute(sql, (place.no, first, last)).fetchall()
    return statistics_row(place, query, rows)
