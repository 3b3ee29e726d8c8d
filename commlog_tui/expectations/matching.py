"""Which messages of a booking are those that its rules expect, and which are still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from commlog_tui.expectations.facts import Booking, Message, Resolution
from commlog_tui.expectations.rules import Rule


@dataclass(frozen=True, slots=True)
class Expectation:
    """A rule applied to a booking. Nothing in it depends on the time of asking."""

    rule: Rule
    due_at: datetime | None
    """None if the booking's start is needed and not on record."""
    messages: tuple[Message, ...] = ()
    """The messages that count for it, oldest first."""
    is_booked_later: bool = False
    """Whether the rule expects nothing, as the booking was made later than the message was due."""
    canceled_at: datetime | None = None
    """When the booking was canceled, after which nothing is expected."""
    resolution: Resolution | None = None
    """Who dealt with it, if nothing came."""

    @property
    def is_waiting(self) -> bool:
        """Whether its message has not been sent, and neither failed nor was skipped.

        Then it becomes overdue after ``due_at``.
        """
        return (
            self.due_at is not None
            and not self.is_booked_later
            and self.canceled_at is None
            and all(message.is_waiting for message in self.messages)
        )


def expectations(booking: Booking, rules: Sequence[Rule], zone: ZoneInfo) -> list[Expectation]:
    """Return what the rules of a location mean for a booking, in order of the rules.

    A message counts for the rule of its kind and channel whose due time is nearest to when it was
    sent. Messages to staff, from customers, and by hand without a kind count for none.
    """
    booked_at = booking.booked_at
    if booked_at is None:
        return []
    due = [rule.due_at(booked_at, booking.starts_at, zone) for rule in rules]
    counted: dict[int, list[Message]] = {}
    for message in sorted(booking.messages, key=lambda message: (message.sent_at, message.id)):
        index = _rule_of(message, rules, due)
        if index is not None:
            counted.setdefault(index, []).append(message)
    return [
        Expectation(
            rule,
            due[index],
            tuple(counted.get(index, ())),
            is_booked_later=rule.unless_booked_later and _is_before(due[index], booked_at),
            canceled_at=booking.canceled_at,
            resolution=_resolution(booking, index, rules, due),
        )
        for index, rule in enumerate(rules)
    ]


def _rule_of(message: Message, rules: Sequence[Rule], due: Sequence[datetime | None]) -> int | None:
    if not message.is_to_customer:
        return None
    fitting = [
        index for index, rule in enumerate(rules) if rule.kind == message.kind and rule.via in {None, message.via}
    ]
    return min(fitting, key=lambda index: (_distance(due[index], message.sent_at), index), default=None)


def _distance(due_at: datetime | None, sent_at: datetime) -> float:
    return float("inf") if due_at is None else abs((due_at - sent_at).total_seconds())


def _is_before(due_at: datetime | None, booked_at: datetime) -> bool:
    return due_at is not None and due_at < booked_at


def _resolution(
    booking: Booking, index: int, rules: Sequence[Rule], due: Sequence[datetime | None]
) -> Resolution | None:
    """Return the first resolution of a rule's kind that means this rule.

    It means all that were due when it was recorded; if none was, the one that is due first.
    """
    rule = rules[index]
    times = [time for other, time in zip(rules, due, strict=True) if other.kind == rule.kind and time is not None]
    found = [
        resolution
        for resolution in booking.resolutions
        if resolution.expected == rule.kind
        and (time := due[index]) is not None
        and (time <= resolution.at or (time == min(times) and resolution.at < time))
    ]
    return min(found, key=lambda resolution: (resolution.at, resolution.actor, resolution.note or ""), default=None)
