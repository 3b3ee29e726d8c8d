"""Notifications about the outbox (what was sent, refused, or is unsent on exit) and a log that is shorter."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

from textual.app import App

from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from commlog_tui.client.outbox import SendReport
    from commlog_tui.contract.entry import Receipt
    from commlog_tui.desk.log.screen import LogScreen
    from commlog_tui.desk.session import Session


_NOUNS: Final = {
    "entry": ("entry", "entries"),
    "correction": ("correction", "corrections"),
    "event": ("delivery event", "delivery events"),
    "handover": ("handover", "handovers"),
    "handover-taken": ("handover taken over", "handovers taken over"),
    "contact": ("address", "addresses"),
    "customer": ("new guest", "new guests"),
    "merge": ("merge of guests", "merges of guests"),
    "preference": ("wish", "wishes"),
    "call-off": ("message called off", "messages called off"),
    "resend": ("message to be sent again", "messages to be sent again"),
}
"""What the actions of the outbox are called, one and several."""


def say_sent(app: App[None], report: "SendReport") -> None:
    """Say what became of what was sent."""
    from commlog_tui.client.held_back import is_held_back

    for item in report.refused:
        what = "Held back" if is_held_back(item) else "Refused"
        words = f"{what}: {safe(item.reason or '')} It is kept: o opens it."
        app.notify(words, severity="error", markup=False, timeout=20)
    quiet = {"resolution", "task", "task-change"}  # the worklist shows those
    sent = [receipt for item, receipt in report.sent if item.action not in quiet]
    if words := recorded_words([item.action for item, _ in report.sent if item.action not in quiet], sent):
        app.notify(words, markup=False)


def recorded_words(actions: "Sequence[str]", receipts: "Sequence[Receipt]") -> str:
    """Return what was recorded, in words; empty for nothing."""
    if len(receipts) == 1:
        sends = " It is sent from there; the message it repeats says how far it is." if "resend" in actions else ""
        return f"Recorded as no. {receipts[0].seq}.{sends}"
    counts = Counter(_NOUNS.get(action, ("item", "items")) for action in actions)
    found = [f"{count} {one if count == 1 else more}" for (one, more), count in counts.items()]
    return f"Recorded: {', '.join(found)}." if found else ""


async def kept_words(session: "Session") -> str:
    """Return how many drafts, refused and unreadable items are kept, for the bar; empty for none."""
    from commlog_tui.desk.session import items_in_outbox

    items, unread = await asyncio.to_thread(items_in_outbox, session)
    count = sum(item.state != "waiting" for item in items) + sum(unread)
    return f"{count} kept, o opens" if count else ""


def say_shorter(app: App[None], views: "Callable[[], list[LogScreen]]", end: int) -> None:
    """Reload every view, and say why: what was read before may have gone from the log."""
    for view in views():
        view.reader.refresh()
    words = f"The log ends at no. {end} now: it was restored from a backup. Later records are not in it any more."
    app.notify(words, severity="warning", markup=False, timeout=60)


async def leave(app: App[None], session: "Session | None") -> None:
    """Quit; ask first, where something is not sent yet."""
    items = await asyncio.to_thread(session.outbox.items) if session is not None else ()
    unsent = sum(item.state != "draft" for item in items)
    if unsent:
        from commlog_tui.desk.choosers.leave import LeaveScreen

        if not await app.push_screen_wait(LeaveScreen(unsent)):
            return
    app.exit()
