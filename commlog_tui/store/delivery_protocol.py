"""What every store can do about delivery, see ``protocol``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.store.rows import ResolutionsRow, RunsRow, StatisticsRow, UnmatchedEventsRow, WorklistRow

Period = tuple[datetime, datetime]


class Delivery(Protocol):
    """What is known of delivery: events without an entry, webhooks, runs, resolutions, a worklist, statistics."""

    async def unmatched_events(self, location: str, query: ListQuery) -> UnmatchedEventsRow:
        """Return a page of the events about messages that no entry names. Raises ``CursorError``."""
        ...

    async def reported_hours(self, location: str, reporter: str, span: timedelta) -> Sequence[Period]:
        """Return the first and last report of a webhook in each hour of UTC that has any, in order.

        As far back as a span before its last report.
        """
        ...

    async def runs(self, location: str, query: RunQuery) -> RunsRow:
        """Return a page of workflow runs. Raises ``CursorError``."""
        ...

    async def resolutions(self, location: str, query: ResolutionQuery) -> ResolutionsRow:
        """Return a page of resolutions. Raises ``CursorError``."""
        ...

    async def statistics(self, location: str, query: StatisticsQuery) -> StatisticsRow:
        """Return the counters of entries by time, channel, kind of message and status."""
        ...

    async def worklist(self, location: str, query: WorklistQuery, now: datetime) -> WorklistRow:
        """Return messages that did not arrive and were not dealt with, soonest booking first.

        Raises ``CursorError``.
        """
        ...
