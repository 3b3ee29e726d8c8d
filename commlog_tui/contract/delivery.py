"""What became of a message after it was sent."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from commlog_tui.contract.base import Instant, Recipient, RequestModel, ResponseModel, Text, UuidText
from commlog_tui.contract.open_enum import OpenEnum


class DeliveryKind(StrEnum):
    """One thing a delivery provider can report about a message."""

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
    """One word for where an entry stands; ``logged`` when no event has said more."""

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


RANK: Final[dict[DeliveryKind, int]] = {
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
"""How much each event settles. A retry that got through outranks the attempt that failed, a bounce
outranks the acceptance before it (receiving servers accept first and bounce later), and an open or a
click proves nothing about delivery (mail scanners make both), so they rank at zero."""


def status_of(kinds: Iterable[DeliveryKind]) -> Status:
    """Return the status that these events add up to, whatever order they came in."""
    best = max(kinds, key=RANK.__getitem__, default=None)
    return Status(best.value) if best is not None and RANK[best] else Status.LOGGED


class NewEvent(RequestModel):
    """A delivery event as its sender reports it."""

    kind: DeliveryKind
    at: Instant
    detail: Annotated[Text, Field(max_length=2000)] | None = None
    """The provider's own words: an SMTP reply, an error code."""
    to: Recipient | None = None


class DeliveryEvent(ResponseModel):
    """A delivery event as the log keeps it."""

    id: UuidText
    seq: int
    kind: Annotated[DeliveryKind, OpenEnum(DeliveryKind)]
    at: Instant
    detail: str | None
    to: str | None
    actor: str
    recorded_at: Instant
