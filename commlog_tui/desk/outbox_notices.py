"""Notifications about the outbox (what was sent, refused, or is unsent on exit) and a log that is shorter."""

import asyncio
from typing import TYPE_CHECKING

from textual.app import App

from commlog_tui.desk.session import Session, items_in_outbox
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from commlog_tui.client.outbox import SendReport
    from commlog_tui.desk.log.screen import LogScreen


def say_sent(app: App[None], report: "SendReport") -> None:
    """Say what became of what was sent."""
    for item in report.refused:
        words = f"Refused: {safe(item.reason or '')} It is kept: o opens it."
        app.notify(words, severity="error", markup=False, timeout=20)
    quiet = {"resolution", "task", "task-change"}  # the worklist shows those
    sent = [receipt for item, receipt in report.sent if item.action not in quiet]
    if len(sent) == 1:
        app.notify(f"Recorded as no. {sent[0].seq}.", markup=False)
    elif sent:
        app.notify(f"{len(sent)} entries that waited are recorded.", markup=False)


async def kept_words(session: Session) -> str:
    """Return how many drafts, refused and unreadable items are kept, for the bar; empty for none."""
    items, unread = await asyncio.to_thread(items_in_outbox, session)
    count = sum(item.state != "waiting" for item in items) + sum(unread)
    return f"{count} kept, o opens" if count else ""


def say_shorter(app: App[None], views: "Callable[[], list[LogScreen]]", end: int) -> None:
    """Reload every view, and say why: what was read before may have gone from the log."""
    for view in views():
        view.reader.refresh()
    words = f"The log ends at no. {end} now: it was restored from a backup. Later records are not in it any more."
    app.notify(words, severity="warning", markup=False, timeout=60)


async def leave(app: App[None], session: Session | None) -> None:
    """Quit; ask first, where something is not sent yet."""
    items = await asyncio.to_thread(session.outbox.items) if session is not None else ()
    unsent = sum(item.state != "draft" for item in items)
    if unsent:
        from commlog_tui.desk.choosers.leave import LeaveScreen

        if not await app.push_screen_wait(LeaveScreen(unsent)):
            return
    app.exit()
