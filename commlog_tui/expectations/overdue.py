"""What bookings wait for, in a form to hold in memory, and which of it is overdue at an instant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.base import LATEST
from commlog_tui.contract.booking import LineState
from commlog_tui.expectations.booking import Checklist, Line, checklist
from commlog_tui.expectations.due import due_rows
from commlog_tui.expectations.facts import Booking
from commlog_tui.expectations.rules import Rule
from commlog_tui.expectations.worklist import Item, worklist

LISTED_FOR: Final = timedelta(days=30)
"""How long after a booking's start and its last message was due its messages stay listed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The messages that a booking waits for, and its failed runs."""

    reference: str | None
    code: str | None
    starts_at: datetime | None
    lines: tuple[Line, ...]
    """One for each message, soonest first, as it is once it is overdue."""
    runs: tuple[Line, ...]
    due_at: datetime
    """When the first of it is due."""
    listed_until: datetime
    """The instant after which none of it is listed any more."""

    def is_overdue(self, now: datetime) -> bool:
        """Whether anything of it is overdue and listed."""
        return self.due_at < now <= self.listed_until

    def overdue(self, now: datetime) -> tuple[Line, ...]:
        """Return what is overdue, soonest first."""
        return tuple(line for line in self.lines if line.due_at is not None and now > line.due_at)

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next of it is overdue."""
        return min((line.due_at for line in self.lines if line.due_at is not None and line.due_at >= now), default=None)


def waiting_of(booking: Booking, rules: Sequence[Rule], zone: ZoneInfo) -> Waiting | None:
    """Return what a booking waits for; None if that is nothing."""
    wanted = {(row.due_at, row.kind) for row in due_rows(booking, rules, zone)}
    if not wanted:
        return None
    found = checklist(booking, rules, LATEST, zone)  # by then, all that it waits for is overdue
    lines = {
        (line.due_at, line.kind, line.via): line
        for line in found.lines
        if line.state is LineState.OVERDUE and line.is_open and (line.due_at, line.kind) in wanted
    }
    if not lines:
        return None
    runs = tuple(line for line in found.lines if line.run is not None and line.is_open)
    due = [due_at for due_at, *_ in lines if due_at is not None]
    until = max([*due, *filter(None, [found.starts_at])]) + LISTED_FOR
    return Waiting(found.reference, found.code, found.starts_at, tuple(lines.values()), runs, min(due), until)


def first_overdue(bookings: Iterable[Waiting], now: datetime, most: int) -> list[Waiting]:
    """Return the bookings with something overdue that come first, at most so many."""
    return nsmallest(
        most, (one for one in bookings if one.is_overdue(now)), key=lambda one: _order(one.starts_at, one.due_at, now)
    )


def overdue_items(bookings: Iterable[Waiting], now: datetime, zone: ZoneInfo) -> tuple[Item, ...]:
    """Return what is overdue of bookings, soonest booking first."""
    items = worklist((_checklist(one, one.overdue(now)) for one in bookings), now, zone)
    return tuple(sorted(items, key=lambda item: _order(item.starts_at, item.line.due_at or now, now)))


def _order(starts_at: datetime | None, due_at: datetime, now: datetime) -> tuple[int, timedelta]:
    """Return the order: those to come, soonest first; start unknown, then past, the latest first."""
    if starts_at is None:
        return 1, now - due_at
    distance = starts_at - now
    return (0, distance) if distance >= timedelta(0) else (2, -distance)


def _checklist(booking: Waiting, lines: tuple[Line, ...]) -> Checklist:
    return Checklist(booking.reference, booking.code, None, booking.starts_at, None, lines + booking.runs)
