"""What the projections hold of an entry, as far as later changes need it."""

from dataclasses import dataclass
from typing import Final

from commlog_tui.store.postgresql.connection import Row

STATE_COLUMNS: Final = """
entry.seq, entry.sent_at, facet.via, facet.source, facet.message_kind, entry.starts_at, facet.status, facet.rank,
entry.title, entry.contact,
worklist.starts_at, worklist.sent_at, worklist.failed_at, worklist.arrived_at, worklist.resolution
"""


STATES_FROM: Final = """
FROM entry JOIN facet ON facet.location = %(location)s AND facet.no = entry.facet
LEFT JOIN worklist ON worklist.location = %(location)s AND worklist.seq = entry.seq
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
    title: int | None = None
    """Every entry has one that is not redacted."""
    contact: int | None = None
    work: WorkItem | None = None

    @property
    def is_redacted(self) -> bool:
        """Whether its personal part was removed."""
        return self.title is None

    @property
    def facet(self) -> tuple[str, str, str, str, int]:
        """What it is filtered by: channel, source, status and kind of message; and the status's rank."""
        return self.via, self.source, self.status, self.message_kind, self.rank


def read_state(row: Row) -> EntryState:
    """Return the state of a row of ``STATE_COLUMNS``."""
    state = EntryState(*row[:10])
    state.work = None if row[10] is None else WorkItem(*row[10:])
    return state
