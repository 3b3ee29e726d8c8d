"""Whether a provider has reported nothing for longer than usual.

Time is counted only as far as reports usually come in that hour of the week: an hour in which there
were reports in three of four weeks counts for 45 minutes, a night without any for nothing. In this
measure, silence is longer than usual when it is longer than twice the third longest of the past
weeks. Two outages in these weeks do not hide a third, and how many reports come in an hour does not
matter.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final
from zoneinfo import ZoneInfo

HISTORY: Final = timedelta(weeks=4)
"""Weeks before the last report that are considered."""
LEAST_SPAN: Final = timedelta(weeks=2)
"""History that is needed before silence is reported."""
LEAST_HOURS: Final = 60
"""Hours with reports that are needed before silence is reported."""
_OUTAGES: Final = 2
_FACTOR: Final = 2
_SHORTEST: Final = 1.0
_SECONDS: Final = 3_600
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class ReportedHour:
    """The first and last report of one hour of UTC that has any."""

    first: datetime
    last: datetime


def silent_since(hours: Sequence[ReportedHour], zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the last report if there should have been another since, by the location's time.

    ``hours`` are in order of time. None if all is as usual, or too little is known to say.
    """
    if not hours:
        return None
    last = hours[-1].last
    hours = [one for one in hours if one.first > last - HISTORY]
    if len(hours) < LEAST_HOURS or last - hours[0].first < LEAST_SPAN:
        return None
    end = min(now, last + HISTORY)
    clock = _Clock(hours, zone, end)
    distances = [clock.at(other.first) - clock.at(one.last) for one, other in pairwise(hours)]
    usual = sorted(distances, reverse=True)[_OUTAGES]
    limit = max(_SHORTEST, _FACTOR * usual)
    return last if end > last and clock.at(end) - clock.at(last) > limit else None


class _Clock:
    """Counts hours as far as reports usually come in that hour of the location's week."""

    def __init__(self, hours: Sequence[ReportedHour], zone: ZoneInfo, end: datetime) -> None:
        last = hours[-1].last
        self._start = int(hours[0].first.timestamp()) // _SECONDS
        weeks = max(1.0, (last - hours[0].first) / _WEEK)
        counted = Counter(_hour_of_week(int(one.first.timestamp()) // _SECONDS, zone) for one in hours)
        weights = {hour: min(1.0, count / weeks) for hour, count in counted.items()}
        numbers = range(self._start, int(max(end, last).timestamp()) // _SECONDS + 1)
        self._weights = [weights.get(_hour_of_week(number, zone), 0.0) for number in numbers]
        self._sums = [0.0, *accumulate(self._weights)]

    def at(self, moment: datetime) -> float:
        """Return the hours counted up to an instant."""
        passed = moment.timestamp() / _SECONDS - self._start
        number = int(passed)
        return self._sums[number] + self._weights[number] * (passed - number)


@lru_cache(maxsize=4_096)
def _hour_of_week(number: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return the local weekday and hour of an hour since 1970."""
    local = datetime.fromtimestamp(number * _SECONDS, zone)
    return local.weekday(), local.hour
