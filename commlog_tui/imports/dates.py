"""Parse dates and times of import files strictly: ambiguous ones are rejected, never guessed."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.base import parse_instant
from commlog_tui.imports.items import DateFormat, ImportOptions, UnreadableError
from commlog_tui.imports.ordered_dates import CLOCK, COLON_CLOCK, full_year, month_of, parse_clock, parse_in_order
from commlog_tui.imports.zones import stated_zone

_ISO: Final = re.compile(rf"(?P<day>\d{{4}}-\d\d-\d\d)[Tt ]{COLON_CLOCK} ?(?P<zone>(?![\d:.,]).*)", re.ASCII)
_ISO_BASIC: Final = re.compile(
    r"(?P<moment>\d{8}[Tt](?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:[.,]\d{1,6})?)?) ?"
    r"(?P<zone>(?:[Zz]|[+\u2212-]\d\d(?:\d\d)?)?)",
    re.ASCII,
)
"""As calendars write them: 20261103T091400Z."""
_WEEKDAY: Final = r"(?:[^\W\d_]{2,12}\.?,? )?"
_DAY_FIRST: Final = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[ -](?P<month>[A-Za-z]{{3,9}})\.?[ -](?P<year>\d{{2,4}}),? "
    rf"{CLOCK} ?(?P<zone>(?![\d:.]).*)",
    re.ASCII,
)
_MONTH_FIRST: Final = re.compile(
    rf"{_WEEKDAY}(?P<month>[A-Za-z]{{3,9}}) (?P<day>\d{{1,2}}),? (?:(?P<year>\d{{4}}),? )?"
    rf"{CLOCK} ?(?P<zone>(?![\d:.]).*?)"
    r"(?: ?\b(?P<last>\d{4}))?",
    re.ASCII,
)
_AS_0_1_0: Final = re.compile(
    r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d{1,2}:\d\d(?::\d\d)? "
    r"(?:[+-]\d{4}|GMT|UT|UTC|[ECMP][SD]T)(?: \(.*\))?",
    re.ASCII,
)
_EPOCH: Final = re.compile(r"\d{1,11}(?:\.\d{1,9})?", re.ASCII)
_EPOCH_MS: Final = re.compile(r"\d{12,14}(?:\.\d{1,6})?", re.ASCII)
_SERIAL: Final = re.compile(r"(\d{1,6})(?:[.,](\d{1,15})| (?:0?[.,](\d{1,15})|(\d{1,2}:\d\d(?::\d\d)?)))", re.ASCII)
_FIRST_DAYS: Final = {DateFormat.EXCEL: date(1899, 12, 30), DateFormat.EXCEL_1904: date(1904, 1, 1)}
"""Day 0 of Excel's serial dates. Excel counts a 29 February 1900 that did not exist."""
_DAY_SECONDS: Final = 86_400
_LONGEST: Final = 200
_HELP: Final = "must be a date and time such as 2026-11-03T09:14:00+01:00"
_OTHERS: Final = f"{_HELP}; --date-format says how others are written, such as dmy"


def read_moment(text: str, options: ImportOptions) -> datetime:
    """Parse a time in RFC 3339, ISO 8601, RFC 5322 or the format set in the options.

    A zone in the text takes precedence; a time without one is in the zone of the options.

    Raises:
        UnreadableError: not a complete date and time, no zone known, or a time skipped by daylight
            saving.
    """
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise UnreadableError(f"the time {_HELP}")
    numeric = _from_number(text, options)
    if numeric is not None:
        return numeric
    if match := _ISO.fullmatch(text):
        return _from_iso(match, options, is_mail=False)
    if match := _ISO_BASIC.fullmatch(text):
        return _from_iso_basic(match, options)
    if match := _mail_match(text):
        return _from_mail(match, options)
    if options.date_format in {DateFormat.DMY, DateFormat.MDY, DateFormat.YMD}:
        moment, zone = parse_in_order(text, options.date_format)
        return _placed(moment, stated_zone(zone, moment, options.zone), options)
    if options.date_format:
        raise UnreadableError(
            f"the time is neither a date and time in ISO 8601 nor as --date-format {options.date_format.value} says"
        )
    raise UnreadableError(f"the time {_OTHERS}")


def parse_moment(text: str, zone: ZoneInfo | None) -> datetime:
    """Parse a time; ``zone`` is used for times that state none."""
    return read_moment(text, ImportOptions(zone))


def read_mail_date(text: str, options: ImportOptions) -> datetime:
    """Parse the Date of a message: RFC 5322, its obsolete forms, and common deviations.

    Raises:
        UnreadableError: it cannot be parsed, or has no zone and none is set.
    """
    text = " ".join(text.split())
    if len(text) <= _LONGEST and (match := _ISO.fullmatch(text)):
        return _from_iso(match, options, is_mail=True)
    match = _mail_match(text) if len(text) <= _LONGEST else None
    if match is None:
        raise UnreadableError(f"the time {_HELP}")
    return _from_mail(match, options)


