"""Instants in words: local time that names its zone, and UTC."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local(instant: datetime, zone: ZoneInfo) -> str:
    """Return local time with its weekday and the zone's name: ``Tue 3 Nov 2026 09:14:05 GMT``."""
    moment = instant.astimezone(zone)
    day = f"{_DAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{day} {moment:%H:%M:%S} {zone_name(instant, zone)}"


def zone_name(instant: datetime, zone: ZoneInfo) -> str:
    """Return what the zone's time is called then: ``GMT``; ``UTC+10:30`` where the zone has no letters for it."""
    name = f"{instant.astimezone(zone):%Z}"
    if not name.startswith(("+", "-")):
        return name
    hours, minutes = name[:3], name[3:]
    return f"UTC{hours}:{minutes}" if minutes else f"UTC{hours}"


def utc(instant: datetime) -> str:
    """Return UTC: ``2026-11-03 09:14:05 UTC``."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
