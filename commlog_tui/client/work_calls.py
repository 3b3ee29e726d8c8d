"""Calls about tasks and shift handovers, see ``log_client.LogClient.todo``."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from pydantic import BaseModel

from commlog_tui.client.transport import Transport
from commlog_tui.client.wire import at, its_own, params, read, to_json
from commlog_tui.contract.entry import NewRedaction, Receipt, RedactionReceipt
from commlog_tui.contract.handover import Handover, Handovers, NewHandover, NewTaking
from commlog_tui.contract.location import Capability
from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.task import NewTask, NewTaskChange, Task, TaskQuery, Tasks

Require: TypeAlias = Callable[[Capability, str], Awaitable[None]]


class WorkCalls:
    """Reads and writes tasks and handovers. Every method raises ``ClientError``."""

    def __init__(self, transport: Transport, require: Require) -> None:
        self._transport = transport
        self._require = require

    async def add_task(self, location: str, key: str, task: NewTask) -> Receipt:
        """Record a task under a key. Repeating it is safe and returns the same receipt."""
        await self._require(Capability.TASKS, "Write an entry about it")
        return await self._record(location, ("tasks",), task, key)

    async def change_task(self, location: str, task_id: str, key: str, change: NewTaskChange) -> Receipt:
        """Record what became of a task."""
        await self._require(Capability.TASKS, "Write an entry about it")
        return await self._record(location, ("tasks", task_id, "changes"), change, key)

    async def tasks(self, location: str, query: TaskQuery | None = None) -> Tasks:
        """Return a page of tasks, by default of open ones, soonest due first."""
        await self._require(Capability.TASKS, "No tasks are recorded there")
        return read(await self._transport.get(at(location, "tasks"), params(query or TaskQuery())), Tasks)

    async def task(self, location: str, task_id: str) -> Task:
        """Return a task with its changes."""
        await self._require(Capability.TASKS, "No tasks are recorded there")
        return read(await self._transport.get(at(location, "tasks", task_id)), Task)

    async def redact_task(self, location: str, task_id: str, key: str, redaction: NewRedaction) -> RedactionReceipt:
        """Remove the words of a task for good."""
        path = at(location, "tasks", task_id, "redaction")
        return its_own(read(await self._transport.post(path, to_json(redaction), key), RedactionReceipt), location, key)

    async def sign_handover(self, location: str, key: str, handover: NewHandover) -> Receipt:
        """Record that a shift was signed off."""
        await self._require(Capability.HANDOVERS, "Write an entry about it")
        return await self._record(location, ("handovers",), handover, key)

    async def take_handover(self, location: str, handover_id: str, key: str, taking: NewTaking) -> Receipt:
        """Record that somebody takes a handover over."""
        await self._require(Capability.HANDOVERS, "Write an entry about it")
        return await self._record(location, ("handovers", handover_id, "takings"), taking, key)

    async def handovers(self, location: str, query: ListQuery | None = None) -> Handovers:
        """Return a page of handovers, newest first."""
        await self._require(Capability.HANDOVERS, "No handovers are recorded there")
        return read(await self._transport.get(at(location, "handovers"), params(query or ListQuery())), Handovers)

    async def handover(self, location: str, handover_id: str) -> Handover:
        """Return a handover with who took it over."""
        await self._require(Capability.HANDOVERS, "No handovers are recorded there")
        return read(await self._transport.get(at(location, "handovers", handover_id)), Handover)

    async def _record(self, location: str, parts: tuple[str, ...], model: BaseModel, key: str) -> Receipt:
        raw = await self._transport.post(at(location, *parts), to_json(model), key)
        return its_own(read(raw, Receipt), location, key)
