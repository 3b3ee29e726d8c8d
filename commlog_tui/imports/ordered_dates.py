"""Parse dates whose order of day, month and year is set by the caller."""

import re
from datetime import datetime, time
from typing import Final

from typing_extensions import override

from commlog_tui.imports.items import DateFormat, UnreadableError

_COLON_CLOCK: Final = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
_HALF: Final = r"(?: ?[AaPp]\.?[Mm]\b\.?)?"
COLON_CLOCK: Final = rf"(?P<clock>{_COLON_CLOCK}{_HALF})"
CLOCK: Final = rf"(?P<clock>(?:{_COLON_CLOCK}|\d{{1,2}}\.\d\d(?:\.\d\d)?){_HALF})"
_CLOCK: Final = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?", re.ASCII)
_CLOCKS: Final = re.compile(rf"(?<![\d:+\u2212-]){_COLON_CLOCK}{_HALF}", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?", re.ASCII)
_ISO_MARK: Final = re.compile(r"(?<=\d)[Tt]$")
_AROUND: Final = re.compile(r" ?([./-]) ?")
_WEEKDAY: Final = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b[.,]? ?", re.IGNORECASE)
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST: Final = 3
_NOON: Final = 12
_DIGITS: Final = 2
_YEAR_DIGITS: Final = (_DIGITS, 4)
_LONGEST_SHORT_YEAR: Final = 99
_TURN: Final = 50
_DEFAULTS: Final = (datetime(2000, 1, 1, 1, 1), datetime(2003, 2, 2, 2, 2))  # noqa: DTZ001 - of a local time
"""Defaults for dateutil: missing parts make the two results differ."""


def month_of(name: str) -> int:
    """Return the number of a month from its English name or at least three letters of it.

    Raises:
        UnreadableError: it is not a month.
    """
    for number, month in enumerate(_MONTHS, 1):
        if len(name) >= _SHORTEST and month.startswith(name.lower()):
            return number
    raise UnreadableError("the time names a month that is none in English")


def full_year(digits: str) -> int:
    """Return a year with four digits; two digits mean 1950 to 2049 (RFC 5322, section 4.3).

    Raises:
        UnreadableError: it has one digit, or three.
    """
    if len(digits) not in _YEAR_DIGITS:
        raise UnreadableError("the time's year has neither two digits nor four")
    return int(digits) if len(digits) > _DIGITS else int(digits) + (2000 if int(digits) < _TURN else 1900)


def parse_clock(text: str) -> time:
    """Parse a time of day.

    Raises:
        UnreadableError: it is not valid.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise UnreadableError("the time of day cannot be read")
    hour = int(match[1])
    if match[5]:
        if not 1 <= hour <= _NOON:
            raise UnreadableError("the time of day cannot be read")
        hour = hour % _NOON + (_NOON if match[5] in "pP" else 0)
    try:
        return time(hour, int(match[2]), int(match[3] or 0), int((match[4] or "0")[:6].ljust(6, "0")))
    except ValueError:
        raise UnreadableError("the time of day cannot be read") from None


def parse_in_order(text: str, order: DateFormat) -> tuple[datetime, str]:
    """Parse a local time with its numbers in the given order; return it and its zone text.

    Raises:
        UnreadableError: not a date, incomplete, or with its numbers in another order.
    """
    clocks = list(_CLOCKS.finditer(text))
    if len(clocks) != 1:
        raise UnreadableError("the time needs a date and one time of day")
    before, behind = _ISO_MARK.sub("", text[: clocks[0].start()].strip(" ,")), text[clocks[0].end() :].strip(" ,")
    day, zone = (before, behind) if before else (behind, "")
    weekday = _WEEKDAY.search(day)
    day = _WEEKDAY.sub("", day, count=1).strip(" ,")
    day = _AROUND.sub(r"\1", day) if not re.search(r"[^\W\d_]", day) else day
    clock = parse_clock(clocks[0][0])
    moment = _parse(f"{day} {clock.isoformat()}", order)
    if (moment.year, moment.month, moment.day) != _stated(day, moment, order):
        raise UnreadableError(f"the date is not written in the order {order.value}, as --date-format says")
    if weekday and weekday[1].lower() != f"{moment:%a}".lower():
        raise UnreadableError("the date is not on the day of the week that it names")
    return moment, zone


def _parse(text: str, order: DateFormat) -> datetime:
    from dateutil import parser  # noqa: PLC0415 - few imports need it

    class Years(parser.parserinfo):
        @override
        def convertyear(self, year: int, century_specified: bool = False) -> int:
            return year if century_specified or year > _LONGEST_SHORT_YEAR else full_year(f"{year:02}")

    info = Years(dayfirst=order is DateFormat.DMY, yearfirst=order is DateFormat.YMD)
    try:
        first, second = (parser.parse(text, info, default=default, ignoretz=True) for default in _DEFAULTS)
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError):
        raise UnreadableError("the date cannot be read") from None
    if first != second:
        raise UnreadableError("the date leaves out the day, the month or the year")
    return first


def _stated(day: str, moment: datetime, order: DateFormat) -> tuple[int, int, int]:
    """Return year, month and day as the text states them in this order."""
    if match := _NUMBERS.fullmatch(day):
        parts = dict(zip(order.value, (match[1], match[3], match[4]), strict=True))
        if len(parts["y"]) not in _YEAR_DIGITS or len(parts["d"]) > _DIGITS or len(parts["m"]) > _DIGITS:
            raise UnreadableError(f"the date is not written in the order {order.value}, as --date-format says")
        return full_year(parts["y"]), int(parts["m"]), int(parts["d"])
    numbers = re.findall(r"\d+", day)
    if len(numbers) != len(("day", "year")):
        raise UnreadableError("the date cannot be read")
    is_year_first = len(numbers[0]) > _DIGITS or (len(numbers[1]) <= _DIGITS and order is DateFormat.YMD)
    year, number = numbers if is_year_first else reversed(numbers)
    return full_year(year), moment.month, int(number)
