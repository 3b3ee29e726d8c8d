"""The open tasks that the desk knows: those of the log, as changed by what waits in the outbox."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.outbox import Outbox
    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.contract.page import FeedItem
    from commlog_tui.contract.task import Task

_MOST_PAGES: Final = 4
_AT_ONCE: Final = 200
_OF_TASKS: Final = frozenset({"task", "task-change", "redaction"})


class OpenTasks:
    """Open tasks, soonest due first. ``news`` is set when they are to be read again."""

    def __init__(self) -> None:
        self.tasks: tuple[Task, ...] = ()
        self.news = asyncio.Event()
        self._recorded: tuple[Task, ...] = ()

    async def load(self, client: "LogClient", outbox: "Outbox", location: str, actor: str) -> None:
        """Read the open tasks. Without an answer, those known are left, with what waits in the outbox.

        Raises ``ClientError``.
        """
        from commlog_tui.client.errors import ClientError

        self.news.clear()
        try:
            self._recorded = await _recorded(client, location)
        except ClientError:
            await self._apply(outbox, location, actor)
            raise
        await self._apply(outbox, location, actor)

    async def _apply(self, outbox: "Outbox", location: str, actor: str) -> None:
        """Apply what waits in the outbox."""
        items = await asyncio.to_thread(outbox.items)
        mine = [item for item in items if item.location == location and item.state == "waiting"]
        self.tasks = with_waiting(self._recorded, mine, actor)

    def due(self, now: datetime) -> "tuple[Task, ...]":
        """Return those that are due."""
        return tuple(task for task in self.tasks if task.due_at <= now)

    def next_due(self, now: datetime) -> datetime | None:
        """Return when another one will be due."""
        return next((task.due_at for task in self.tasks if task.due_at > now), None)

    def record(self, item: "FeedItem") -> None:
        """Take note of a record of the feed."""
        if item.kind in _OF_TASKS:
            self.news.set()


async def _recorded(client: "LogClient", location: str) -> "tuple[Task, ...]":
    from commlog_tui.contract.task import TaskQuery

    query = TaskQuery(limit=_AT_ONCE)
    found: list[Task] = []
    for _ in range(_MOST_PAGES):
        page = await client.todo.tasks(location, query)
        found += page.tasks
        if page.next is None:
            break
        query = query.model_copy(update={"cursor": page.next})
    return tuple(found)


def with_waiting(tasks: "Iterable[Task]", items: "Sequence[OutboxItem]", actor: str) -> "tuple[Task, ...]":
    """Return open tasks as they will be once what waits is sent, soonest due first."""
    from commlog_tui.contract.identity import id_of_key

    found = {task.id: task for task in tasks}
    for item in items:
        task_id = id_of_key(item.key)
        if item.action == "task" and task_id not in found and (task := _task_of(item, task_id, actor)) is not None:
            found[task_id] = task
    for item in items:
        if item.action == "task-change" and (changed := found.get(item.entry_id or "")) is not None:
            found[changed.id] = changed.model_copy(update=_update(item.content))
    return tuple(
        sorted((task for task in found.values() if task.state == "open"), key=lambda one: (one.due_at, one.seq))
    )


def _task_of(item: "OutboxItem", task_id: str, actor: str) -> "Task | None":
    from pydantic import ValidationError

    from commlog_tui.contract.task import Task

    known = {"id": task_id, "location": item.location, "seq": 0, "state": "open", "actor": actor}
    try:
        return Task.model_validate(item.content | known | {"recorded_at": item.saved_at, "person": item.person})
    except ValidationError:
        return None  # what is wrong with it is said when it is sent


def _update(change: dict[str, Any]) -> dict[str, Any]:
    from commlog_tui.contract.base import parse_instant
    from commlog_tui.contract.task import TaskState

    match change.get("change"):
        case "done":
            return {"state": TaskState.DONE}
        case "postponed":
            return {"due_at": parse_instant(change.get("due_at"))}
        case "given":
            return {"assignee": change.get("assignee")}
    return {}
