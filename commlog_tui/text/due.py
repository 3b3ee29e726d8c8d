"""Parses when something is to be done, as people say it, and says what was understood."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from unicodedata import normalize
from zoneinfo import ZoneInfo

from commlog_tui.text.days import (
    MONTHS,
    WEEKDAYS,
    YEARS,
    DayError,
    checked_day,
    index_of,
    month_number,
    parse_moment,
    shift,
)
from commlog_tui.text.due_phrases import plain_words
from commlog_tui.text.moments import ago, local

MORNING: Final = time(9)
"""When a day begins that is named without a time."""
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNITS: Final = {
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "h": "h", "hr": "h", "hrs": "h", "hour": "h",
    "hours": "h", "d": "d", "day": "d", "days": "d", "w": "w", "week": "w", "weeks": "w",
}  # fmt: skip
_SPAN: Final = re.compile(r"(?:in )?((?:\d{1,5}(?:[.,]\d)? ?[a-z]+ ?(?:and )?)+)", re.ASCII)
_PART: Final = re.compile(r"(\d{1,5}(?:[.,]\d)?) ?([a-z]+)", re.ASCII)
_SPOKEN: Final = {
    "half an hour": "30 min", "a quarter of an hour": "15 min", "a minute": "1 min", "an hour": "1 hour",
    "a day": "1 day", "a week": "1 week",
}  # fmt: skip
_DAYS_AHEAD: Final = re.compile(r"in (\d{1,4}) ?(days?|weeks?|months?|years?)(?: (?:at )?(.+))?", re.ASCII)
_DAYS: Final = {"day": (0, 1), "week": (0, 7), "month": (1, 0), "year": (12, 0)}
"""Months and days."""
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d\d))? ?(am|pm|a\.m\.?|p\.m\.?)?(?: ?o'?clock)?", re.ASCII)
_MIDNIGHT: Final = time.max
"""The end of a day."""
_SPOKEN_TIMES: Final = {
    "noon": time(12), "midday": time(12), "morning": MORNING, "afternoon": time(14), "evening": time(18),
    "tonight": time(20), "midnight": _MIDNIGHT, "24:00": _MIDNIGHT,
}  # fmt: skip
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ?(?:of )?([a-z]{3,9})\.?(?:,? (\d{4}))?", re.ASCII)
_MONTH_FIRST: Final = re.compile(r"([a-z]{3,9})\.? ?(\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?\.?", re.ASCII)
_DAY_OF_MONTH: Final = re.compile(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)", re.ASCII)
_WITH_OFFSET: Final = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d.*(z|[+-]\d\d:\d\d)", re.ASCII)
_HOURS: Final = 24
_NOON: Final = 12
_SOON: Final = {"tomorrow": 1, "tmrw": 1, "tmr": 1, "the day after tomorrow": 2}
_AFTER_NEXT: Final = " after next"
_FOUR: Final = 4
"""Digits of a time without a colon."""
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_GRACE: Final = timedelta(minutes=1)
_UNKNOWN: Final = "This is no time. Type in 20 min, 14:30, tomorrow 9, mon 14:30 or 3 nov 9am."


def parse_due(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that was typed, in the zone given.

    ``in 20 min``, ``2h``, ``14:30``, ``at 9``, ``tomorrow 9``, ``mon 14:30``, ``3 nov 9am``,
    ``half past nine``, ``by friday``, ``tonight 8``, ``in 3 days at 9``, ``next week``, or RFC
    3339 with an offset. A day without a time begins at nine. A weekday is
    the next one, today included as long as its time is to come; a day without a year is the next
    one. A time that a clock shows twice, when summer time ends, is the first of the two.

    Raises:
        DayError: it is none of these, it has passed, the clock skips it, or it lies too far ahead.
    """
    typed = " ".join(normalize("NFKC", text).lower().split()).removesuffix(".")
    if typed == "now":
        return now
    if _WITH_OFFSET.fullmatch(typed):
        return _ahead(parse_moment(typed, zone, now), zone, now)
    typed = plain_words(typed)
    if (span := _span(typed)) is not None:
        return _within_reach(now, span)
    here = now.astimezone(zone)
    return _ahead(_instant(*(_days_ahead(typed, here) or _day_and_time(typed, here)), zone), zone, now)


