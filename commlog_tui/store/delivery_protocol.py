"""What every store can do about delivery, see ``protocol``."""

from typing import Protocol

from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.store.rows import ResolutionsRow, RunsRow, UnmatchedEventsRow


class Delivery(Protocol):
    """Lists about delivery: events without an entry, workflow runs, resolutions."""

    async def unmatched_events(self, location: str, query: ListQuery) -> UnmatchedEventsRow:
        """Return a page of the events about messages that no entry names. Raises ``CursorError``."""
        ...

    async def runs(self, location: str, query: RunQuery) -> RunsRow:
        """Return a page of workflow runs. Raises ``CursorError``."""
        ...

    async def resolutions(self, location: str, query: ResolutionQuery) -> ResolutionsRow:
        """Return a page of resolutions. Raises ``CursorError``."""
        ...
