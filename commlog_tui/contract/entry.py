"""Models of entries, corrections, redactions and receipts."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from commlog_tui.contract.base import (
    STORABLE,
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
from commlog_tui.contract.delivery import DeliveryEvent, NewEvent, NewMessage, ProviderMessage, Status
from commlog_tui.contract.open_enum import OpenEnum
from commlog_tui.contract.resend import Resend
from commlog_tui.contract.resolution import Resolution

Body = Annotated[str, Field(max_length=100_000), STORABLE]


class Source(StrEnum):
    """How an entry was created."""

    WORKFLOW = "workflow"
    TEMPLATE = "template"
    SYSTEM = "system"
    MANUAL = "manual"


class Direction(StrEnum):
    """Whether the business contacted the guest, or the guest the business."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Audience(StrEnum):
    """Whom a message is for."""

    CUSTOMER = "customer"
    STAFF = "staff"


class NewAttachment(RequestModel):
    """A file that went with a message, known by name, size and hash; its content is not stored."""

    name: Annotated[Text, Field(min_length=1, max_length=255)]
    size: Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Attachment(ResponseModel):
    """A file that went with a message."""

    name: str
    size: int
    sha256: str


class NewEntry(RequestModel):
    """An entry as it is submitted; the log adds id, actor, seq and recorded_at."""

    via: Slug
    to: Recipient = ""
    """May be empty for manual entries only: a walk-in guest has no number."""
    title: Line
    reference: UuidText | None = None
    code: BookingCode | None = None
    customer: NewCustomer | None = None
    source: Source
    direction: Direction = Direction.OUTBOUND
    body: Body | None = None
    sent_at: Instant
    events: Annotated[tuple[NewEvent, ...], Field(max_length=50), at_most(50)] = ()
    """Delivery events known so far. They are not part of the entry's identity: repeating the
    entry with more events adds the new ones."""
    kind: Slug | None = None
    """What the message is for: ``confirmation``, ``reminder``, ``refund``, …"""
    starts_at: Instant | None = None
    """When the booked thing begins."""
    audience: Audience | None = None
    message: NewMessage | None = None
    """The provider's identity of the message, by which its delivery events are found."""
    attachments: Annotated[tuple[NewAttachment, ...], Field(max_length=50), at_most(50)] = ()

    @model_validator(mode="after")
    def _automated_entries_are_whole(self) -> Self:
        if self.source is Source.MANUAL:
            if self.events:
                raise ValueError("a manual entry has no delivery events")
        elif not self.to:
            raise ValueError("an automated entry needs the recipient it was sent to")
        return self


class EntryChanges(RequestModel):
    """The fields that a correction changes. A null clears a field that may be empty."""

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
    """A correction of a manual entry. The original stays readable."""

    changes: EntryChanges
    reason: Annotated[Text, Field(max_length=500)] | None = None


class NewRedaction(RequestModel):
    """A request to remove an entry's personal data for good; its position and proof remain."""

    reason: Annotated[Text, Field(min_length=1, max_length=500)]
    """Kept for ever, so it must not name anybody."""


class Match(ResponseModel):
    """Why an entry is on a page of search results: a field that has a part of the query."""

    field: str
    """``name``, ``to``, ``title``, ``code``, ``reference``, ``body``, ``customer_id``; or what is
    known of the customer from other entries: ``other_number``, ``other_address``, ``other_name``."""
    text: str
    """The field's text; of a body, the part around what matched."""
    spans: tuple[tuple[int, int], ...]
    """What of the text matched: begin and end of each part, in characters."""


class Entry(ResponseModel):
    """An entry as the log shows it: corrections applied, status derived."""

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
    """Whether its personal data was removed. Then the title says so and nothing else is left."""
    kind: str | None = None
    starts_at: Instant | None = None
    audience: Annotated[Audience, OpenEnum(Audience)] | None = None
    message: ProviderMessage | None = None
    attachments: tuple[Attachment, ...] = ()
    matched: tuple[Match, ...] = ()
    """On a page of search results: why the entry is there. Empty elsewhere."""
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""
    resend_of: str | None = None
    """Id of the entry that it sends again."""


class Changes(ResponseModel):
    """The fields that a correction changed: those that are set."""

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
    """A recorded correction."""

    id: UuidText
    seq: int
    changes: Changes
    reason: str | None
    actor: str
    recorded_at: Instant
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""


class Redaction(ResponseModel):
    """A recorded redaction."""

    id: UuidText
    seq: int
    reason: str
    actor: str
    recorded_at: Instant
    person: str | None = None
    """Name given at the desk; the actor has it in brackets behind the token's name."""


class Redacted(ResponseModel):
    """The result of redacting all entries of a customer."""

    entries: int
    """How many entries were redacted by this request; 0 when it is repeated."""
    overwritten: bool | None = None
    """As in the receipt of a single redaction."""


class Receipt(ResponseModel):
    """Confirmation that the log has durably accepted a record."""

    id: UuidText
    location: str
    seq: int
    leaf_hash: str
    """Lower-case hex of the record's RFC 9162 leaf hash."""
    recorded_at: Instant


class OtherRecord(ResponseModel):
    """A record about an entry, of a kind that only a newer version knows."""

    id: UuidText
    seq: int
    kind: str
    actor: str
    recorded_at: Instant


class RedactionReceipt(Receipt):
    """Confirmation of a redaction."""

    overwritten: bool | None = None
    """Whether the bytes of everything redacted so far have been overwritten in the log's file.
    The service retries while other readers prevent it. Null if the service does not report it."""


class EntryDetail(ResponseModel):
    """An entry with its whole history."""

    entry: Entry
    original: Entry | None
    """The entry as first recorded, if it was corrected since."""
    events: tuple[DeliveryEvent, ...]
    """Ordered by the time they report (``at``), then by seq."""
    corrections: tuple[Correction, ...]
    receipt: Receipt
    redaction: Redaction | None = None
    """The redaction that removed the personal data of the entry and of all records about it."""
    other: tuple[OtherRecord, ...] = ()
    """Records about it of kinds unknown to this version, ordered by seq."""
    resolutions: tuple[Resolution, ...] = ()
    """Ordered by seq."""
    resends: tuple[Resend, ...] = ()
    """How often it was sent again, ordered by seq."""
