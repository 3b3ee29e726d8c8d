"""Results of a store other than entries, with the field names of the contract.

See ``records.rows``.
"""

from dataclasses import dataclass
from datetime import date, datetime

from msgspec import UNSET, Struct, UnsetType

from commlog_tui.records.customer_rows import PreferenceRow
from commlog_tui.records.rows import (
    DetailRow,
    EntryRow,
    HandoverRow,
    ResendRow,
    ResolutionRow,
    RunRow,
    TaskRow,
    UnmatchedEventRow,
)


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
    suggestions: tuple[str, ...] | UnsetType = UNSET
    searched_back_to: datetime | UnsetType = UNSET


class UnmatchedEventsRow(Struct, frozen=True):
    """Mirrors ``contract.delivery.UnmatchedEvents``."""

    events: tuple[UnmatchedEventRow, ...]
    older: str | None


class RunsRow(Struct, frozen=True):
    """Mirrors ``contract.run.Runs``."""

    runs: tuple[RunRow, ...]
    older: str | None


class ResolutionsRow(Struct, frozen=True):
    """Mirrors ``contract.resolution.Resolutions``."""

    resolutions: tuple[ResolutionRow, ...]
    older: str | None


class TasksRow(Struct, frozen=True):
    """Mirrors ``contract.task.Tasks``."""

    tasks: tuple[TaskRow, ...]
    next: str | None


class HandoversRow(Struct, frozen=True):
    """Mirrors ``contract.handover.Handovers``."""

    handovers: tuple[HandoverRow, ...]
    older: str | None


class ResendsRow(Struct, frozen=True):
    """Mirrors ``contract.resend_list.Resends``."""

    resends: tuple[ResendRow, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class BookingRow:
    """What is on record about a booking. The API answers a checklist made of it."""

    reference: str | None
    code: str | None
    details: tuple[DetailRow, ...]
    runs: tuple[RunRow, ...]
    resolutions: tuple[ResolutionRow, ...]
    """Those about messages that it should have got; those about entries are in the details."""


class FeedRow(Struct, frozen=True):
    """Mirrors ``contract.page.FeedItem``."""

    seq: int
    kind: str
    entry: EntryRow | None
    """None where the record is about no entry, or is of a kind that this version does not know."""


class PersonRow(Struct, frozen=True, omit_defaults=True):
    """Mirrors ``contract.customer.Customer``."""

    id: str
    name: str | None
    addresses: tuple[str, ...]
    numbers: tuple[str, ...]
    last_seen: datetime
    local: bool = False
    merged: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    preferences: tuple[PreferenceRow, ...] = ()


class MatchesRow(Struct, frozen=True):
    """Mirrors ``contract.customer.CustomerMatches``."""

    customers: tuple[PersonRow, ...]
    more: bool


class MatchingIdsRow(Struct, frozen=True):
    """Mirrors ``contract.page.MatchingIds``."""

    ids: tuple[str, ...]
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


class StatisticRow(Struct, frozen=True):
    """Mirrors ``contract.statistics.Statistic``."""

    day: date
    hour: int | None
    via: str
    kind: str | None
    entries: int
    statuses: dict[str, int]


class StatisticsRow(Struct, frozen=True):
    """Mirrors ``contract.statistics.Statistics``."""

    zone: str
    by: str
    rows: tuple[StatisticRow, ...]


class WorkItemRow(Struct, frozen=True):
    """Mirrors ``contract.worklist.WorkItem``."""

    entry: EntryRow
    failed_at: datetime
    starts_at: datetime | None
    arrived_at: datetime | None


class OverdueMessageRow(Struct, frozen=True):
    """Mirrors ``contract.worklist.OverdueMessage``."""

    expected: str
    due_at: datetime
    reference: str | None
    code: str | None
    starts_at: datetime | None
    via: str | None
    entry: str | None
    reason: str
    advice: str


class WorklistRow(Struct, frozen=True):
    """Mirrors ``contract.worklist.Worklist``. The service adds what is overdue."""

    items: tuple[WorkItemRow, ...]
    arrived: tuple[WorkItemRow, ...]
    next: str | None
    overdue: tuple[OverdueMessageRow, ...] = ()
    overdue_complete: bool = True
    overdue_note: str | None = None
    changes_in: float | None = None
