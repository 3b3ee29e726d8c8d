"""Kinds ``task`` and ``task-change``: work that is left to do, and what became of it.

A task is a root. Where it is about an entry, it is found by a key made of the entry's id, so that
a redaction of the entry takes it along.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from commlog_tui.contract.identity import namespaced_id, task_key
from commlog_tui.contract.task import NewTask, NewTaskChange, TaskStep
from commlog_tui.records.changes import Change, MessageNamed, TaskChanged, TaskRemoved
from commlog_tui.records.errors import RedactedError, TaskDoneError, UnknownEntryError
from commlog_tui.records.instants import instant, micros, optional_instant, optional_micros
from commlog_tui.records.kind import Kind, Lookup, root_id, stated
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import TaskChangeRow, TaskCustomerRow, TaskRow

REDACTED_TASK: Final = "Redacted"
_IS_DONE: Final[dict[str, bool]] = {TaskStep.DONE: True, TaskStep.REOPENED: False}


@dataclass(frozen=True, slots=True)
class AppendTask:
    """A task to record under this id."""

    kind: ClassVar[str] = "task"
    about: ClassVar[str | None] = None

    id: str
    task: NewTask
    entry_id: str | None = None
    """Id of the entry that it is about, which may have been named by its key."""


@dataclass(frozen=True, slots=True)
class AppendTaskChange:
    """A change of a task to record under this id."""

    kind: ClassVar[str] = "task-change"

    id: str
    task_id: str
    change: NewTaskChange

    @property
    def about(self) -> str | None:
        """Id of the task."""
        return self.task_id


def task_row(thread: Thread) -> TaskRow:
    """Return a task as its changes left it."""
    root, fields = thread.root, thread.root.fields()
    changes = tuple(map(_change_row, thread.of_kind("task-change")))
    known, customer = fields or {}, (fields or {}).get("customer")
    due_at, assignee, is_done = instant(root.public.due_at), known.get("assignee"), False
    for change in changes:
        due_at = change.due_at or due_at
        assignee = change.assignee if change.change == TaskStep.GIVEN else assignee
        is_done = _IS_DONE.get(change.change, is_done)
    return TaskRow(
        id=root.public.id,
        location=root.public.location,
        seq=root.public.seq,
        words=known.get("words", REDACTED_TASK),
        due_at=due_at,
        assignee=assignee,
        to=known.get("to"),
        entry=known.get("entry"),
        reference=known.get("reference"),
        code=known.get("code"),
        customer=None if customer is None else TaskCustomerRow(customer["id"], customer.get("name")),
        state="done" if is_done else "open",
        actor=root.public.actor,
        person=root.public.person,
        recorded_at=instant(root.public.recorded_at),
        changes=changes,
        redacted=fields is None,
    )


def _change_row(record: Record) -> TaskChangeRow:
    public, personal = record.public, record.fields() or {}
    return TaskChangeRow(
        id=public.id,
        seq=public.seq,
        change=public.status,
        due_at=optional_instant(public.due_at or None),
        assignee=personal.get("assignee"),
        words=personal.get("words"),
        actor=public.actor,
        person=public.person,
        recorded_at=instant(public.recorded_at),
    )


def _split(item: AppendTask, _thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    task, entry = item.task, item.entry_id or item.task.entry
    public = {"kind": "task", "due_at": micros(task.due_at)}
    personal: dict[str, Any] = {"words": task.words} | stated(
        assignee=task.assignee, to=task.to, entry=entry, reference=task.reference, code=task.code
    )
    if task.customer is not None:
        personal["customer"] = {"id": task.customer.id} | stated(name=task.customer.name)
    return public | stated(message_key=None if entry is None else task_key(entry)), personal


def _split_change(item: AppendTaskChange, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    change = item.change
    public = {"kind": "task-change", "about": root_id(item, thread), "status": change.change.value}
    public |= stated(due_at=optional_micros(change.due_at))
    if thread is not None and thread.is_redacted:
        return public, {}
    return public, stated(assignee=change.assignee, words=change.words)


def _own_ids(item: AppendTask) -> tuple[str, ...]:
    return item.id, namespaced_id(item.id, manual=True)


def _entry_ids(item: AppendTask) -> tuple[str, ...]:
    """Return the ids that the entry may have, as it may be named by its key."""
    entry = item.task.entry
    return () if entry is None else (entry, *(namespaced_id(entry, manual=manual) for manual in (False, True)))


def _reads(item: AppendTask) -> tuple[str, ...]:
    return (*_own_ids(item), *_entry_ids(item)) if item.task.entry is not None else ()


def _find_entry(item: AppendTask, log: Lookup) -> AppendTask:
    """Return the item with the id of its entry.

    Raises:
        UnknownEntryError: there is no such entry.
        RedactedError: the entry is redacted, and the task is new.
    """
    if item.task.entry is None:
        return item
    found = [thread for one in _entry_ids(item) if (thread := log.thread(one)) and thread.root.public.kind == "entry"]
    if not found:
        raise UnknownEntryError("There is no such entry.")
    known = [thread for one in _own_ids(item) if (thread := log.thread(one)) and thread.root.public.kind == "task"]
    if found[0].is_redacted and not known:
        raise RedactedError("The entry is redacted, and a task about it would name the guest again. Nothing was added.")
    return replace(item, entry_id=found[0].root.public.id)


def _refuse_change(item: AppendTaskChange, thread: Thread) -> None:
    known = {record.public.id for record in thread.later}
    if known.intersection((item.id, namespaced_id(item.id, manual=True))):
        return  # a repeat
    if thread.is_redacted and item.change.change is not TaskStep.DONE:
        raise RedactedError("The task is redacted. Nothing was changed.")
    is_done = task_row(thread).state == "done"
    if is_done and item.change.change in {TaskStep.POSTPONED, TaskStep.GIVEN}:
        raise TaskDoneError("The task was done already. Nothing was changed; reopen it, or make another.")


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    thread = Thread(record) if thread is None else thread.with_record(record)
    key = record.public.message_key
    named = () if key is None else (MessageNamed(record.seq, key),)
    row = task_row(thread)
    if row.redacted or thread.is_redacted:
        return named
    customer = None if row.customer is None else row.customer.id
    about = row.entry, row.reference, row.code, customer
    changed = TaskChanged(row.seq, micros(row.due_at), row.state == "done", micros(row.recorded_at), *about)
    return (*named, changed)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (TaskRemoved(thread.root.seq),)


TASK: Final = Kind("task", "task", _split, reads=_reads, find_root=_find_entry, changes=_changes, redacted=_redacted)
TASK_CHANGE: Final = Kind(
    "task-change",
    "change of a task",
    _split_change,
    about=frozenset({"task"}),
    refuse=_refuse_change,
    changes=_changes,
)
