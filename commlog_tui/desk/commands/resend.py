"""Sending messages again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.action import NO_ENTRY, Action, View

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry


def send_again(view: View, entries: Sequence["Entry"]) -> None:
    """Ask to whom and why, and send again: one message in a small form, several in a list."""
    from commlog_tui.desk.work.resend_form import ResendForm
    from commlog_tui.desk.work.resend_several import ResendSeveral

    def made(words: str | None) -> None:
        if words is not None:
            view.selection.clear()
            view.app.notify(words, markup=False)
            view.desk.count_kept()

    session = view.session
    if len(entries) == 1:
        view.app.push_screen(ResendForm(session, entries[0]), made)
    elif entries:
        view.app.push_screen(ResendSeveral(session, entries), made)


def why_not_send(view: View) -> str | None:
    """Return why nothing can be sent again here, as a sentence."""
    from commlog_tui.desk.work.saving import why_not_write

    return why_not_write(view.session, "resends", "That a message is sent again")


def _run(view: View) -> None:
    send_again(view, view.selected)


def _why_not(view: View) -> str | None:
    from commlog_tui.text.resends import why_not_entry

    first, *others = view.selected or (None,)
    if first is None:
        return NO_ENTRY
    return ("" if others else why_not_entry(first)) or why_not_send(view)


_HELP: Final = (
    "Send the message again, or the selected ones, to the same or another address; or record that it was sent"
)
RESEND: Final = Action("send_again", "A", "Again", _HELP, "Work", _run, _why_not, writes=True)
