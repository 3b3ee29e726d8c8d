"""Delivery events and the status of an entry that is derived from them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field

from commlog_tui.contract.base import Instant, Recipient, RequestModel, ResponseModel, Slug, Text, UuidText
from commlog_tui.contract.open_enum import OpenEnum


class DeliveryKind(StrEnum):
    """The kinds of event that a delivery provider can report about a message."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"


class Status(StrEnum):
    """The delivery status of an entry; ``logged`` if it has no delivery events."""

    LOGGED = "logged"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"
    COMPLAINED = "complained"


RANK: Final[Mapping[str, int]] = {
    DeliveryKind.OPENED: 0,
    DeliveryKind.CLICKED: 0,
    DeliveryKind.SCHEDULED: 10,
    DeliveryKind.QUEUED: 20,
    DeliveryKind.CANCELED: 30,
    DeliveryKind.SKIPPED: 35,
    DeliveryKind.SENT: 40,
    DeliveryKind.DEFERRED: 50,
    DeliveryKind.REJECTED: 60,
    DeliveryKind.FAILED: 65,
    DeliveryKind.DELIVERED: 70,
    DeliveryKind.BOUNCED: 80,
    DeliveryKind.COMPLAINED: 90,
}
"""Rank of each event; the highest decides the status. A retry that succeeded outranks the failed
attempt, a bounce outranks the acceptance before it (servers accept first and bounce later), and
opens and clicks rank zero because they prove nothing about delivery (mail scanners cause both)."""


def status_of(kinds: Iterable[str]) -> Status:
    """Return the status that events add up to, in any order. Unknown statuses never raise it."""
    best = max(kinds, key=lambda kind: RANK.get(kind, 0), default="")
    return Status(best) if RANK.get(best, 0) else Status.LOGGED


class EventReason(StrEnum):
    """Why a message was not sent, as far as the sender decided it."""

    NOTIFICATIONS_OFF = "notifications-off"
    DRAFT_BOOKING = "draft-booking"
    TEMPLATE_INACTIVE = "template-inactive"
    NO_ADDRESS = "no-address"
    OPTED_OUT = "opted-out"
    WINDOW_PAST = "window-past"
    CONDITION_NOT_MET = "condition-not-met"
    LISTING_EXCLUDED = "listing-excluded"
    LANGUAGE_MISSING = "language-missing"
    SUPPRESSED = "suppressed"
    BOOKING_CANCELED = "booking-canceled"


class EventChannel(StrEnum):
    """The way on which an event reached the service, which decides how far it can be trusted."""

    SIGNED_WEBHOOK = "signed-webhook"
    UNSIGNED_WEBHOOK = "unsigned-webhook"
    MAIL = "mail"
    IMPORT = "import"
    API = "api"
    RESEND = "resend"
    """This service itself, about what it sends again."""


class NewMessage(RequestModel):
    """The identity that a delivery provider gave to a message."""

    provider: Slug
    """``twilio``, ``sendgrid``, …; ``mail`` for mail without a provider."""
    id: Annotated[Text, Field(min_length=1, max_length=998)]
    """For ``mail``, the Message-ID without angle brackets."""


class ProviderMessage(ResponseModel):
    """The identity that a delivery provider gave to a message."""

    provider: str
    id: str


class NewEvent(RequestModel):
    """A delivery event as the sender reports it."""

    kind: DeliveryKind
    at: Instant
    detail: Annotated[Text, Field(max_length=2000)] | None = None
    """The provider's own words, such as an SMTP reply or an error code."""
    to: Recipient | None = None
    reason: EventReason | None = None
    code: Annotated[Text, Field(min_length=1, max_length=100)] | None = None
    """The provider's own code, such as ``5.1.1`` or ``30003``."""
    event_id: Annotated[Text, Field(min_length=1, max_length=255)] | None = None
    """The provider's own identity of the event. Two reports with the same one are the same
    event."""
    channel: Literal[EventChannel.IMPORT] | None = None
    """``import`` for what was read from a list or an export. The service knows its other ways in."""


class NewMessageEvent(NewEvent):
    """A delivery event about a message whose entry may not be recorded yet."""

    message: NewMessage

    @property
    def event(self) -> NewEvent:
        """The event without the message."""
        return NewEvent.model_construct(**{name: getattr(self, name) for name in NewEvent.model_fields})


class DeliveryEvent(ResponseModel):
    """A recorded delivery event."""

    id: UuidText
    seq: int
    kind: Annotated[DeliveryKind, OpenEnum(DeliveryKind)]
    at: Instant
    detail: str | None
    to: str | None
    actor: str
    recorded_at: Instant
    reason: Annotated[EventReason, OpenEnum(EventReason)] | None = None
    code: str | None = None
    event_id: str | None = None
    channel: Annotated[EventChannel, OpenEnum(EventChannel)] | None = None
    """Absent means ``api``."""


class UnmatchedEvent(DeliveryEvent):
    """A recorded delivery event about a message that no entry names."""

    message: ProviderMessage | None = None
    """Null after a redaction removed it."""


class UnmatchedEvents(ResponseModel):
    """A page of unmatched events, newest record first."""

    events: tuple[UnmatchedEvent, ...]
    older: str | None
    """Cursor of the next page; null on the last one."""
