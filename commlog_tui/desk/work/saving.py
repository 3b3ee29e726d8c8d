"""What the desk writes about tasks and handovers, by way of the outbox."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.contract.task import Task
    from commlog_tui.desk.session import Session


def why_not_write(session: "Session", capability: str, what: str) -> str | None:
    """Return why nothing of the sort can be written, as a sentence; ``what`` names it at its beginning."""
    if capability not in {known.value for known in session.me.capabilities}:
        return f"{what} cannot be recorded by this service. Log a note with n instead."
    return None if session.may("add-manual") else f"{what} cannot be recorded with your token's role."


async def save(
    session: "Session",
    action: str,
    content: Mapping[str, Any],
    about: str | None = None,
    key: str | None = None,
    *,
    replaces: "OutboxItem | None" = None,
) -> str:
    """Save an item in the outbox, from where it is sent at once, and return its key.

    A refused item that it ``replaces`` is discarded afterwards. Raises ``OutboxError``; then nothing
    was saved.
    """
    from commlog_tui.client.outbox_item import OutboxItem

    fields = {"location": session.location, "action": action, "entry_id": about, "content": dict(content)}
    fields |= {} if key is None else {"key": key}
    item = session.signed(OutboxItem.model_validate(fields))
    await asyncio.to_thread(session.outbox.save, item)
    if replaces is not None:
        await asyncio.to_thread(session.outbox.discard, replaces.key)
    session.written.add(item.key)
    session.tasks.news.set()
    session.sender.wake()
    return item.key


async def change_task(session: "Session", task: "Task", change: str, **fields: Any) -> None:  # noqa: ANN401 - of the change
    """Record what became of a task. Raises ``OutboxError``; then nothing was saved."""
    content = {"change": change} | {name: value for name, value in fields.items() if value}
    await save(session, "task-change", content, task.id)
