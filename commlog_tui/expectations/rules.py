"""Rules: which messages every booking of a location should get, and by when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.expectations.durations import Duration
from commlog_tui.expectations.wording import kind_words

TIMINGS: Final = ("within", "before_start", "after_start", "after_end")
"""The keys of which a rule has exactly one: what its duration counts from."""
BOOKED_LATER: Final = "booked later than that"
"""The one condition of ``unless``: the booking was not made by the time the message was due."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of message that every booking of a location should get."""

    kind: str
    timing: str
    duration: Duration
    via: str | None = None
    lasts: Duration | None = None
    """How long what is booked takes. Only with ``after_end``: entries say when it begins."""
    unless_booked_later: bool = False

    @property
    def needs_start(self) -> bool:
        """Whether it is computed from the booking's start."""
        return self.timing != "within"

    def due_at(self, booked_at: datetime, starts_at: datetime | None, zone: ZoneInfo) -> datetime | None:
        """Return the last instant at which the message is on time; None if it cannot be known."""
        if not self.needs_start:
            return self.duration.after(booked_at, zone)
        if starts_at is None:
            return None
        if self.timing == "before_start":
            return self.duration.before(starts_at, zone)
        ends_at = starts_at if self.lasts is None else self.lasts.after(starts_at, zone)
        return None if ends_at is None else self.duration.after(ends_at, zone)

    def sentence(self) -> str:
        """Return the rule as a sentence."""
        by = f" by {self.via}" if self.via else ""
        when = {
            "within": f"within {self.duration} of its first record",
            "before_start": f"until {self.duration} before its start",
            "after_start": f"until {self.duration} after its start",
            "after_end": f"until {self.duration} after its end, which is {self.lasts} after its start",
        }[self.timing]
        unless = f", unless {BOOKED_LATER}" if self.unless_booked_later else ""
        return f"Every booking gets {kind_words(self.kind)}{by} {when}{unless}."
