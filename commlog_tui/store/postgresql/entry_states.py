"""What the projections hold of an entry, as far as later changes need it."""

from dataclasses import dataclass
from typing import Final

from commlog_tui.store.postgresql.connection import Row

STATE_COLUMNS: Final = """
entry.seq, entry.sent_at, entry.via, entry.source, entry.message_kind, entry.starts_at,
entry.status, entry.rank, entry.is_redacted,
entry.title, entry.address,
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
    source: str
    message_kind: str
    starts_at: int | None
    status: str
    rank: int
    is_redacted: bool
    title: int | None = None
    address: str | None = None
    work: WorkItem | None = None

    @property
    def facet(self) -> tuple[str, str, str, str]:
        """What it is filtered by: channel, source, status and kind of message."""
        return self.via, self.source, self.status, self.message_kind


def read_state(row: Row) -> EntryState:
    """Return the state of a row of ``STATE_COLUMNS``."""
    state = EntryState(*row[:11])
    state.work = None if row[11] is None else WorkItem(*row[11:])
    return state
