"""What rules would have found in past bookings."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from commlog_tui.expectations.facts import Booking
from commlog_tui.expectations.matching import Expectation, expectations
from commlog_tui.expectations.rules import Rule

_FAILED: Final = {"bounced", "rejected", "failed"}
_SKIPPED: Final = {"skipped", "canceled"}
OUTCOMES: Final = ("on time", "late", "missing", "failed", "skipped", "to come", "not expected", "start unknown")


@dataclass(slots=True)
class Result:
    """What one rule would have found."""

    rule: Rule
    counts: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    """Code or reference of each booking whose message is missing."""

    @property
    def overdue(self) -> int:
        """For how many bookings it would have been overdue at some time."""
        return self.counts["late"] + self.counts["missing"]

    def words(self) -> str:
        """Return the counts in words."""
        parts = ", ".join(f"{self.counts[outcome]:,} {outcome}" for outcome in OUTCOMES if self.counts[outcome])
        return f"Would have been overdue for {self.overdue:,} of {self.counts.total():,}: {parts}."

    def as_json(self) -> dict[str, Any]:
        """Return the result for scripts."""
        counts = {outcome.replace(" ", "_"): self.counts[outcome] for outcome in OUTCOMES}
        return {
            "rule": self.rule.sentence(),
            "kind": self.rule.kind,
            "overdue": self.overdue,
            "bookings": counts,
            "missing": self.missing,
        }


def dry_run(bookings: Iterable[Booking], rules: Sequence[Rule], now: datetime, zone: ZoneInfo) -> list[Result]:
    """Return for each rule what became of its message in each booking."""
    results = [Result(rule) for rule in rules]
    for booking in bookings:
        for result, one in zip(results, expectations(booking, rules, zone), strict=False):
            outcome = _outcome(one, now)
            result.counts[outcome] += 1
            if outcome == "missing":
                result.missing.append(booking.code or booking.reference or "")
    return results


def _outcome(one: Expectation, now: datetime) -> str:
    statuses = {message.status for message in one.messages if not message.is_waiting}
    sent = [message for message in one.messages if message.status in statuses - _FAILED - _SKIPPED]
    if sent:
        is_late = one.due_at is not None and sent[0].sent_at > one.due_at
        return "late" if is_late and not one.is_booked_later else "on time"
    if statuses:
        return "failed" if statuses & _FAILED else "skipped"
    if one.canceled_at is not None or one.is_booked_later:
        return "not expected"
    if one.due_at is None:
        return "start unknown"
    return "missing" if now > one.due_at else "to come"
