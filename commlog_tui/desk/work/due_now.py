"""Says in the bar how many tasks are due, when one becomes due and not before."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from textual.app import App

from commlog_tui.desk.session import Session
from commlog_tui.desk.widgets.personal import is_private
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import MASK

if TYPE_CHECKING:
    from commlog_tui.contract.task import Task

_AGAIN_SECONDS: Final = 30.0
"""How soon to ask again where the service did not answer."""
_LONGEST_SECONDS: Final = 3600.0
"""Clocks are set, and machines sleep."""


async def watch_due(app: App[None], session: Session, note: Callable[[str], None], signal: str) -> None:
    """Note how many tasks are due. ``signal`` is ``bell`` or ``flash`` for those that become due meanwhile."""
    from commlog_tui.client.errors import ClientError, NotSupportedError

    tasks, known, shown = session.tasks, set[str](), ""
    is_first = True
    while True:
        retry = None
        try:
            await session.load_tasks()
        except NotSupportedError:
            return
        except ClientError:
            retry = _AGAIN_SECONDS
        while not tasks.news.is_set():
            now = datetime.now(UTC)
            due = tasks.due(now)
            if (words := due_count(len(due))) != shown:
                shown = words
                note(words)
            fresh = [task for task in due if task.id not in known]
            if fresh and not is_first:
                _signal(app, fresh, signal)
            known, is_first = {task.id for task in due}, False
            seconds = _seconds(tasks.next_due(now), now)
            if retry is not None:
                seconds = min(retry, seconds or retry)
            with suppress(TimeoutError):
                await asyncio.wait_for(tasks.news.wait(), seconds)
            if retry is not None:
                break


def due_count(count: int) -> str:
    """Return what the bar says of so many due tasks."""
    return f"{count} due, w" if count else ""


def _seconds(until: datetime | None, now: datetime) -> float | None:
    if until is None:
        return None
    return min((until - now) / timedelta(seconds=1) + 0.01, _LONGEST_SECONDS)


def _signal(app: App[None], tasks: "list[Task]", signal: str) -> None:
    if signal == "bell":
        app.bell()
    elif signal == "flash":
        words = ", ".join(MASK if is_private(app) else safe(task.words) for task in tasks[:3])
        app.notify(f"Due now: {words}. w shows it.", severity="warning", markup=False)
