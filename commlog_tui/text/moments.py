"""Instants in words: local time that names its zone, UTC, and the short forms of a screen."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS: Final = (("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3_600), ("minute", 60))
_MOMENT: Final = 60


def local(instant: datetime, zone: ZoneInfo) -> str:
    """Return local time with its weekday and the zone's name: ``Tue 3 Nov 2026 09:14:05 GMT``."""
    moment = instant.astimezone(zone)
    day = f"{_DAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{day} {moment:%H:%M:%S} {zone_name(instant, zone)}"


def zone_name(instant: datetime, zone: ZoneInfo) -> str:
    """Return the zone's abbreviation at an instant: ``GMT``, or ``UTC+10:30`` without one."""
    name = f"{instant.astimezone(zone):%Z}"
    if not name.startswith(("+", "-")):
        return name
    hours, minutes = name[:3], name[3:]
    return f"UTC{hours}:{minutes}" if minutes else f"UTC{hours}"


def utc(instant: datetime) -> str:
    """Return UTC: ``2026-11-03 09:14:05 UTC``."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def short_local(instant: datetime, zone: ZoneInfo) -> str:
    """Return local time for a row: ``2026-11-03 09:14``."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def brief_local(instant: datetime, zone: ZoneInfo, year: int) -> str:
    """Return a short local time, with the year unless it is this one: ``3 Nov 09:14:05 GMT``."""
    moment = instant.astimezone(zone)
    day = f"{moment.day} {MONTHS[moment.month - 1]}" + (f" {moment.year}" if moment.year != year else "")
    return f"{day} {moment:%H:%M:%S} {zone_name(instant, zone)}"


def brief_moment(instant: datetime, zone: ZoneInfo) -> str:
    """Return local time for a list whose heading names the zone: ``3 Nov 09:14``."""
    moment = instant.astimezone(zone)
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment:%H:%M}"


def ago(instant: datetime, now: datetime) -> str:
    """Return how long ago, in the largest unit: ``3 minutes ago``, ``in 2 hours``, ``just now``."""
    seconds = (now - instant) / timedelta(seconds=1)
    if abs(seconds) < _MOMENT:
        return "just now"
    name, size = next((name, size) for name, size in _UNITS if abs(seconds) >= size)
    count = int(abs(seconds) // size)
    words = f"{count} {name}{'s' if count > 1 else ''}"
    return f"{words} ago" if seconds > 0 else f"in {words}"
