"""Delivery events and the status of an entry that is derived from them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from commlog_tui.contract.base import Instant, Recipient, RequestModel, ResponseModel, Text, UuidText
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
    """Return the status that delivery events add up to, in whatever order they came.

    Unknown ones never raise it.
    """
    best = max(kinds, key=lambda kind: RANK.get(kind, 0), default="")
    return Status(best) if RANK.get(best, 0) else Status.LOGGED


class NewEvent(RequestModel):
    """A delivery event as the sender reports it."""

    kind: DeliveryKind
    at: Instant
    detail: Annotated[Text, Field(max_length=2000)] | None = None
    """The provider's own words, such as an SMTP reply or an error code."""
    to: Recipient | None = None


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
