"""What records fold to.

Plain structs with the field names of the contract, encoded to JSON by msgspec. They mirror the
response models of ``contract`` field by field (a test compares them); msgspec encodes a page of
them twice as fast as pydantic a page of models.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct


class CustomerRow(Struct, frozen=True, gc=False):
    """Mirrors ``contract.customer.EntryCustomer``."""

    id: str
    name: str | None
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class EntryRow(Struct, frozen=True, gc=False):
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


class ReceiptRow(Struct, frozen=True, gc=False):
    """Mirrors ``contract.entry.Receipt``."""

    id: str
    location: str
    seq: int
    leaf_hash: str
    recorded_at: datetime


class OtherRow(Struct, frozen=True):
    """Mirrors ``contract.entry.OtherRecord``."""

    id: str
    seq: int
    kind: str
    actor: str
    recorded_at: datetime


class DetailRow(Struct, frozen=True):
    """Mirrors ``contract.entry.EntryDetail``."""

    entry: EntryRow
    original: EntryRow | None
    events: tuple[EventRow, ...]
    corrections: tuple[CorrectionRow, ...]
    receipt: ReceiptRow
    redaction: RedactionRow | None
    other: tuple[OtherRow, ...] = ()
