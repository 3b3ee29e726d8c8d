"""Tasks, and what did not arrive or is overdue, as the worklist shows it; ticking off goes by way of the outbox."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from commlog_tui.desk.reader.details import DetailCache
from commlog_tui.desk.work.saving import change_task, why_not_write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from commlog_tui.contract.entry import Entry, EntryDetail
    from commlog_tui.contract.task import Task
    from commlog_tui.contract.worklist import OverdueMessage, WorkItem
    from commlog_tui.desk.session import Session

_MOST_PAGES: Final = 4
_MOST_DETAILS: Final = 50
"""Items whose reason is asked for in advance."""
_LONGEST_NOTE: Final = 500
RESOLUTIONS: Final = "resolutions"
OpenBooking: TypeAlias = "Callable[[Entry | OverdueMessage | Task], str | None]"
"""Shows a booking, or returns why there is none."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """A message that did not arrive, one that is overdue, or a task."""

    entry: "Entry | None" = None
    overdue: "OverdueMessage | None" = None
    starts_at: datetime | None = None
    task: "Task | None" = None

    @property
    def id(self) -> str:
        """What tells it from others: its task, its entry, or booking and kind."""
        if self.task is not None:
            return self.task.id
        return self.entry.id if self.entry is not None else _expected_id(self.content)

    @property
    def content(self) -> dict[str, str]:
        """What ticks it off, as a resolution names it."""
        if self.entry is not None:
            return {"entry": self.entry.id}
        named = {"reference": self.overdue.reference, "code": self.overdue.code} if self.overdue is not None else {}
        expected = {} if self.overdue is None else {"expected": self.overdue.expected}
        return {name: value for name, value in named.items() if value} | expected

    @property
    def to(self) -> str:
        """The address or number that it is about; empty if there is none."""
        return (self.entry.to if self.entry is not None else self.task.to if self.task is not None else "") or ""

    @property
    def booking(self) -> "Entry | OverdueMessage | Task | None":
        """What names its booking."""
        return self.entry or self.overdue or self.task


def _expected_id(content: dict[str, Any]) -> str:
    return f"{content.get('expected')} {content.get('reference') or content.get('code')}"


def _to_do(
    items: "list[WorkItem]", overdue: "Sequence[OverdueMessage]", tasks: "Sequence[Task]", now: datetime
) -> tuple[ToDo, ...]:
    """Return all as one list: tasks that are due, messages by soonest booking, tasks that are due later."""
    found = [ToDo(overdue=one, starts_at=one.starts_at) for one in overdue]
    found += [ToDo(entry=item.entry, starts_at=item.starts_at) for item in items]
    due = [ToDo(task=task) for task in tasks if task.due_at <= now]
    later = [ToDo(task=task) for task in tasks if task.due_at > now]
    return (*due, *sorted(found, key=_order), *later)


def _order(item: ToDo) -> tuple[bool, float]:
    """Return the order of the worklist: those without a start at the end, newest first."""
    if item.starts_at is not None:
        return False, item.starts_at.timestamp()
    at = [item.entry.sent_at] if item.entry is not None else []
    at += [item.overdue.due_at] if item.overdue is not None else []
    return True, -min(at).timestamp()


@dataclass(frozen=True, slots=True)
class Work:
    """The worklist as it was answered last."""

    items: tuple[ToDo, ...] = ()
    arrived: "tuple[WorkItem, ...]" = ()
    """What was delivered after all, and so ticked off by itself."""
    has_more: bool = False
    note: str | None = None
    """What is missing of what is overdue, in words."""
    changes_at: float | None = field(default=None, compare=False)
    """When the list grows without another record, by ``time.time``."""


class Worklist:
    """Reads the worklist and ticks off what was dealt with."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self.work = Work()
        self.ticked: set[str] = set()
        """Ids of items that were ticked off here and may still be listed by the service."""
        self.details = DetailCache(self._ask_detail)

    async def _ask_detail(self, entry_id: str) -> "EntryDetail":
        return await self._session.client.detail(self._session.location, entry_id)

    async def load(self) -> None:
        """Ask for the worklist. Raises ``ClientError``."""
        from commlog_tui.client.errors import ClientError

        client, location, tasks = self._session.client, self._session.location, self._session.tasks
        with suppress(ClientError):  # those that are known are shown
            await self._session.load_tasks()
        try:
            page = await client.worklist(location)
        except ClientError as error:
            if self.work.items or not tasks.tasks:
                raise
            self.work = Work(_to_do([], (), tasks.tasks, datetime.now(UTC)), note=f"{error} Only tasks are shown.")
            return
        first, items = page, [*page.items]
        for _ in range(_MOST_PAGES - 1):
            if page.next is None:
                break
            page = await client.worklist(location, cursor=page.next)
            items += page.items
        waiting = await asyncio.to_thread(self._waiting)
        found = _to_do(items, first.overdue, tasks.tasks, datetime.now(UTC))
        self.ticked = waiting | self.ticked.intersection(item.id for item in found)
        changes_at = None if first.changes_in is None else time.time() + first.changes_in
        self.work = Work(found, first.arrived, page.next is not None, first.overdue_note, changes_at)

    def _waiting(self) -> set[str]:
        """Return the ids of items whose tick waits in the outbox to be sent."""
        waiting = [one for one in self._session.outbox.items() if (one.action, one.state) == ("resolution", "waiting")]
        return {one.entry_id or _expected_id(one.content) for one in waiting}

    def next_wanted(self, row: int) -> "Entry | None":
        """Return the next entry to ask for its events: around a row, then the first ones of the list."""
        entries = [item.entry for item in self.work.items if item.entry is not None]
        before = sum(item.entry is not None for item in self.work.items[:row])
        near = self.details.next_wanted(entries, before)
        return near or next((one for one in entries[:_MOST_DETAILS] if self.details.get(one) is None), None)

    @property
    def count(self) -> int:
        """How many are to be dealt with."""
        return sum(item.id not in self.ticked for item in self.work.items)

    async def tick(self, item: ToDo, note: str = "") -> None:
        """Record that somebody dealt with an item.

        Raises ``OutboxError``; then nothing was saved.
        """
        if item.task is not None:
            await change_task(self._session, item.task, "done", words=note)
        else:
            await tick(self._session, item.content, note)
        self.ticked.add(item.id)

    def why_not_tick(self, item: ToDo) -> str | None:
        """Return why an item cannot be ticked off, as a sentence."""
        return why_not_tick(self._session) if item.task is None else why_not_write(self._session, "tasks", "A task")


def why_not_tick(session: "Session") -> str | None:
    """Return why nothing can be ticked off, as a sentence."""
    if RESOLUTIONS not in {known.value for known in session.me.capabilities}:
        return "This service cannot record that something was dealt with. Log a note with n instead."
    return None if session.may("add-manual") else "Your token's role may not tick anything off."


async def tick(session: "Session", what: "Mapping[str, str]", note: str = "") -> None:
    """Save a resolution in the outbox, from where it is sent at once.

    Raises ``OutboxError``; then nothing was saved.

    Args:
        session: the session whose outbox and location it is for.
        what: the entry, or the booking and the kind of message that was expected.
        note: why, in a few words.
    """
    from commlog_tui.client.outbox_item import OutboxItem

    content = {**what, "note": note} if note else dict(what)
    item = OutboxItem(location=session.location, action="resolution", entry_id=what.get("entry"), content=content)
    await asyncio.to_thread(session.outbox.save, session.signed(item))
    session.sender.wake()


def understand_note(text: str) -> str:
    """Accept a note. Raises ``ValueError`` for one that is too long."""
    if len(text.strip()) > _LONGEST_NOTE:
        raise ValueError(f"At most {_LONGEST_NOTE} characters.")
    return ""
