"""Days and times as people type them, and the instants that a location's days begin and end at."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK: Final = re.compile(r"(?:(.*?)\s+)?(\d{1,2}):(\d\d)", re.ASCII)
_YEARS: Final = range(1970, 2200)


class DayError(ValueError):
    """What was typed is no day or time; the sentence says why."""


def parse_day(text: str, today: date) -> date:
    """Return the day that was typed: ``2026-11-03``, ``3 nov``, ``3/11``, ``yesterday``, ``monday``, ``-14``.

    Days come before months; a day without a year is the latest one that is not to come.

    Raises:
        DayError: it is none of these, or no such day exists.
    """
    typed = text.strip().lower()
    if typed in {"today", "yesterday"}:
        return today - timedelta(days=typed == "yesterday")
    if re.fullmatch(r"-\d{1,5}", typed, re.ASCII):
        return _back(today, int(typed[1:]))
    if len(typed) >= 3 and any(name.startswith(typed) for name in _long_weekdays()):  # noqa: PLR2004 - "mon"
        return _back(today, (today.weekday() - _WEEKDAYS.index(typed[:3])) % 7 or 7)
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", typed, re.ASCII):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})[ ./-]?\s*([a-z]{3,9}|\d{1,2})(?:[ ./-]\s*(\d{4}))?", typed, re.ASCII):
        month = int(match[2]) if match[2].isdigit() else _month(match[2])
        if match[3]:
            return _day(int(match[3]), month, int(match[1]))
        day = _day(today.year, month, int(match[1]))
        return day if day <= today else _day(today.year - 1, month, int(match[1]))
    raise DayError("This is no day. Type 2026-11-03, 3 nov, yesterday, monday or -14.")


def parse_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that was typed: ``now``, ``09:14``, ``yesterday 17:30``, ``2026-11-03 09:14``.

    A time that a clock shows twice, when summer time ends, is the first of the two.

    Raises:
        DayError: it is none of these, or the clock skips it.
    """
    typed = text.strip().lower()
    if typed in {"", "now"}:
        return now
    match = _CLOCK.fullmatch(typed.replace("t", " ", 1) if typed[:4].isdigit() else typed)
    if not match:
        raise DayError("This is no time. Type now, 09:14, yesterday 17:30 or 2026-11-03 09:14.")
    here = now.astimezone(zone)
    day = parse_day(match[1], here.date()) if match[1] else here.date()
    try:
        moment = datetime.combine(day, time(int(match[2]), int(match[3])), zone)
    except ValueError:
        raise DayError("There is no such time of day.") from None
    instant = moment.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise DayError("The clocks skip this time that night; type an hour later.")
    return instant


def span(first: date | None, last: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return the half-open instants of whole local days, the last one included; days have 23 to 25 hours."""
    since = None if first is None else datetime.combine(first, time(), zone).astimezone(UTC)
    until = None if last is None else datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return since, until


def _last(days: int) -> Callable[[date], tuple[date | None, date | None]]:
    return lambda today: (today - timedelta(days=days - 1), today)


PRESETS: Final[dict[str, Callable[[date], tuple[date | None, date | None]]]] = {
    "Any time": lambda _: (None, None),
    "Today": _last(1),
    "Yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "7 days": _last(7),
    "30 days": _last(30),
    "This month": lambda today: (today.replace(day=1), today),
}


def _long_weekdays() -> tuple[str, ...]:
    return ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _back(today: date, days: int) -> date:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        raise DayError("That is before the log can begin.") from None


def _month(word: str) -> int:
    if word[:3] not in _MONTHS:
        raise DayError("There is no such month.")
    return _MONTHS.index(word[:3]) + 1


def _day(year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise DayError("The year must lie between 1970 and 2199.")
    if not 1 <= month <= len(_MONTHS):
        raise DayError("There is no such month.")
    try:
        return date(year, month, day)
    except ValueError:
        raise DayError("That month has no such day.") from None
