"""One message or conversation, what may be said of it later, and the receipt for both."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import (
    BookingCode,
    Instant,
    Line,
    Recipient,
    RequestModel,
    ResponseModel,
    Slug,
    Text,
    UuidText,
    at_most,
)
from commlog_tui.contract.customer import EntryCustomer, NewCustomer
from commlog_tui.contract.delivery import DeliveryEvent, NewEvent, Status
from commlog_tui.contract.open_enum import OpenEnum

Body = Annotated[Text, Field(max_length=100_000)]


class Source(StrEnum):
    """How an entry came to be."""

    WORKFLOW = "workflow"
    TEMPLATE = "template"
    SYSTEM = "system"
    MANUAL = "manual"


class Direction(StrEnum):
    """Whether the business spoke, or the guest."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class NewEntry(RequestModel):
    """An entry as its sender gives it; the log adds id, actor, seq and recorded_at."""

    via: Slug
    to: Recipient = ""
    """May be empty only on manual entries: a guest who walked in has no number."""
    title: Line
    reference: UuidText | None = None
    code: BookingCode | None = None
    customer: NewCustomer | None = None
    source: Source
    direction: Direction = Direction.OUTBOUND
    body: Body | None = None
    sent_at: Instant
    events: Annotated[tuple[NewEvent, ...], Field(max_length=50), at_most(50)] = ()
    """Delivery events already known. They are no part of the entry's identity: sending the entry again
    with more of them adds those that are new."""

    @model_validator(mode="after")
    def _automated_entries_are_whole(self) -> Self:
        if self.source is Source.MANUAL:
            if self.events:
                raise ValueError("a manual entry has no delivery events")
        elif not self.to:
            raise ValueError("an automated entry needs the recipient it was sent to")
        return self


class EntryChanges(RequestModel):
    """The fields a correction supersedes: those present, a null clearing the field where it may be empty."""

    via: Slug | None = None
    to: Recipient | None = None
    title: Line | None = None
    reference: UuidText | None = None
    code: BookingCode | None = None
    customer: NewCustomer | None = None
    direction: Direction | None = None
    body: Body | None = None
    sent_at: Instant | None = None

    @model_validator(mode="after")
    def _something_changes(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a correction changes at least one field")
        emptied = {"via", "to", "title", "direction", "sent_at"} & self.model_fields_set
        if any(getattr(self, name) is None for name in emptied):
            raise ValueError("via, to, title, direction and sent_at cannot be cleared")
        return self


class NewCorrection(RequestModel):
    """A correction of a manual entry, in the open."""

    changes: EntryChanges
    reason: Annotated[Text, Field(max_length=500)] | None = None


class NewRedaction(RequestModel):
    """The removal of an entry's personal data for good; its place and its proof remain."""

    reason: Annotated[Text, Field(min_length=1, max_length=500)]
    """Kept for ever: it says why, not about whom."""


class Entry(ResponseModel):
    """An entry as the log shows it: with its corrections applied and its status derived."""

    id: UuidText
    location: str
    seq: int
    via: str
    to: str
    title: str
    reference: str | None
    code: str | None
    customer: EntryCustomer | None
    source: Annotated[Source, OpenEnum(Source)]
    actor: str
    direction: Annotated[Direction, OpenEnum(Direction)]
    body: str | None
    sent_at: Instant
    recorded_at: Instant
    status: Annotated[Status, OpenEnum(Status)]
    corrected: bool
    redacted: bool = False
    """Whether its personal data has been removed; its title then says so, and nothing else is left."""


class Changes(ResponseModel):
    """The fields that a correction superseded: those that are set."""

    via: str | None = None
    to: str | None = None
    title: str | None = None
    reference: str | None = None
    code: str | None = None
    customer: EntryCustomer | None = None
    direction: Annotated[Direction, OpenEnum(Direction)] | None = None
    body: str | None = None
    sent_at: Instant | None = None


class Correction(ResponseModel):
    """A correction as the log keeps it."""

    id: UuidText
    seq: int
    changes: Changes
    reason: str | None
    actor: str
    recorded_at: Instant


class Redaction(ResponseModel):
    """A redaction as the log keeps it."""

    id: UuidText
    seq: int
    reason: str
    actor: str
    recorded_at: Instant


class Redacted(ResponseModel):
    """What became of a wish to redact all of a customer."""

    entries: int
    """How many were redacted now; none when it is said a second time."""
    overwritten: bool | None = None
    """As in the receipt for one redaction."""


class Receipt(ResponseModel):
    """What the log gives back for a record it has durably accepted."""

    id: UuidText
    location: str
    seq: int
    leaf_hash: str
    """Lower-case hex of the record's RFC 9162 leaf hash."""
    recorded_at: Instant


class OtherRecord(ResponseModel):
    """A record about an entry, of a kind that this version does not know: recorded by a newer version."""

    id: UuidText
    seq: int
    kind: str
    actor: str
    recorded_at: Instant


class RedactionReceipt(Receipt):
    """What the log gives back for a redaction."""

    overwritten: bool | None = None
    """Whether the bytes of all that was ever redacted have been overwritten in the log's file; until then the service goes on
    trying, as others may be reading it. Null where the service does not say."""


class EntryDetail(ResponseModel):
    """Everything the log knows of one entry."""

    entry: Entry
    original: Entry | None
    """The entry as first recorded, where a correction has changed it since."""
    events: tuple[DeliveryEvent, ...]
    """In order of what they claim happened (``at``), then of their recording."""
    corrections: tuple[Correction, ...]
    receipt: Receipt
    redaction: Redaction | None = None
    """How its personal data, and that of the records about it, came to be removed."""
    other: tuple[OtherRecord, ...] = ()
    """Records about it of kinds that this version does not know, in order of seq."""
