"""Write: new entries and corrections, by way of the outbox."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.action import NO_ENTRY, Action, View

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.desk.entry.fields import Start


def _new(view: View) -> None:
    from commlog_tui.desk.entry.fields import start_of_new

    _open(view, start_of_new(view.entry))


def _new_blank(view: View) -> None:
    from commlog_tui.desk.entry.fields import start_of_new

    _open(view, start_of_new(None))


def _may_not_add(view: View) -> str | None:
    return None if view.session.may("add-manual") else "Your token's role may not add entries."


def _correct(view: View) -> None:
    from commlog_tui.desk.entry.fields import start_of_correction

    if view.entry is not None:
        _open(view, start_of_correction(view.entry, view.session.zone))


def _may_not_correct(view: View) -> str | None:
    if view.entry is None:
        return NO_ENTRY
    if view.entry.source.value != "manual":
        return "Automated entries can't be corrected: they show what was really sent. Log a note with n."
    return None if view.session.may("correct") else "Your token's role may not correct entries; a manager's may."


def _outbox(view: View) -> None:
    view.start(partial(_choose_kept, view), "kept")


async def _choose_kept(view: View) -> None:
    """Show drafts, refused entries and what waits; open one."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.desk.entry.fields import start_of_outbox_item
    from commlog_tui.desk.entry.outbox_screen import OutboxScreen
    from commlog_tui.desk.session import items_in_outbox

    session = view.session
    items, unread = await asyncio.to_thread(items_in_outbox, session)
    if not items and not any(unread):
        view.app.notify("Nothing is kept in the outbox: all was sent.", markup=False)
        return
    screen = OutboxScreen(session.outbox, items, unread, session.zone)
    key = await view.app.push_screen_wait(screen)
    view.desk.count_kept()
    session.sender.wake()  # an item may have been released
    item = next((one for one in items if one.key == key), None)
    if item is None:
        return
    if item.action not in {"entry", "correction"}:
        from commlog_tui.desk.commands.mending import mend

        await mend(view, item)
        return
    corrects: Entry | None = None
    if item.entry_id is not None:
        try:
            corrects = (await session.client.detail(session.location, item.entry_id)).entry
        except ClientError as error:
            view.app.notify(f"{error} The correction stays kept.", severity="warning", markup=False)
            return
    _open(view, start_of_outbox_item(item, corrects, session.zone))


def _open(view: View, start: "Start") -> None:
    from commlog_tui.desk.entry.form import EntryForm

    view.app.push_screen(EntryForm(view.session, start), partial(_form_closed, view))


def _form_closed(view: View, key: str | None) -> None:
    if key is not None:
        view.reader.await_written(key)
        view.session.written.add(key)
        view.session.sender.wake()
    view.desk.count_kept()


_GROUP: Final = "Write"
_ABOUT: Final = "Log a call, a conversation or a message, about whom you are on"
NEW: Final = Action("new_entry", "n", "New", _ABOUT, _GROUP, _new, _may_not_add, writes=True)
NEW_BLANK: Final = Action(
    "new_blank", "N", "New, empty", "Log one with somebody else", _GROUP, _new_blank, _may_not_add, writes=True
)
CORRECT: Final = Action(
    "correct", "e", "Correct", "Correct the manual entry you are on", _GROUP, _correct, _may_not_correct, writes=True
)
OUTBOX: Final = Action("kept", "o", "Outbox", "Drafts, refused entries and what waits to be sent", _GROUP, _outbox)
