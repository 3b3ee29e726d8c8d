"""What every store can do about tasks and handovers, see ``protocol``."""

from typing import Protocol

from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.task import TaskQuery
from commlog_tui.records.rows import HandoverRow, TaskRow
from commlog_tui.store.rows import HandoversRow, TasksRow


class Work(Protocol):
    """Work that is left to do, and shifts that were handed over."""

    async def tasks(self, location: str, query: TaskQuery) -> TasksRow:
        """Return a page of tasks: open ones soonest due first, done ones latest first. Raises ``CursorError``."""
        ...

    async def task(self, location: str, task_id: str) -> TaskRow:
        """Return a task as its changes left it. Raises ``UnknownEntryError``."""
        ...

    async def handovers(self, location: str, query: ListQuery) -> HandoversRow:
        """Return a page of handovers, newest record first. Raises ``CursorError``."""
        ...

    async def handover(self, location: str, handover_id: str) -> HandoverRow:
        """Return a handover with who took it over. Raises ``UnknownEntryError``."""
        ...
