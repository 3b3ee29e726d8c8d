"""Parses typed spans of days: ``last month``, ``7 days``, ``october``, ``q3``, ``2026-10``."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from commlog_tui.text.days import (
    MONTHS,
    WEEKDAYS,
    YEARS,
    DayError,
    checked_day,
    index_of,
    month_number,
    parse_day,
    shift,
)

_COUNTED: Final = re.compile(r"(?:(?:last|past|previous) )?(\d{1,5}) ?(day|week|month|year)s?", re.ASCII)
_UNIT: Final = re.compile(r"(this|last|past|previous) (day|week|month|quarter|year)", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})/(\d{4})", re.ASCII)
_MONTH_NAMED: Final = re.compile(r"([a-z]{3,9})\.? (\d{4})", re.ASCII)
_QUARTER: Final = re.compile(r"(?:(\d{4})[ -]?)?q([1-4])(?: (\d{4}))?", re.ASCII)
_WEEK: Final = re.compile(r"(?:(\d{4})[ -]?)?w(?:eek )?(\d{1,2})(?: (\d{4}))?", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)


def _last(days: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=days - 1), today)


PRESETS: Final[dict[str, Callable[[date], tuple[date, date]]]] = {
    "today": _last(1),
    "yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "7 days": _last(7),
    "30 days": _last(30),
    "this month": lambda today: (today.replace(day=1), today),
}
"""Spans of days that have a name, ending today or before."""


def parse_days(text: str, today: date) -> tuple[date, date]:
    """Return the first and the last of the days that were typed: a day, or a span of them in words.

    ``last 7 days`` and ``this month`` end today; ``last month`` is the calendar's, and so are
    ``q3``, ``2026-10`` and ``2026``. ``october`` is the latest that has begun, ``last october`` the
    latest that is over. Weeks begin on Monday (ISO 8601).

    Raises:
        DayError: it is none of these, or no such day exists.
    """
    typed = " ".join(text.lower().split())
    for pattern, read in _SPANS:
        if match := pattern.fullmatch(typed):
            return read(match, today)
    named = index_of(MONTHS, typed.removeprefix("last "))
    if named is not None:
        months_ago = (today.month - (named + 1)) % 12
        if typed.startswith("last "):
            months_ago = months_ago or 12
        begins = shift(today, months=-months_ago)
        return _months(begins.year, begins.month)
    weekday = typed.removeprefix("last ")
    day = parse_day(weekday if index_of(WEEKDAYS, weekday) is not None else typed, today)
    return day, day


def is_relative(text: str) -> bool:
    """Whether words name a span relative to today, such as ``7 days`` or ``last month``."""
    typed = " ".join(text.lower().split())
    return typed in PRESETS or bool(_COUNTED.fullmatch(typed) or _UNIT.fullmatch(typed))


def _months(year: int, month: int, count: int = 1) -> tuple[date, date]:
    """Return the first and the last day of so many months."""
    first = checked_day(year, month, 1)
    return first, shift(first, months=count, days=-1)


def _counted(match: re.Match[str], today: date) -> tuple[date, date]:
    count, unit = int(match[1]), match[2]
    if not count:
        raise DayError("That is no day at all; type 1 or more.")
    if unit in {"day", "week"}:
        return shift(today, days=1 - count * (7 if unit == "week" else 1)), today
    # The day after the same day of that month: "1 month" on the 3rd begins on the 4th.
    return shift(today, months=-count * (12 if unit == "year" else 1)) + timedelta(days=1), today


def _unit(match: re.Match[str], today: date) -> tuple[date, date]:
    unit = match[2]
    starts = {
        "day": today,
        "week": max(today - timedelta(days=today.weekday()), date(YEARS[0], 1, 1)),
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }
    first = starts[unit]
    if match[1] == "this":
        return first, today
    last = shift(first, days=-1)
    return _unit_start(unit, last), last


def _unit_start(unit: str, day: date) -> date:
    match = _UNIT.fullmatch(f"this {unit}")
    return _unit(match, day)[0] if match else day


def _month_of(match: re.Match[str], _: date) -> tuple[date, date]:
    return _months(int(match[1] or match[4]), int(match[2] or match[3]))


def _month_named(match: re.Match[str], _: date) -> tuple[date, date]:
    return _months(int(match[2]), month_number(match[1]))


def _quarter(match: re.Match[str], today: date) -> tuple[date, date]:
    month = int(match[2]) * 3 - 2
    year = match[1] or match[3]
    return _months(int(year) if year else today.year - (month > today.month), month, 3)


def _week(match: re.Match[str], today: date) -> tuple[date, date]:
    here, week, year = today.isocalendar(), int(match[2]), match[1] or match[3]
    try:
        first = date.fromisocalendar(int(year) if year else here.year - (week > here.week), week, 1)
    except ValueError:
        raise DayError("There is no such week.") from None
    if not {first.year, (first + timedelta(days=6)).year} <= set(YEARS):
        raise DayError("The year must lie between 1970 and 2199.")
    return first, first + timedelta(days=6)


def _year(match: re.Match[str], _: date) -> tuple[date, date]:
    return _months(int(match[0]), 1, 12)


_SPANS: Final = (
    (_COUNTED, _counted),
    (_UNIT, _unit),
    (_MONTH, _month_of),
    (_MONTH_NAMED, _month_named),
    (_QUARTER, _quarter),
    (_WEEK, _week),
    (_YEAR, _year),
)
