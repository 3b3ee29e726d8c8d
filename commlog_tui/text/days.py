"""Parses typed days and times, and returns the bounds of local days. Spans: ``spans``."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})(?:(?:st|nd|rd|th)?[ ./-]? *([a-z]{3,9})|[ ./-] *(\d{1,2}))(?:[ ./-] *(\d{4})|[./](\d\d))?\.?", re.ASCII
)
_MONTH_FIRST: Final = re.compile(r"([a-z]{3,9})[ .]? *(\d{1,2})(?:st|nd|rd|th)?(?:,? +(\d{4}))?", re.ASCII)
_EITHER_FIRST: Final = re.compile(r"(\d{1,2})([/-])(\d{1,2})(?:\2(?:\d{4}|\d\d))?(?:$| )", re.ASCII)
_AGO: Final = re.compile(r"-(\d{1,5})|(\d{1,5}) ?days? ago", re.ASCII)
_DAYS: Final = re.compile(r"(\d{1,5}) ?days?", re.ASCII)
_CLOCK: Final = re.compile(r"(?:(.*?)\s+)?(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
_WITH_OFFSET: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_SHORTEST_NAME: Final = 3
_LEAP_CYCLE: Final = 8
_CENTURY: Final = 2000
TOO_EARLY: Final = "That is before any log begins: 1970."
YEARS: Final = range(1970, 2200)
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


class DayError(ValueError):
    """What was typed is no day or time; the sentence says why."""


def parse_day(text: str, today: date) -> date:
    """Return the day that was typed.

    ``2026-11-03``, ``3 nov``, ``nov 3``, ``3/11``, ``yesterday``, ``monday``, ``-14``. Among
    numbers days come before months, as ``ambiguity`` explains; a year of two digits is of this
    century. A day without a year, or a weekday, is the latest one that is not in the future; a
    weekday is never today.

    Raises:
        DayError: it is none of these, or no such day exists.
    """
    typed = " ".join(text.lower().split())
    if typed in {"today", "yesterday"}:
        return today - timedelta(days=typed == "yesterday")
    if match := _AGO.fullmatch(typed):
        return shift(today, days=-int(match[1] or match[2]))
    if match := _DAYS.fullmatch(typed):
        raise DayError(f"That is a span of days; the day itself is -{match[1]}.")
    weekday = index_of(WEEKDAYS, typed)
    if weekday is not None:
        return _weekday_before(today, weekday)
    if match := _ISO.fullmatch(typed):
        return checked_day(int(match[1]), int(match[2]), int(match[3]))
    return _written(typed, today)


def _written(typed: str, today: date) -> date:
    if match := _DAY_FIRST.fullmatch(typed):
        day, month = int(match[1]), int(match[3]) if match[3] else month_number(match[2])
        year = int(match[4]) if match[4] else _CENTURY + int(match[5]) if match[5] else None
    elif (match := _MONTH_FIRST.fullmatch(typed)) and index_of(MONTHS, match[1]) is not None:
        day, month = int(match[2]), month_number(match[1])
        year = int(match[3]) if match[3] else None
    else:
        raise DayError("This is no day. Type 2026-11-03, 3 nov, yesterday, monday or -14.")
    return _latest(month, day, today) if year is None else checked_day(year, month, day)


def ambiguity(text: str) -> str:
    """Return how an ambiguous day was read, as a sentence, or "" if it is unambiguous."""
    match = _EITHER_FIRST.match(" ".join(text.split()))
    if not match or match[1].lstrip("0") == match[3].lstrip("0"):
        return ""
    day, month = int(match[1]), int(match[3])
    if not (1 <= day <= len(MONTHS) and 1 <= month <= len(MONTHS)):
        return ""
    return f"Read day first: {day} {MONTHS[month - 1].capitalize()}, not {month} {MONTHS[day - 1].capitalize()}."


def parse_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that was typed.

    ``now``, ``09:14``, ``yesterday 17:30``, ``2026-11-03 09:14``, or RFC 3339 with an offset. A
    time that a clock shows twice, when summer time ends, is the first of the two.

    Raises:
        DayError: it is none of these, the clock skips it, or the log cannot hold it.
    """
    typed = " ".join(text.lower().split())
    if typed in {"", "now"}:
        return now
    if _WITH_OFFSET.fullmatch(typed.upper()):
        return _within_the_log(_with_offset(typed.upper()))
    match = _CLOCK.fullmatch(typed.replace("t", " ", 1) if typed[:4].isdecimal() else typed)
    if not match:
        if _is_day(typed, now.astimezone(zone).date()):
            raise DayError("At what time? Add it, as in yesterday 17:30.")
        raise DayError("This is no time. Type now, 09:14, yesterday 17:30 or 2026-11-03 09:14.")
    here = now.astimezone(zone)
    day = parse_day(match[1], here.date()) if match[1] else here.date()
    try:
        moment = datetime.combine(day, time(int(match[2]), int(match[3]), int(match[4] or 0)), zone)
    except ValueError:
        raise DayError("There is no such time of day.") from None
    instant = moment.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise DayError("The clocks were put forward over that time; type one that they showed.")
    return _within_the_log(instant)


