"""Postponing a task and giving it to somebody, with a line that is asked for."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import App

from commlog_tui.desk.widgets.personal import is_private
from commlog_tui.desk.work.saving import change_task, why_not_write
from commlog_tui.text.days import DayError
from commlog_tui.text.due import due_words, parse_due
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import MASK

if TYPE_CHECKING:
    from commlog_tui.contract.task import Task
    from commlog_tui.desk.session import Session

_LONGEST_NAME = 80


async def postpone(app: App[object], session: "Session", task: "Task") -> str:
    """Ask until when, and record it; return what was done, or nothing.

    Raises ``OutboxError``; then nothing was saved.
    """
    from commlog_tui.contract.base import format_instant
    from commlog_tui.desk.choosers.prompt import Prompt

    def understand(text: str) -> str:
        now = datetime.now(UTC)
        try:
            return due_words(parse_due(text, session.zone, now), session.zone, now)
        except DayError as error:
            raise ValueError(str(error)) from None

    text = await app.push_screen_wait(Prompt("Later: until when?", "in 20 min, 14:30, tomorrow 9", understand))
    if not text:
        return ""
    now = datetime.now(UTC)
    due = parse_due(text, session.zone, now)
    await change_task(session, task, "postponed", due_at=format_instant(due))
    return f"Postponed: {_words(app, task)}, {due_words(due, session.zone, now)}."


async def give(app: App[object], session: "Session", task: "Task") -> str:
    """Ask for whom, and record it; return what was done, or nothing.

    Raises ``OutboxError``; then nothing was saved.
    """
    from commlog_tui.desk.choosers.prompt import Prompt

    def understand(text: str) -> str:
        if len(text.strip()) > _LONGEST_NAME:
            raise ValueError(f"At most {_LONGEST_NAME} characters.")
        return f"For {safe(text.strip())}" if text.strip() else "For whoever is here"

    name = await app.push_screen_wait(Prompt("For whom?", "a name; empty for whoever is here", understand))
    if name is None:
        return ""
    await change_task(session, task, "given", assignee=name.strip())
    return f"{_words(app, task)}: {understand(name)}."


def _words(app: App[object], task: "Task") -> str:
    return MASK if is_private(app) else safe(task.words)


async def change_chosen(app: App[object], session: "Session", task: "Task | None", change: str) -> tuple[str, bool]:
    """Postpone the task that one is on, or give it to somebody.

    Return what to say, empty where it was left, and whether something was changed.
    """
    from commlog_tui.client.outbox import OutboxError

    if task is None:
        return "Only tasks are postponed or given to somebody.", False
    if (why := why_not_write(session, "tasks", "A task")) is not None:
        return why, False
    try:
        words = await (postpone if change == "postpone" else give)(app, session, task)
    except OutboxError as error:
        return str(error), False
    return words, bool(words)
