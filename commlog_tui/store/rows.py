"""What a store answers: plain structs with the contract's field names, encoded to JSON once, by msgspec.

They mirror the contract's answer models field by field (a test holds the two together); they exist because a
page of them is encoded twice as fast as a page of models.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct


class CustomerRow(Struct, frozen=True):
    """Mirrors ``contract.customer.EntryCustomer``."""

    id: str
    name: str | None
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class EntryRow(Struct, frozen=True):
    """Mirrors ``contract.entry.Entry``."""

    id: str
    location: str
    seq: int
    via: str
    to: str
    title: str
    reference: str | None
    code: str | None
    customer: CustomerRow | None
    source: str
    actor: str
    direction: str
    body: str | None
    sent_at: datetime
    recorded_at: datetime
    status: str
    corrected: bool
    redacted: bool


class EventRow(Struct, frozen=True):
    """Mirrors ``contract.delivery.DeliveryEvent``."""

    id: str
    seq: int
    kind: str
    at: datetime
    detail: str | None
    to: str | None
    actor: str
    recorded_at: datetime


class CorrectionRow(Struct, frozen=True):
    """Mirrors ``contract.entry.Correction``."""

    id: str
    seq: int
    changes: dict[str, Any]
    reason: str | None
    actor: str
    recorded_at: datetime


class RedactionRow(Struct, frozen=True):
    """Mirrors ``contract.entry.Redaction``."""

    id: str
    seq: int
    reason: str
    actor: str
    recorded_at: datetime


class ReceiptRow(Struct, frozen=True):
    """Mirrors ``contract.entry.Receipt``."""

    id: str
    location: str
    seq: int
    leaf_hash: str
    recorded_at: datetime


class DetailRow(Struct, frozen=True):
    """Mirrors ``contract.entry.EntryDetail``."""

    entry: EntryRow
    original: EntryRow | None
    events: tuple[EventRow, ...]
    corrections: tuple[CorrectionRow, ...]
    receipt: ReceiptRow
    redaction: RedactionRow | None


class TotalRow(Struct, frozen=True):
    """Mirrors ``contract.page.Total``."""

    count: int
    exact: bool


class PageRow(Struct, frozen=True):
    """Mirrors ``contract.page.Page``."""

    entries: tuple[EntryRow, ...]
    first: int
    total: TotalRow
    newer: str | None
    older: str | None
    oldest: str | None


class FeedRow(Struct, frozen=True):
    """Mirrors ``contract.page.FeedItem``."""

    seq: int
    kind: str
    entry: EntryRow


class PersonRow(Struct, frozen=True):
    """Mirrors ``contract.customer.Customer``."""

    id: str
    name: str | None
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    last_seen: datetime


class MatchesRow(Struct, frozen=True):
    """Mirrors ``contract.customer.CustomerMatches``."""

    customers: tuple[PersonRow, ...]
    more: bool


class LocationRow(Struct, frozen=True):
    """Mirrors ``contract.location.Location``."""

    id: str
    name: str
    zone: str


class ChannelRow(Struct, frozen=True):
    """Mirrors ``contract.location.Channel``."""

    via: str
    count: int


class LocationDetailRow(Struct, frozen=True):
    """Mirrors ``contract.location.LocationDetail``."""

    location: LocationRow
    channels: tuple[ChannelRow, ...]
    seq: int


class RecordRow(Struct, frozen=True):
    """Mirrors ``contract.ledger.Record``."""

    seq: int
    record: str
    salt: str | None
    personal: str | None


class InclusionRow(Struct, frozen=True):
    """Mirrors ``contract.ledger.InclusionProof``."""

    location: str
    size: int
    root_hash: str
    leaf_hash: str
    path: tuple[str, ...]
    record: RecordRow


class ConsistencyRow(Struct, frozen=True):
    """Mirrors ``contract.ledger.ConsistencyProof``."""

    location: str
    old_size: int
    new_size: int
    old_root_hash: str
    new_root_hash: str
    path: tuple[str, ...]


class CheckpointRow(Struct, frozen=True):
    """Mirrors ``contract.ledger.SignedCheckpoint``."""

    location: str
    size: int
    root_hash: str
    note: str
    key: str
    introductions: tuple[str, ...]


class RecordsRow(Struct, frozen=True):
    """Mirrors ``contract.ledger.Records``."""

    records: tuple[RecordRow, ...]
