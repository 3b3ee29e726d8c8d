"""Parse time zones of import files: offsets, abbreviations and IANA names."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from commlog_tui.imports.items import UnreadableError

_OFFSET: Final = re.compile(r"(?:GMT|UTC|UT)? ?([+\u2212-])(\d{1,2}):?(\d\d)?", re.ASCII | re.IGNORECASE)
_UNIVERSAL: Final = frozenset({"Z", "UT", "UTC", "GMT"})
_RFC_5322: Final = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
"""Meaning of these abbreviations in e-mail (section 4.3)."""
_COMMENT: Final = re.compile(r"\s*[(\[].*[)\]]$")
_ABBREVIATION: Final = re.compile(r"[A-Za-z]{1,6}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+", re.ASCII)
_FARTHEST: Final = timedelta(hours=14)
_MINUTES: Final = 60
_YEARS: Final = range(1970, 2038)
_HELP: Final = "write it as an offset, such as +0100"


def stated_zone(text: str, moment: datetime, zone: ZoneInfo | None, *, is_mail: bool = False) -> tzinfo | None:
    """Return the zone that the text behind a local time states; None where it states none.

    An abbreviation counts where all zones that use it at that time agree, or where the caller's own
    zone uses it.

    Raises:
        UnreadableError: it is unknown, or means several.
    """
    stated = _COMMENT.sub("", text.strip()) or text.strip(" ()[]")
    if not stated:
        return None
    if match := _OFFSET.fullmatch(stated):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if offset > _FARTHEST or int(match[3] or 0) >= _MINUTES:
            raise UnreadableError("the time's zone is an offset that no zone has")
        return timezone(offset if match[1] == "+" else -offset)
    if stated.upper() in _UNIVERSAL:
        return UTC
    if _NAME.fullmatch(stated):
        try:
            return ZoneInfo(stated)
        except (KeyError, ValueError, OSError):
            raise UnreadableError(f"the time's zone is unknown: {_HELP}") from None
    if not _ABBREVIATION.fullmatch(stated):
        raise UnreadableError(f"the time's zone cannot be read: {_HELP}")
    if is_mail and stated.upper() in _RFC_5322:
        return timezone(timedelta(hours=_RFC_5322[stated.upper()]))
    return _abbreviated(stated.upper(), moment, zone)


def _abbreviated(name: str, moment: datetime, zone: ZoneInfo | None) -> tzinfo:
    own = _offsets(name, moment, [zone] if zone else [])
    offsets = own or _offsets(name, moment, [ZoneInfo(key) for key in _abbreviations().get(name, ())])
    if not offsets:
        raise UnreadableError(f"the time's zone is an abbreviation that no zone uses on that date: {_HELP}")
    if len(offsets) > 1:
        raise UnreadableError(f"the time's zone is an abbreviation that several zones share: {_HELP}")
    return timezone(offsets.pop())


def _offsets(name: str, moment: datetime, zones: list[ZoneInfo]) -> set[timedelta]:
    times = [moment.replace(tzinfo=zone, fold=fold) for zone in zones for fold in (0, 1)]
    return {offset for time in times if time.tzname() == name and (offset := time.utcoffset()) is not None}


@cache
def _abbreviations() -> dict[str, set[str]]:
    """Return the zones of the IANA database that use each abbreviation, in summer or winter."""
    found: dict[str, set[str]] = {}
    days = [datetime(year, month, 1) for year in _YEARS for month in (1, 7)]  # noqa: DTZ001 - a local time in each zone
    for key in available_timezones():
        zone = ZoneInfo(key)
        for name in {day.replace(tzinfo=zone).tzname() for day in days}:
            found.setdefault(name or "", set()).add(key)
    return found
