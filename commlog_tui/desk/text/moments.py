"""Instants in the short words of a screen: a row's local time, and how long ago."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.moments import MONTHS, zone_name

_UNITS: Final = (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3_600), ("minute", 60))
_MOMENT: Final = 60


def short_local(instant: datetime, zone: ZoneInfo) -> str:
    """Return local time for a row: ``2026-11-03 09:14``."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def brief_local(instant: datetime, zone: ZoneInfo, year: int) -> str:
    """Return local time without its weekday, and without its year if it is this one: ``3 Nov 09:14:05 GMT``."""
    moment = instant.astimezone(zone)
    day = f"{moment.day} {MONTHS[moment.month - 1]}" + (f" {moment.year}" if moment.year != year else "")
    return f"{day} {moment:%H:%M:%S} {zone_name(instant, zone)}"


def ago(instant: datetime, now: datetime) -> str:
    """Return how long ago, in the largest unit: ``3 minutes ago``, ``in 2 hours``, ``just now``."""
    seconds = (now - instant) / timedelta(seconds=1)
    if abs(seconds) < _MOMENT:
        return "just now"
    name, size = next((name, size) for name, size in _UNITS if abs(seconds) >= size)
    count = int(abs(seconds) // size)
    words = f"{count} {name}{'s' if count > 1 else ''}"
    return f"{words} ago" if seconds > 0 else f"in {words}"
