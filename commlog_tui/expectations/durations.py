"""Durations in words: ``10 minutes``, ``24 hours``, ``2 days``, ``1 week``."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo

from typing_extensions import override

from commlog_tui.contract.base import EARLIEST, LATEST
from commlog_tui.text.days import DayError, shift

_WORDS: Final = re.compile(r"(\d{1,5}|an?) ?([a-z]{1,20})", re.ASCII)
_UNITS: Final = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080}
"""Minutes of each unit; for days and weeks only where a limit is checked."""
_SHORT: Final = {"min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "d": "day", "w": "week"}
_SAMPLE: Final = 'a duration such as "10 minutes", "24 hours" or "2 days"'
LONGEST_DAYS: Final = 3660


class DurationError(ValueError):
    """A text is not a duration; the message says what it must be."""


@dataclass(frozen=True, slots=True)
class Duration:
    """So many minutes, hours, days or weeks.

    Days and weeks are those of the calendar: a day after 09:00 is 09:00, also when the clocks
    change in between.
    """

    count: int
    unit: str

    @override
    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    def after(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the instant so much later; None beyond the years that a log can hold."""
        return self._shifted(instant, zone, 1)

    def before(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the instant so much earlier; None beyond the years that a log can hold."""
        return self._shifted(instant, zone, -1)

    def _shifted(self, instant: datetime, zone: ZoneInfo, sign: int) -> datetime | None:
        count = sign * self.count
        try:
            if self.unit in {"minute", "hour"}:
                shifted = instant.astimezone(UTC) + timedelta(minutes=count * _UNITS[self.unit])
            else:
                local = instant.astimezone(zone)
                day = shift(local.date(), days=count * (7 if self.unit == "week" else 1))
                # A time of day that the clocks skip becomes the one an hour later, which they show.
                shifted = datetime.combine(day, local.timetz()).astimezone(UTC)
        except (DayError, OverflowError):
            return None
        return shifted if EARLIEST <= shifted < LATEST else None


def parse_duration(text: object) -> Duration:
    """Return the duration that a text says. Raises ``DurationError``."""
    match = _WORDS.fullmatch(" ".join(text.lower().split())) if isinstance(text, str) else None
    if match is None:
        raise DurationError(f"must be {_SAMPLE}, in quotes")
    word = match[2]
    unit = _SHORT.get(word, word.removesuffix("s"))
    if unit in {"month", "year"}:
        raise DurationError(f"must be in days or weeks, because a {unit} is not always as long")
    if unit not in _UNITS:
        near = get_close_matches(word, [f"{name}s" for name in _UNITS], 1)
        raise DurationError(f"must be {_SAMPLE}{f'; did you mean {near[0]}?' if near else ''}")
    count = int(match[1]) if match[1].isdigit() else 1
    if count * _UNITS[unit] > LONGEST_DAYS * _UNITS["day"]:
        raise DurationError(f"must be at most {LONGEST_DAYS} days")
    return Duration(count, unit)
