"""When the messages that a booking waits for become overdue: rows for an index by time.

A store keeps the rows of each booking in a table with an index on (location, ``due_at``), and
replaces them when a record about the booking is added or the location's rules change. All bookings
with a message overdue at an instant are then the rows with an earlier ``due_at``: one range of the
index, without a look at any booking. The rows depend on the records and the rules alone, so a
rebuild gives the same ones, and time passing changes none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from commlog_tui.expectations.facts import Booking
from commlog_tui.expectations.matching import expectations
from commlog_tui.expectations.rules import Rule


@dataclass(frozen=True, slots=True, order=True)
class DueRow:
    """A message that a booking waits for. It is overdue after ``due_at``."""

    due_at: datetime
    kind: str
    via: str = ""
    """Empty for any channel."""


def due_rows(booking: Booking, rules: Sequence[Rule], zone: ZoneInfo) -> tuple[DueRow, ...]:
    """Return what a booking waits for, soonest first.

    Nothing for a canceled booking, for a message that was sent, failed or was skipped, for one that
    somebody ticked off, and where the start that a rule counts from is not on record.
    """
    waiting = (
        DueRow(one.due_at, one.rule.kind, one.rule.via or "")
        for one in expectations(booking, rules, zone)
        if one.is_waiting and one.due_at is not None and one.resolution is None
    )
    return tuple(sorted(waiting))
