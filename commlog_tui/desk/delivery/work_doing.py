"""What can be done about an item of the worklist beside ticking it off."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from commlog_tui.desk.delivery.work import ToDo
from commlog_tui.desk.outside import copied
from commlog_tui.text.hygiene import without_invisible

if TYPE_CHECKING:
    from textual.app import App

    from commlog_tui.desk.session import Session


def copy_address(app: "App[Any]", item: ToDo) -> str:
    """Copy the address or number really used, and return what to say of it."""
    import os

    if item.to:
        app.copy_to_clipboard(without_invisible(item.to))
        return copied("The address", os.environ)
    return "No address: nothing was sent. Enter shows the booking." if item.overdue is not None else ""


def open_resend(app: "App[Any]", session: "Session", item: ToDo | None, say: Callable[[str], None]) -> None:
    """Ask to whom and why, and send the item's message again. ``say`` gets what was done, or why nothing can be."""
    from commlog_tui.desk.work.resend_form import ResendForm
    from commlog_tui.desk.work.saving import why_not_write
    from commlog_tui.text.resends import why_not_entry

    def made(words: str | None) -> None:
        if words is not None:
            say(words)

    if item is None or item.entry is None:
        say("This is no message that could be sent again.")
    elif why := why_not_entry(item.entry) or why_not_write(session, "resends", "That a message is sent again"):
        say(why)
    else:
        app.push_screen(ResendForm(session, item.entry), made)
