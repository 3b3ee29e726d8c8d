"""Models of messages that are sent again: who asked, why, to what, and how far it is."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from commlog_tui.contract.base import Instant, Recipient, RequestModel, ResponseModel, Text, UuidText
from commlog_tui.contract.delivery import Status
from commlog_tui.contract.open_enum import OpenEnum


class Route(StrEnum):
    """The way on which a message is sent again."""

    SMTP = "smtp"
    """This service hands it to a mail server."""
    WEBHOOK = "webhook"
    """This service asks the booking system to send it."""
    BY_HAND = "by-hand"
    """Somebody has sent it."""


class ResendState(StrEnum):
    """How far a message that is sent again has come on its way out of this service."""

    WAITING = "waiting"
    BEGUN = "begun"
    """It is being handed over now; what became of it is not known yet."""
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """The answer was lost after it was handed over: it may have been sent, and is not repeated."""
    CALLED_OFF = "called-off"
    """Somebody called it off before it was sent."""


class NewResend(RequestModel):
    """A request to send a message again."""

    to: Annotated[Recipient, Field(min_length=1)]
    """Address or number, which may be another one than before."""
    why: Annotated[Text, Field(min_length=1, max_length=500)]
    by_hand: bool = False
    """Whether somebody has sent it already, so that it is only recorded."""
    again: bool = False
    """Whether to send it even if it was sent again to this address before."""


class NewCallOff(RequestModel):
    """A request not to send a message again that still waits."""

    resend: UuidText
    """Id of the resend."""
    why: Annotated[Text, Field(min_length=1, max_length=500)] | None = None


class Resend(ResponseModel):
    """A message that was sent again."""

    id: UuidText
    seq: int
    original: UuidText
    entry: UuidText
    """The new message."""
    to: str
    """Empty after a redaction."""
    why: str
    route: Annotated[Route, OpenEnum(Route)]
    state: Annotated[ResendState, OpenEnum(ResendState)] | None = None
    attempts: int = 0
    next_at: Instant | None = None
    """When it is tried again, of one that waits."""
    status: Annotated[Status, OpenEnum(Status)] | None = None
    """Delivery status of the new message."""
    actor: str
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""
    recorded_at: Instant


class ResendWarning(ResponseModel):
    """What to know before a message is sent again. It forbids nothing."""

    kind: str
    """``opted-out``, ``complained``, ``suppressed``, ``bounced``, ``delivered``, ``attachments``, ``no-text``."""
    words: str
    at: Instant | None = None


class ResendQuery(RequestModel):
    """To whom a message is to be sent again, for what is known of that address."""

    to: Annotated[Recipient, Field(min_length=1)] | None = None


class EntryResends(ResponseModel):
    """How often a message was sent again, and how it can be."""

    resends: tuple[Resend, ...]
    """Ordered by seq."""
    routes: tuple[Annotated[Route, OpenEnum(Route)], ...]
    """Ways on which it can be sent to the address now; the first is taken."""
    warnings: tuple[ResendWarning, ...]
