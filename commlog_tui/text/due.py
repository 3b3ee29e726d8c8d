"""Parses when something is to be done, as people say it, and says what was understood."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
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
from commlog_tui.text.moments import ago, local

MORNING: Final = time(9)
"""When a day begins that is named without a time."""
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNITS: Final = {
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "h": "h", "hr": "h", "hrs": "h", "hour": "h",
    "hours": "h", "d": "d", "day": "d", "days": "d", "w": "w", "week": "w", "weeks": "w",
}  # fmt: skip
_SPAN: Final = re.compile(r"(?:in )?((?:\d{1,5} ?[a-z]+ ?(?:and )?)+)", re.ASCII)
_PART: Final = re.compile(r"(\d{1,5}) ?([a-z]+)", re.ASCII)
_SPOKEN: Final = {
    "half an hour": "30 min", "a quarter of an hour": "15 min", "a minute": "1 min", "an hour": "1 hour",
    "a day": "1 day", "a week": "1 week",
}  # fmt: skip
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d\d))? ?(am|pm|a\.m\.?|p\.m\.?)?(?: ?o'?clock)?", re.ASCII)
_SPOKEN_TIMES: Final = {
    "noon": time(12), "midday": time(12), "morning": MORNING, "afternoon": time(14), "evening": time(18),
    "tonight": time(20),
}  # fmt: skip
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ?(?:of )?([a-z]{3,9})\.?(?:,? (\d{4}))?", re.ASCII)
_MONTH_FIRST: Final = re.compile(r"([a-z]{3,9})\.? ?(\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?\.?", re.ASCII)
_WITH_OFFSET: Final = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d.*(z|[+-]\d\d:\d\d)", re.ASCII)
_HOURS: Final = 24
_NOON: Final = 12
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_GRACE: Final = timedelta(minutes=1)
_UNKNOWN: Final = "This is no time. Type in 20 min, 14:30, tomorrow 9, mon 14:30 or 3 nov 9am."


def parse_due(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the instant that was typed, in the zone given.

    ``in 20 min``, ``2h``, ``14:30``, ``at 9``, ``tomorrow 9``, ``mon 14:30``, ``3 nov 9am``,
    ``next week``, or RFC 3339 with an offset. A day without a time begins at nine. A weekday is
    the next one, today included as long as its time is to come; a day without a year is the next
    one. A time that a clock shows twice, when summer time ends, is the first of the two.

    Raises:
        DayError: it is none of these, it has passed, the clock skips it, or it lies too far ahead.
    """
    typed = " ".join(text.lower().split()).removesuffix(".")
    if typed == "now":
        return now
    if (span := _span(typed)) is not None:
        return _within_reach(now, span)
    if _WITH_OFFSET.fullmatch(typed):
        return _ahead(parse_moment(typed, zone, now), zone, now)
    here = now.astimezone(zone)
    return _ahead(_instant(*_day_and_time(typed, here), zone), zone, now)


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
    return timedelta(seconds=sum(int(count) * _SECONDS[_UNITS[unit]] for count, unit in parts))


def _within_reach(now: datetime, span: timedelta) -> datetime:
    if now + span >= _LATEST:
        raise DayError("That is too far ahead: the year must lie before 2200.")
    return now + span


def _ahead(instant: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    if instant < now - _GRACE:
        raise DayError(f"{local(instant, zone)} has passed, {ago(instant, now)}. Type a time to come, or tomorrow 9.")
    return instant


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
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
    if typed.isdecimal():
        raise DayError(f"Is that {typed}:00, or in {typed} minutes? Type the one or the other.")
    raise DayError("At what time today? Type 14:30, or in 20 min." if typed == "today" else _UNKNOWN)


def _time(typed: str, *, is_plain: bool) -> time | None:
    """Return the time of day that was typed; None for anything else. Raises ``DayError``.

    ``is_plain``: a mere number is an hour.
    """
    if typed in _SPOKEN_TIMES:
        return _SPOKEN_TIMES[typed]
    match = _CLOCK.fullmatch(typed)
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
    if typed in {"tomorrow", "tmrw", "tmr"}:
        return shift(today, days=1)
    if typed == "the day after tomorrow":
        return shift(today, days=2)
    if typed == "next week":
        return shift(today, days=7 - today.weekday())
    weekday = index_of(WEEKDAYS, typed.removeprefix("next ").removeprefix("on "))
    if weekday is not None:
        ahead = (weekday - today.weekday()) % 7
        has_passed = ahead == 0 and ((at or MORNING) <= here.time() or typed.startswith("next "))
        return shift(today, days=7 if has_passed else ahead)
    return _date(typed.removeprefix("on "), today)


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
