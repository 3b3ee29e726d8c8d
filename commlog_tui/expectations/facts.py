"""The facts of a booking: its messages with their delivery events, its runs, its resolutions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

CANCELLATION_KINDS: Final = frozenset({"cancellation", "cancelation", "booking-canceled", "booking-cancelled"})
"""Kinds of message that say that a booking is canceled."""
BOOKING_CANCELED: Final = "booking-canceled"


@dataclass(frozen=True, slots=True)
class Event:
    """A delivery event of a message."""

    kind: str
    at: datetime
    detail: str | None = None
    reason: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """An entry with its events."""

    id: str
    via: str
    title: str
    status: str
    sent_at: datetime
    to: str = ""
    kind: str | None = None
    starts_at: datetime | None = None
    audience: str | None = None
    source: str = "workflow"
    direction: str = "outbound"
    provider: str | None = None
    events: tuple[Event, ...] = ()

    @property
    def is_automated(self) -> bool:
        """Whether a system sent it, so that it can have delivery events."""
        return self.source != "manual"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be sent."""
        return self.is_automated and self.status in {"scheduled", "queued"}

    @property
    def is_to_customer(self) -> bool:
        """Whether it went to the customer, as far as is known."""
        return self.direction == "outbound" and self.audience in {None, "customer"}

    def event(self, *kinds: str) -> Event | None:
        """Return the latest event of these kinds."""
        found = [event for event in self.events if event.kind in kinds]
        return max(found, key=lambda event: (event.at, event.reason or "", event.detail or ""), default=None)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a workflow for the booking."""

    id: str
    workflow: str
    status: str
    at: datetime
    began_at: datetime
    error: str | None = None
    step: str | None = None
    """Name of the step that failed, or that it is at."""
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """Somebody dealt with a message that did not arrive, or with an expected one."""

    actor: str
    at: datetime
    note: str | None = None
    entry: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """All that is recorded about a booking. The order of its parts has no meaning."""

    reference: str | None
    code: str | None
    messages: tuple[Message, ...] = ()
    runs: tuple[Run, ...] = ()
    resolutions: tuple[Resolution, ...] = ()

    @property
    def booked_at(self) -> datetime | None:
        """The first instant at which anything about it is on record."""
        known = [message.sent_at for message in self.messages] + [run.began_at for run in self.runs]
        return min(known, default=None)

    @property
    def starts_at(self) -> datetime | None:
        """When it begins, as the latest message or run says that does: bookings are moved."""
        known = [(message.sent_at, message.id, message.starts_at) for message in self.messages if message.starts_at]
        known += [(run.at, run.id, run.starts_at) for run in self.runs if run.starts_at]
        return max(known, default=(None, None, None))[2]

    @property
    def canceled_at(self) -> datetime | None:
        """When it was canceled, as far as a message says so: by its kind, or by why it was skipped."""
        known = [message.sent_at for message in self.messages if message.kind in CANCELLATION_KINDS]
        known += [event.at for message in self.messages for event in message.events if event.reason == BOOKING_CANCELED]
        return min(known, default=None)
