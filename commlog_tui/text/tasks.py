"""Tasks in words: a row, and the lines of what is known of one."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commlog_tui.text.authors import author
from commlog_tui.text.details import Line
from commlog_tui.text.hygiene import safe
from commlog_tui.text.lines import field_lines, wrapped
from commlog_tui.text.moments import ago, brief_moment, local
from commlog_tui.text.privacy import MASK, mask

if TYPE_CHECKING:
    from commlog_tui.contract.task import Task, TaskChange


def masked_task(task: "Task") -> "Task":
    """Return a task as it may be seen by anybody: its words may name a guest."""
    customer = task.customer and task.customer.model_copy(update={"name": MASK})
    changes = tuple(one.model_copy(update={"words": MASK if one.words else None}) for one in task.changes)
    shown = {"words": MASK, "to": mask(task.to or "") or None, "customer": customer, "changes": changes}
    return task.model_copy(update=shown)


def task_row(task: "Task", zone: ZoneInfo) -> str:
    """Return a task on one line: ``due 3 Nov 14:30  Ring back  ·  Zoë Quay  ·  for Sam``."""
    who = (task.customer.name or task.customer.id) if task.customer is not None else ""
    for_whom = f"for {task.assignee}" if task.assignee else ""
    parts = (task.words, who, task.to or "", for_whom)
    when = f"due {brief_moment(task.due_at, zone)}"
    return f"{when:19}  {'  ·  '.join(safe(part) for part in parts if part)}"


def task_lines(task: "Task", zone: ZoneInfo, now: datetime, width: int) -> Iterator[Line]:
    """Yield all that is known of a task."""
    yield from wrapped(safe(task.words), width, "title")
    yield from field_lines("Due", f"{local(task.due_at, zone)}, {ago(task.due_at, now)}", width)
    yield from field_lines("For", safe(task.assignee or "whoever is here"), width)
    if task.customer is not None:
        yield from field_lines("Guest", safe(task.customer.name or task.customer.id), width)
    if task.to:
        yield from field_lines("To", safe(task.to), width)
    if task.code or task.reference:
        yield from field_lines("Booking", safe(task.code or task.reference or ""), width)
    by = f"{author(task)}, {local(task.recorded_at, zone)}" if task.seq else "on this desk; it waits to be sent"
    yield from field_lines("Made", by, width)
    for change in task.changes:
        yield from field_lines("Then", change_words(change, zone), width)


def change_words(change: "TaskChange", zone: ZoneInfo) -> str:
    """Return what became of a task, in words: ``postponed to 3 Nov 15:00: no answer (Desk, 3 Nov 14:31)``."""
    until = f" to {brief_moment(change.due_at, zone)}" if change.due_at is not None else ""
    whom = f" to {safe(change.assignee or 'whoever is here')}" if change.change.value == "given" else ""
    words = f": {safe(change.words)}" if change.words else ""
    by = f"{safe(change.actor)}, {brief_moment(change.recorded_at, zone)}"
    return f"{safe(change.change.value)}{until}{whom}{words} ({by})"