def readings_of_0_1_0(text: str, zone: ZoneInfo | None) -> list[datetime]:
    """Return how 0.1.0 may have read a message's date; empty if it read the same as now.

    It read some zones as UTC and ignored others.
    """
    text = " ".join(text.split())
    match = None if _AS_0_1_0.fullmatch(text) or len(text) > _LONGEST else _mail_match(text)
    readings = []
    for other in (UTC, zone) if match else ():
        try:
            readings.append(_placed(_local_time(match), other, ImportOptions(zone, fold=0)))  # type: ignore[arg-type] # as checked above
        except UnreadableError:
            continue
    return readings


def is_read_as_in_0_1_0(text: str) -> bool:
    """Return whether 0.1.0 read a message's date as it is read now."""
    return _AS_0_1_0.fullmatch(" ".join(text.split())) is not None


def parse_epoch(seconds: float | str) -> datetime:
    """Parse Unix seconds.

    Raises:
        UnreadableError: not a number, or outside the years 1970 to 2199.
    """
    text = str(seconds).strip()
    if not _EPOCH.fullmatch(text):
        raise UnreadableError("the time must be Unix seconds")
    return _since_1970(Decimal(text))


def _from_number(text: str, options: ImportOptions) -> datetime | None:
    match options.date_format:
        case DateFormat.EPOCH if _EPOCH.fullmatch(text):
            return _since_1970(Decimal(text))
        case DateFormat.EPOCH_MS if _EPOCH_MS.fullmatch(text):
            return _since_1970(Decimal(text) / 1000)
        case DateFormat.EXCEL | DateFormat.EXCEL_1904 as system if match := _SERIAL.fullmatch(text):
            if match[4]:
                clock = parse_clock(match[4])
                seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
            else:
                seconds = round(Decimal(f"0.{match[2] or match[3]}") * _DAY_SECONDS)
            day = datetime.combine(_FIRST_DAYS[system], datetime.min.time()) + timedelta(
                days=int(match[1]), seconds=seconds
            )
            return _placed(day, None, options)
        case DateFormat.EXCEL | DateFormat.EXCEL_1904 if text.isdecimal():
            raise UnreadableError("the time is a day without a time of day")
    return None


def _since_1970(seconds: Decimal) -> datetime:
    try:
        return _instant(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000)))
    except OverflowError:
        raise UnreadableError("the time must lie in the years 1970 to 2199") from None


def _from_iso(match: re.Match[str], options: ImportOptions, *, is_mail: bool) -> datetime:
    try:
        moment = datetime.combine(date.fromisoformat(match["day"]), parse_clock(match["clock"]))
    except ValueError:
        raise UnreadableError(f"the time {_HELP}") from None
    return _placed(moment, stated_zone(match["zone"], moment, options.zone, is_mail=is_mail), options)


def _from_iso_basic(match: re.Match[str], options: ImportOptions) -> datetime:
    from dateutil.parser import isoparser  # noqa: PLC0415 - few imports need it

    try:
        moment = isoparser(sep="T").isoparse(match["moment"].upper())
    except ValueError:
        raise UnreadableError(f"the time {_HELP}") from None
    return _placed(moment, stated_zone(match["zone"], moment, options.zone), options)


def _mail_match(text: str) -> re.Match[str] | None:
    match = _DAY_FIRST.fullmatch(text) or _MONTH_FIRST.fullmatch(text)
    named = match.groupdict() if match else {}
    return match if match and bool(named["year"]) != bool(named.get("last")) else None


def _from_mail(match: re.Match[str], options: ImportOptions) -> datetime:
    moment = _local_time(match)
    return _placed(moment, stated_zone(match["zone"], moment, options.zone, is_mail=True), options)


def _local_time(match: re.Match[str]) -> datetime:
    clock = parse_clock(match["clock"])
    year = full_year(match["year"] or match["last"])
    try:
        return datetime.combine(date(year, month_of(match["month"]), int(match["day"])), clock)
    except ValueError:
        raise UnreadableError(f"the time {_HELP}") from None


def _placed(moment: datetime, stated: tzinfo | None, options: ImportOptions) -> datetime:
    """Convert a local time to an instant, in the stated zone or that of the options."""
    zone = stated or options.zone
    if zone is None:
        raise UnreadableError("the time names no zone: say which with --zone, such as --zone Europe/London")
    try:
        first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        shown = first.astimezone(zone).replace(tzinfo=None, fold=0)
    except OverflowError:
        raise UnreadableError(f"the time {_HELP}") from None
    if shown != moment:
        raise UnreadableError("clocks in this zone jumped over that time")
    if first != second and options.fold is None:
        options.warn("clocks showed its time twice that night; the first was taken, --fold second takes the other")
    return _instant(second if options.fold else first)


def _instant(value: datetime) -> datetime:
    try:
        return parse_instant(value)
    except ValueError as error:
        raise UnreadableError(f"the time {error}") from None
