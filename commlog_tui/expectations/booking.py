"""The checklist of a booking: every expected and every actual message, in order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.booking import LineState as State
from commlog_tui.expectations.facts import Booking, Message, Resolution, Run
from commlog_tui.expectations.matching import Expectation, expectations
from commlog_tui.expectations.reasons import OVERDUE_ADVICE, message_advice, message_reason, message_title
from commlog_tui.expectations.rules import Rule
from commlog_tui.expectations.wording import kind_words

_STATES: Final = {
    "scheduled": State.DUE,
    "queued": State.DUE,
    "sent": State.SENT,
    "deferred": State.SENT,
    "logged": State.SENT,
    "delivered": State.DELIVERED,
    "complained": State.DELIVERED,
    "bounced": State.FAILED,
    "rejected": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.SKIPPED,
    "skipped": State.SKIPPED,
}
CANCELED: Final = "the booking is canceled"
START_UNKNOWN: Final = "the booking's start is not on record"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist: a message, a run that did not complete, or what is missing."""

    title: str
    state: State
    at: datetime | None
    """When the state came about, or for what is to come or missing, when it is due."""
    kind: str | None = None
    via: str | None = None
    status: str | None = None
    """Status of the entry."""
    reason: str | None = None
    """Why, in words."""
    due_at: datetime | None = None
    """For an expected message: until when it is on time."""
    entry: str | None = None
    run: str | None = None
    resolved: Resolution | None = None
    settled_at: datetime | None = None
    """When a later message of its kind was delivered."""
    is_late: bool = False
    """Whether it was sent after it was due."""
    advice: str | None = None
    """What to do about it."""

    @property
    def is_open(self) -> bool:
        """Whether somebody should do something about it."""
        return self.state in {State.OVERDUE, State.FAILED} and self.resolved is None and self.settled_at is None


@dataclass(frozen=True, slots=True)
class Checklist:
    """Every expected and actual message of a booking."""

    reference: str | None
    code: str | None
    booked_at: datetime | None
    starts_at: datetime | None
    canceled_at: datetime | None
    lines: tuple[Line, ...]

    @property
    def open(self) -> tuple[Line, ...]:
        """The lines that somebody should do something about."""
        return tuple(line for line in self.lines if line.is_open)


def checklist(booking: Booking, rules: Sequence[Rule], now: datetime, zone: ZoneInfo) -> Checklist:
    """Return the checklist of a booking as it is now."""
    expected = expectations(booking, rules, zone)
    rule_of = {message.id: one for one in expected for message in one.messages}
    lines = [_message_line(message, rule_of.get(message.id), booking, now) for message in booking.messages]
    lines += [line for run in booking.runs for line in _run_line(run, booking)]
    lines += [_missing_line(one, now) for one in expected if not one.messages]
    return Checklist(
        booking.reference,
        booking.code,
        booking.booked_at,
        booking.starts_at,
        booking.canceled_at,
        tuple(sorted(lines, key=_order)),
    )


def _order(line: Line) -> tuple[bool, float, str, str]:
    at = line.at
    return at is None, 0 if at is None else at.timestamp(), line.kind or line.title, line.entry or line.run or ""


def _message_line(message: Message, expected: Expectation | None, booking: Booking, now: datetime) -> Line:
    state = _STATES.get(message.status, State.UNKNOWN)
    if not message.is_automated or message.direction != "outbound":
        state = State.LOGGED
    reported = message.event(message.status)
    due_at = expected.due_at if expected else None
    line = Line(
        title=message_title(message),
        state=state,
        at=reported.at if reported else message.sent_at,
        kind=message.kind,
        via=message.via,
        status=message.status,
        reason=message_reason(message),
        due_at=due_at,
        entry=message.id,
        is_late=due_at is not None and message.sent_at > due_at,
    )
    if state is State.DUE and booking.canceled_at is not None:
        return replace(line, state=State.NOT_EXPECTED, reason=CANCELED)
    if state is State.DUE:
        line = replace(line, at=due_at or message.sent_at)
        is_overdue = expected is not None and expected.is_waiting and due_at is not None and now > due_at
        return _overdue(line, expected.resolution) if expected is not None and is_overdue else line
    if state is State.FAILED:
        resolved, settled_at = _resolution_of(message, booking), _settled_at(message, booking)
        return replace(line, resolved=resolved, settled_at=settled_at, advice=message_advice(message))
    return line


def _resolution_of(message: Message, booking: Booking) -> Resolution | None:
    found = [resolution for resolution in booking.resolutions if resolution.entry == message.id]
    return min(found, key=lambda one: (one.at, one.actor, one.note or ""), default=None)


def _settled_at(message: Message, booking: Booking) -> datetime | None:
    """Return when a later message for the same was delivered: of its kind, or its title if it has none."""
    later = (
        event.at
        for other in booking.messages
        if (other.sent_at, other.id) > (message.sent_at, message.id)
        and (other.kind, other.kind or other.title) == (message.kind, message.kind or message.title)
        and other.is_to_customer == message.is_to_customer
        and other.status == "delivered"
        and (event := other.event("delivered")) is not None
    )
    return min(later, default=None)


def _run_line(run: Run, booking: Booking) -> Iterator[Line]:
    """Yield the line of a run that did not complete."""
    if run.status == "completed":
        return
    step = f"at the step {run.step}" if run.step else ""
    reason = ": ".join(part for part in (step, run.error or "") if part) or None
    later = (
        other.at
        for other in booking.runs
        if other.workflow == run.workflow
        and other.status == "completed"
        and (other.began_at, other.id) > (run.began_at, run.id)
    )
    state = State.FAILED if run.status == "failed" else State.UNKNOWN
    settled_at = min(later, default=None) if state is State.FAILED else None
    yield Line(
        title=f"Workflow {run.workflow}",
        state=state,
        at=run.at,
        status=run.status,
        reason=reason,
        run=run.id,
        settled_at=settled_at,
    )


def _missing_line(expected: Expectation, now: datetime) -> Line:
    """Return the line of a message that is expected and has no entry."""
    rule, due_at = expected.rule, expected.due_at
    line = Line(kind_words(rule.kind), State.DUE, due_at, kind=rule.kind, via=rule.via, due_at=due_at)
    if expected.canceled_at is not None:
        return replace(line, state=State.NOT_EXPECTED, reason=CANCELED)
    if due_at is None:
        return replace(line, state=State.UNKNOWN, reason=START_UNKNOWN)
    if expected.is_booked_later:
        return replace(line, state=State.NOT_EXPECTED, reason="booked later than that")
    return _overdue(line, expected.resolution) if now > due_at else replace(line, resolved=expected.resolution)


def _overdue(line: Line, resolution: Resolution | None) -> Line:
    return replace(line, state=State.OVERDUE, resolved=resolution, advice=OVERDUE_ADVICE)
