"""Times as files write them, read strictly: what is not certain is refused, never guessed."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.base import parse_instant
from commlog_tui.imports.items import UnreadableError

_OFFSET: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ](?P<time>\d\d:\d\d(:\d\d(\.\d{1,9})?)?) ?(?P<zone>[Zz]|UTC|[+-]\d\d:?\d\d)", re.ASCII
)
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?", re.ASCII)
_MAIL: Final = re.compile(
    r"([A-Za-z]{3,9},? )?(\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4} \d{1,2}:\d\d|[A-Za-z]{3,9} \d{1,2} \d{1,2}:\d\d)(:\d\d)?( .*)?",
    re.ASCII,
)
_ZONE_WORD: Final = re.compile(r"\d:\d\d(?::\d\d)?(?: \d{4})? ([A-Za-z]+)", re.ASCII)
_KNOWN_ZONES: Final = frozenset({"UT", "UTC", "GMT", "Z", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"})
"""RFC 5322, section 4.3; of other zones' letters nobody can be sure."""
_MAIL_ZONE: Final = re.compile(r"\d:\d\d.*[+-]\d{4}\b", re.ASCII)
_LONGEST: Final = 200
_HELP: Final = "must be a date and time such as 2026-11-03T09:14:00+01:00"


def parse_moment(text: str, zone: ZoneInfo | None) -> datetime:
    """Return the instant that RFC 3339, ISO 8601 or RFC 5322 text names.

    A time without a zone is taken in ``zone``; of a time that comes twice when clocks go back, the first is meant.

    Raises:
        UnreadableError: not a date and time, no zone to read it in, or a time that clocks jumped over.
    """
    text = text.strip()
    if match := _OFFSET.fullmatch(text):
        clock = match["time"] if match["time"].count(":") > 1 else f"{match['time']}:00"
        offset = "Z" if match["zone"].upper() in {"Z", "UTC"} else match["zone"]
        if len(offset) == len("+0100"):
            offset = f"{offset[:3]}:{offset[3:]}"
        return _instant(f"{match['day']}T{clock}{offset}")
    if _LOCAL.fullmatch(text):
        try:
            return local(datetime.fromisoformat(text.upper()), zone)
        except ValueError:
            raise UnreadableError(f"the time {_HELP}") from None
    return parse_mail_date(text, zone)


def parse_mail_date(text: str, zone: ZoneInfo | None) -> datetime:
    """Return the instant of an RFC 5322 date, the obsolete forms of its section 4.3 included.

    Raises:
        UnreadableError: it is none, or names no zone and none is given.
    """
    text = " ".join(text.split())
    if len(text) > _LONGEST or not _MAIL.fullmatch(text):
        raise UnreadableError(f"the time {_HELP}")
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise UnreadableError(f"the time {_HELP}") from None
    word = _ZONE_WORD.search(text)
    if word and word[1].upper() not in _KNOWN_ZONES:
        raise UnreadableError("the time's zone is one whose letters mean several: write it as an offset, such as +0100")
    named = word or _MAIL_ZONE.search(text)
    if named is None:
        return local(moment.replace(tzinfo=None), zone)
    if moment.tzinfo is None:  # -0000 says that the time is UTC, and nothing of where the sender is
        moment = moment.replace(tzinfo=UTC)
    return _instant(moment)


def parse_epoch(seconds: float | str) -> datetime:
    """Return the instant of Unix seconds.

    Raises:
        UnreadableError: not a number, or outside the years 1970 to 2199.
    """
    try:
        return _instant(datetime.fromtimestamp(float(seconds), UTC))
    except (ValueError, OverflowError, OSError):
        raise UnreadableError("the time must be Unix seconds") from None


def local(moment: datetime, zone: ZoneInfo | None) -> datetime:
    """Return the instant at which clocks in the zone showed this.

    Raises:
        UnreadableError: no zone is given, or clocks never showed it.
    """
    if zone is None:
        raise UnreadableError("the time names no zone: say which with --zone, such as --zone Europe/London")
    try:
        instant = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
        shown = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise UnreadableError(f"the time {_HELP}") from None
    if shown != moment:
        raise UnreadableError("clocks in this zone jumped over that time")
    return _instant(instant)


def _instant(value: str | datetime) -> datetime:
    try:
        return parse_instant(value)
    except ValueError as error:
        raise UnreadableError(f"the time {error}" if "must" in str(error) else f"the time {_HELP}") from None
