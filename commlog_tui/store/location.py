"""A location as a store sees it while it works: its number, its zone, its region."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.records.instants import EPOCH, instant, micros
from commlog_tui.store.rows import LocationRow

_DAY: Final = timedelta(days=1) // timedelta(microseconds=1)
_HOUR: Final = _DAY // 24
_EPOCH_DAY: Final = EPOCH.toordinal()


@lru_cache(maxsize=4_096)
def _offset(zone: ZoneInfo, day: int) -> int | None:
    """Return the microseconds that a zone is ahead of UTC on a day of UTC since 1970.

    None where that changes on it.
    """
    at, until = (instant(moment).astimezone(zone).utcoffset() for moment in (day * _DAY, (day + 1) * _DAY))
    return at // timedelta(microseconds=1) if at is not None and at == until else None


@dataclass(frozen=True, slots=True)
class Location:
    """One location's fixed facts."""

    no: int
    id: str
    name: str
    zone: ZoneInfo
    region: str | None

    def day_of(self, microseconds: int) -> int:
        """Return the ordinal of the local day in which an instant falls."""
        offset = _offset(self.zone, microseconds // _DAY)
        if offset is None:
            return instant(microseconds).astimezone(self.zone).toordinal()
        return (microseconds + offset) // _DAY + _EPOCH_DAY

    def hour_of(self, microseconds: int) -> int:
        """Return the hour of the local day in which an instant falls."""
        offset = _offset(self.zone, microseconds // _DAY)
        if offset is None:
            return instant(microseconds).astimezone(self.zone).hour
        return (microseconds + offset) % _DAY // _HOUR

    def day_and_hour_of(self, microseconds: int) -> tuple[int, int]:
        """Return the ordinal of the local day in which an instant falls, and the hour of it."""
        offset = _offset(self.zone, microseconds // _DAY)
        if offset is None:
            return self.day_of(microseconds), self.hour_of(microseconds)
        day, rest = divmod(microseconds + offset, _DAY)
        return day + _EPOCH_DAY, rest // _HOUR

    def start_of_day(self, day: int) -> int:
        """Return the first instant of the local day with an ordinal, in microseconds."""
        return micros(datetime.combine(date.fromordinal(day), time(), self.zone))

    def span_of(self, day: date) -> tuple[int, int]:
        """Return the first microsecond of a local day, and that of the next day."""
        return self.start_of_day(day.toordinal()), self.start_of_day(day.toordinal() + 1)

    def row(self) -> LocationRow:
        """Return the location as answered."""
        return LocationRow(id=self.id, name=self.name, zone=self.zone.key)
