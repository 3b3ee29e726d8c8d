"""What the client of 0.1.0 reads, frozen: never to be changed with the contract.

Answers of today must fit it. Words were closed enumerations then, so that a new word of a status, a
source or an event that reaches a desk of 0.1.0 breaks it.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Via = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
DeliveryKind = Literal[
    "scheduled", "queued", "sent", "deferred", "delivered", "bounced", "rejected", "failed", "canceled", "skipped",
    "opened",
    "clicked", "complained",
]  # fmt: skip
Status = Literal[
    "logged", "scheduled", "queued", "sent", "deferred", "delivered", "bounced", "rejected", "failed", "canceled",
    "skipped",
    "complained",
]  # fmt: skip
Source = Literal["workflow", "template", "system", "manual"]
Direction = Literal["outbound", "inbound"]
Role = Literal["desk", "manager", "sender", "auditor", "admin"]
Permission = Literal["read", "add-manual", "add-automated", "correct", "redact", "export", "manage"]


class Answer(BaseModel):
    """Unknown fields were ignored from the start."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(Answer):
    id: Uuid
    seq: int
    kind: DeliveryKind
    at: AwareDatetime
    detail: str | None
    to: str | None
    actor: str
    recorded_at: AwareDatetime


class EntryCustomer(Answer):
    id: str
    name: str | None
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Entry(Answer):
    id: Uuid
    location: str
    seq: int
    via: str
    to: str
    title: str
    reference: str | None
    code: str | None
    customer: EntryCustomer | None
    source: Source
    actor: str
    direction: Direction
    body: str | None
    sent_at: AwareDatetime
    recorded_at: AwareDatetime
    status: Status
    corrected: bool
    redacted: bool = False


class GivenCustomer(Given):
    id: str
    name: str | None = None
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Changes(Given):
    """Of a correction, also where it is answered.

    0.1.0 refuses an answer with a field that it does not know here.
    """

    via: Via | None = None
    to: str | None = None
    title: str | None = None
    reference: Uuid | None = None
    code: str | None = None
    customer: GivenCustomer | None = None
    direction: Direction | None = None
    body: str | None = None
    sent_at: AwareDatetime | None = None


class Correction(Answer):
    id: Uuid
    seq: int
    changes: Changes
    reason: str | None
    actor: str
    recorded_at: AwareDatetime


class Redaction(Answer):
    id: Uuid
    seq: int
    reason: str
    actor: str
    recorded_at: AwareDatetime


class Redacted(Answer):
    entries: int


class Receipt(Answer):
    id: Uuid
    location: str
    seq: int
    leaf_hash: str
    recorded_at: AwareDatetime


class EntryDetail(Answer):
    entry: Entry
    original: Entry | None
    events: tuple[Event, ...]
    corrections: tuple[Correction, ...]
    receipt: Receipt
    redaction: Redaction | None = None


class Location(Answer):
    id: str
    name: str
    zone: str


class Locations(Answer):
    locations: tuple[Location, ...]


class Channel(Answer):
    via: str
    count: int


class LocationDetail(Answer):
    location: Location
    channels: tuple[Channel, ...]
    seq: int


class Me(Answer):
    name: str
    role: Role
    permissions: frozenset[Permission]
    locations: tuple[Location, ...]
    version: str


class Total(Answer):
    count: int
    exact: bool


class Page(Answer):
    entries: tuple[Entry, ...]
    first: int
    total: Total
    newer: str | None
    older: str | None
    oldest: str | None


class Customer(Answer):
    id: str
    name: str | None
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    last_seen: AwareDatetime


class CustomerMatches(Answer):
    customers: tuple[Customer, ...]
    more: bool


class FieldProblem(Answer):
    field: str
    message: str


class Problem(Answer):
    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldProblem, ...] = ()


class BatchAnswer(Answer):
    key: str
    status: int
    receipt: Receipt | None = None
    problem: Problem | None = None


class BatchAnswers(Answer):
    items: tuple[BatchAnswer, ...]


class FeedItem(Answer):
    seq: int
    kind: Literal["entry", "event", "correction", "redaction"]
    entry: Entry


class SignedCheckpoint(Answer):
    location: str
    size: int
    root_hash: str
    note: str
    key: str
    introductions: tuple[str, ...]


class Record(Answer):
    seq: int
    record: str
    salt: str | None
    personal: str | None


class Records(Answer):
    records: tuple[Record, ...]


class InclusionProof(Answer):
    location: str
    size: int
    root_hash: str
    leaf_hash: str
    path: tuple[str, ...]
    record: Record


class ConsistencyProof(Answer):
    location: str
    old_size: int
    new_size: int
    old_root_hash: str
    new_root_hash: str
    path: tuple[str, ...]


class OutboxItem(Answer):
    """An item of the outbox; others were set aside as damaged."""

    key: str
    location: str
    action: Literal["entry", "correction"] = "entry"
    entry_id: str | None = None
    content: dict[str, Any]
    state: Literal["draft", "waiting", "refused"] = "waiting"
    reason: str | None = None
    saved_at: datetime