def due_words(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return what was understood: ``Wed 4 Nov 2026 09:00:00 GMT, in 20 hours``."""
    first, second = (instant.astimezone(zone).replace(fold=fold).utcoffset() for fold in (0, 1))
    twice = ", the first of two" if first != second and not instant.astimezone(zone).fold else ""
    return f"{local(instant, zone)}, {ago(instant, now)}{twice}"


def _span(typed: str) -> timedelta | None:
    """Return the span of time that was typed; None for anything else."""
    for spoken, plain in _SPOKEN.items():
        if typed in {spoken, f"in {spoken}"}:
            typed = plain
    match = _SPAN.fullmatch(typed)
    if match is None:
        return None
    parts = _PART.findall(match[1].replace(" and ", " "))
    if not all(unit in _UNITS for _, unit in parts):
        return None
    return sum(
        (timedelta(seconds=_SECONDS[_UNITS[unit]]) * float(count.replace(",", ".")) for count, unit in parts),
        timedelta(),
    )


def _days_ahead(typed: str, here: datetime) -> tuple[date, time] | None:
    """Return the day and the time of ``in 3 days at 9`` or ``in 2 months``; None for anything else."""
    match = _DAYS_AHEAD.fullmatch(typed)
    if match is None:
        return None
    months, days = (int(match[1]) * size for size in _DAYS[match[2].removesuffix("s")])
    at = _time(match[3], is_plain=True) if match[3] else here.time().replace(microsecond=0)
    return None if at is None else (shift(here.date(), months=months, days=days), at)


def _within_reach(now: datetime, span: timedelta) -> datetime:
    if now + span >= _LATEST:
        raise DayError("That is too far ahead: the year must lie before 2200.")
    return now + span


def _ahead(instant: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    if instant < now - _GRACE:
        raise DayError(f"{local(instant, zone)} has passed, {ago(instant, now)}. Type a time to come, or tomorrow 9.")
    return instant


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    if at == _MIDNIGHT:
        day, at = shift(day, days=1), time()
    moment = datetime.combine(day, at, zone)
    instant = moment.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise DayError("The clocks are put forward over that time; type one that they show.")
    return instant


def _day_and_time(typed: str, here: datetime) -> tuple[date, time]:
    """Return the day and the time that were typed, in either order."""
    if not typed:
        raise DayError(_UNKNOWN)
    words = typed.split()
    at = _time(typed.removeprefix("at "), is_plain=typed.startswith("at "))
    if at is not None:
        return here.date(), at
    for cut in range(len(words), -1, -1):
        before, after = " ".join(words[:cut]), " ".join(words[cut:])
        for day_words, time_words in ((before, after), (after, before)):
            at = _time(time_words.removeprefix("at "), is_plain=True)
            if not day_words or (time_words and at is None):
                continue
            day = _day(day_words.removesuffix(","), here, at)
            if day is not None:
                return day, at or MORNING
    if typed.isdecimal() and int(typed) < _HOURS:
        raise DayError(f"Is that {typed}:00, or in {typed} minutes? Type the one or the other.")
    raise DayError("At what time today? Type 14:30, or in 20 min." if typed == "today" else _UNKNOWN)


def _time(typed: str, *, is_plain: bool) -> time | None:
    """Return the time of day that was typed; None for anything else. Raises ``DayError``.

    ``is_plain``: a mere number is an hour.
    """
    if typed in _SPOKEN_TIMES:
        return _SPOKEN_TIMES[typed]
    match = _CLOCK.fullmatch(f"{typed[:2]}:{typed[2:]}" if typed.isdecimal() and len(typed) == _FOUR else typed)
    if match is None or not (is_plain or match[2] or match[3] or "clock" in typed):
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if half:
        if not 1 <= hour <= _NOON:
            raise DayError("There is no such time of day.")
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise DayError("There is no such time of day.") from None


def _day(typed: str, here: datetime, at: time | None) -> date | None:
    """Return the day that was typed; None for anything else. Raises ``DayError``."""
    today = here.date()
    if typed in {"", "today", "this"}:
        return today if at is not None else None
    if typed in _SOON:
        return shift(today, days=_SOON[typed])
    typed = typed.removeprefix("on ")
    if "next week" in typed or typed == "next month":
        return _of_next(typed, today)
    if match := _DAY_OF_MONTH.fullmatch(typed):
        return _next_day_of_month(int(match[1]), here, at)
    weeks, name = 7 if typed.endswith(_AFTER_NEXT) else 0, typed.removesuffix(_AFTER_NEXT)
    weekday = index_of(WEEKDAYS, name.removeprefix("next "))
    if weekday is None:
        return _date(typed, today)
    ahead = (weekday - today.weekday()) % 7
    has_passed = ahead == 0 and ((at or MORNING) <= here.time() or name.startswith("next "))
    return shift(today, days=(7 if has_passed else ahead) + weeks)


def _of_next(typed: str, today: date) -> date | None:
    """Return a day of next week or month, its first unless a weekday is named."""
    if typed == "next month":
        return shift(today.replace(day=1), months=1)
    named = typed.replace("next week", "").strip()
    weekday = index_of(WEEKDAYS, named) if named else 0
    return None if weekday is None else shift(today, days=7 - today.weekday() + weekday)


def _next_day_of_month(number: int, here: datetime, at: time | None) -> date:
    has_passed = (at or MORNING) <= here.time()
    for months in range(3):  # two months in a row have 31 days at least every third month
        day = shift(here.date().replace(day=1), months=months)
        with suppress(ValueError):
            found = day.replace(day=number)
            if found > here.date() or (found == here.date() and not has_passed):
                return found
    raise DayError("No month has such a day.")


def _date(typed: str, today: date) -> date | None:
    if match := _ISO.fullmatch(typed):
        return checked_day(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.fullmatch(typed):
        day, month, year = int(match[1]), int(match[2]), match[3]
    elif match := _DAY_FIRST.fullmatch(typed):
        day, month, year = int(match[1]), month_number(match[2]), match[3]
    elif (match := _MONTH_FIRST.fullmatch(typed)) and index_of(MONTHS, match[1]) is not None:
        day, month, year = int(match[2]), month_number(match[1]), match[3]
    else:
        return None
    return checked_day(int(year), month, day) if year else _next(month, day, today)


def _next(month: int, day: int, today: date) -> date:
    """Return the next day of this date, which may be today."""
    for year in range(today.year, min(today.year + 9, YEARS.stop)):
        try:
            found = checked_day(year, month, day)
        except DayError:
            if (month, day) == (2, 29):
                continue
            raise
        if found >= today:
            return found
    raise DayError("That is too far ahead: the year must lie before 2200.")
