"""Rules of the worklist: which statuses mean trouble, and for how long an entry is listed."""

from datetime import datetime, timedelta
from typing import Final

from commlog_tui.contract.delivery import Status
from commlog_tui.records.instants import instant
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.rows import WorkItemRow

TROUBLE: Final = frozenset({Status.DEFERRED, Status.REJECTED, Status.FAILED, Status.BOUNCED, Status.COMPLAINED})
"""Statuses of messages that have not arrived, or were not welcome.

What its sender skipped or canceled is none of them: that was decided, and has its reason.
"""
NO_START: Final = 1 << 62
"""Stands for the start of a booking that is not known: after all that are."""
DEFERRED_LONG: Final = timedelta(hours=4)
"""How long a provider may try again before that is trouble."""
SENT_BEFORE: Final = timedelta(days=2)
"""How long before a message is first deferred it was sent at most, for the time of the next change."""
BEGUN: Final = timedelta(days=30)
"""How long ago a booking may have begun, or where that is not known, a message have been sent."""
BY_ITSELF: Final = timedelta(days=1)
"""How long what was delivered after all is still listed as that."""
REPLACED: Final = timedelta(days=3)
"""How long ago a message may have failed that a later one has just replaced."""


def seconds_until(failed_at: int | None, since: datetime) -> float | None:
    """Return how long after ``since`` something was deferred, in microseconds, which now waits so long to be listed."""
    return None if failed_at is None else (instant(failed_at) - since).total_seconds()


def item_row(starts_at: int, failed_at: int, arrived_at: int | None, entry: EntryRow) -> WorkItemRow:
    """Return an entry of the worklist; instants in microseconds."""
    return WorkItemRow(
        entry=entry,
        failed_at=instant(failed_at),
        starts_at=None if starts_at == NO_START else instant(starts_at),
        arrived_at=None if arrived_at is None else instant(arrived_at),
    )
