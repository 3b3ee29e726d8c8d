"""What the projections hold of an entry, as far as later changes need it."""

from dataclasses import dataclass
from typing import Final

from commlog_tui.store.postgresql.connection import Row

STATE_COLUMNS: Final = """
entry.seq, entry.sent_at, entry.via, entry.message_kind, entry.starts_at, entry.status, entry.rank, entry.is_redacted,
worklist.starts_at, worklist.sent_at, worklist.failed_at, worklist.arrived_at, worklist.resolution
"""


@dataclass(slots=True)
class WorkItem:
    """A row of the worklist."""

    starts_at: int
    sent_at: int
    failed_at: int
    arrived_at: int | None = None
    resolution: int | None = None


@dataclass(slots=True)
class EntryState:
    """An entry as it is counted and listed."""

    seq: int
    sent_at: int
    via: str
    message_kind: str
    starts_at: int | None
    status: str
    rank: int
    is_redacted: bool
    work: WorkItem | None = None


def read_state(row: Row) -> EntryState:
    """Return the state of a row of ``STATE_COLUMNS``."""
    state = EntryState(*row[:8])
    state.work = None if row[8] is None else WorkItem(*row[8:])
    return state
