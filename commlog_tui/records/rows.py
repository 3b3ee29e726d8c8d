"""Result structs of the fold, with the field names of the contract (a test compares them).

msgspec encodes a page twice as fast as pydantic does.
"""

from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class CustomerRow(Struct, frozen=True, gc=False):
    """Mirrors ``contract.customer.EntryCustomer``."""

    id: str
    name: str | None
    addresses: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class MessageRow(Struct, frozen=True, gc=False):
    """Mirrors ``contract.delivery.ProviderMessage``."""

    provider: str
    id: str


class AttachmentRow(Struct, frozen=True, gc=False):
    """Mirrors ``contract.entry.Attachment``."""

    name: str
    size: int
    sha256: str


class MatchRow(Struct, frozen=True, gc=False):
    """Mirrors ``contract.entry.Match``."""

    field: str
    text: str
    spans: tuple[tuple[int, int], ...]


class EntryRow(Struct, frozen=True, gc=False, omit_defaults=True):
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
    kind: str | None = None
    starts_at: datetime | None = None
    audience: str | None = None
    message: MessageRow | None = None
    attachments: tuple[AttachmentRow, ...] = ()
    matched: tuple[MatchRow, ...] = ()
    person: str | None = None
    resend_of: str | None = None


class EventRow(Struct, frozen=True, omit_defaults=True):
    """Mirrors ``contract.delivery.DeliveryEvent``."""

    id: str
    seq: int
    kind: str
    at: datetime
    detail: str | None
    to: str | None
    actor: str
    recorded_at: datetime
    reason: str | None = None
    code: str | None = None
    event_id: str | None = None
    channel: str | None = None


class UnmatchedEventRow(EventRow, frozen=True, omit_defaults=True):
    """Mirrors ``contract.delivery.UnmatchedEvent``."""

    message: MessageRow | None = None


class ResolutionRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.resolution.Resolution``."""

    id: str
    seq: int
    entry: str | None = None
    reference: str | None = None
    code: str | None = None
    expected: str | None = None
    note: str | None = None
    actor: str
    recorded_at: datetime
    person: str | None = None


class ResendRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.resend.Resend``."""

    id: str
    seq: int
    original: str
    entry: str
    to: str
    why: str
    route: str
    state: str | None = None
    attempts: int = 0
    next_at: datetime | None = None
    status: str | None = None
    actor: str
    person: str | None = None
    recorded_at: datetime


class TaskCustomerRow(Struct, frozen=True, omit_defaults=True):
    """Mirrors ``contract.task.TaskCustomer``."""

    id: str
    name: str | None = None


class TaskChangeRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.task.TaskChange``."""

    id: str
    seq: int
    change: str
    due_at: datetime | None = None
    assignee: str | None = None
    words: str | None = None
    actor: str
    person: str | None = None
    recorded_at: datetime


class TaskRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.task.Task``."""

    id: str
    location: str
    seq: int
    words: str
    due_at: datetime
    assignee: str | None = None
    to: str | None = None
    entry: str | None = None
    reference: str | None = None
    code: str | None = None
    customer: TaskCustomerRow | None = None
    state: str
    actor: str
    person: str | None = None
    recorded_at: datetime
    changes: tuple[TaskChangeRow, ...] = ()
    redacted: bool = False


class HandoverCountsRow(Struct, frozen=True):
    """Mirrors ``contract.handover.HandoverCounts``."""

    logged: int = 0
    failed: int = 0
    overdue: int = 0
    tasks: int = 0
    waiting: int = 0


class TakingRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.handover.Taking``."""

    id: str
    seq: int
    name: str | None = None
    words: str | None = None
    actor: str
    person: str | None = None
    recorded_at: datetime


class HandoverRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.handover.Handover``."""

    id: str
    location: str
    seq: int
    since: datetime
    until: datetime
    words: str | None = None
    counts: HandoverCountsRow
    unknown: tuple[str, ...] = ()
    actor: str
    person: str | None = None
    recorded_at: datetime
    taken: tuple[TakingRow, ...] = ()
    redacted: bool = False


class RunStepRow(Struct, frozen=True, omit_defaults=True):
    """Mirrors ``contract.run.RunStep``."""

    name: str
    status: str
    at: datetime | None = None
    detail: str | None = None


class RunRow(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Mirrors ``contract.run.Run``."""

    id: str
    location: str
    seq: int
    execution: str
    workflow: str
    trigger: str | None = None
    status: str
    at: datetime
    began_at: datetime
    steps: tuple[RunStepRow, ...] = ()
    error: str | None = None
    reference: str | None = None
    code: str | None = None
    starts_at: datetime | None = None
    actor: str
    recorded_at: datetime
    redacted: bool = False


class CorrectionRow(Struct, frozen=True, omit_defaults=True):
    """Mirrors ``contract.entry.Correction``."""

    id: str
    seq: int
    changes: dict[str, Any]
    reason: str | None
    actor: str
    recorded_at: datetime
    person: str | None = None


class RedactionRow(Struct, frozen=True, omit_defaults=True):
    """Mirrors ``contract.entry.Redaction``."""

    id: str
    seq: int
    reason: str
    actor: str
    recorded_at: datetime
    person: str | None = None


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
    resolutions: tuple[ResolutionRow, ...] | UnsetType = UNSET
    resends: tuple[ResendRow, ...] | UnsetType = UNSET