def span(first: date | None, last: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """Return the half-open interval of whole local days, the last one included.

    Days have 23 to 25 hours. A bound beyond what a log can hold is dropped.
    """
    since = None if first is None else _midnight(first, zone)
    until = None if last is None else _midnight(last + timedelta(days=1), zone)
    return since if since and since >= _EARLIEST else None, until if until and until < _LATEST else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _with_offset(typed: str) -> datetime:
    try:
        return datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DayError("There is no such date or time of day.") from None


def _within_the_log(instant: datetime) -> datetime:
    if not _EARLIEST <= instant < _LATEST:
        raise DayError("The year must lie between 1970 and 2199.")
    return instant


def _is_day(typed: str, today: date) -> bool:
    try:
        parse_day(typed, today)
    except DayError:
        return False
    return True


def index_of(names: tuple[str, ...], typed: str) -> int | None:
    """Return the name that begins with at least three typed letters, or None."""
    if len(typed) < _SHORTEST_NAME:
        return None
    return next((index for index, name in enumerate(names) if name.startswith(typed)), None)


def shift(day: date, *, months: int = 0, days: int = 0) -> date:
    """Return the day months and then days away.

    The 31st becomes the last day of a shorter month.

    Raises:
        DayError: that day is in no year that a log can hold.
    """
    from dateutil.relativedelta import relativedelta  # noqa: PLC0415 - the desk's first frame needs no arithmetic

    try:
        moved = day + relativedelta(months=months, days=days)
    except (ValueError, OverflowError):
        moved = date.min
    if moved.year not in YEARS:
        raise DayError(TOO_EARLY)
    return moved


def _weekday_before(today: date, number: int) -> date:
    from dateutil.relativedelta import relativedelta, weekday  # noqa: PLC0415 - as above

    return today + relativedelta(days=-1, weekday=weekday(number, -1))


def month_number(word: str) -> int:
    """Return the number of a month that was typed. Raises ``DayError``."""
    index = index_of(MONTHS, word)
    if index is None:
        raise DayError("There is no such month.")
    return index + 1


def _latest(month: int, day: int, today: date) -> date:
    for year in range(today.year, today.year - _LEAP_CYCLE - 1, -1):
        if (month, day) == (2, 29) and monthrange(year, month)[1] < day:
            continue
        found = checked_day(year, month, day)
        if found <= today:
            return found
    raise DayError("The year must lie between 1970 and 2199.")


def checked_day(year: int, month: int, day: int) -> date:
    """Return the day, if there is one and a log can hold it. Raises ``DayError``."""
    if year not in YEARS:
        raise DayError("The year must lie between 1970 and 2199.")
    if not 1 <= month <= len(MONTHS):
        raise DayError("There are twelve months, and the day comes before the month.")
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise DayError(f"{MONTHS[month - 1].capitalize()} {year} has {days} days.")
    return date(year, month, day)
