"""Delivery: what to say of a message, what did not arrive, and how many did."""

import os
from typing import Final

from commlog_tui.desk.action import Action, View, needs_entry
from commlog_tui.desk.outside import copied
from commlog_tui.text.privacy import masked_detail


def _say(view: View) -> None:
    view.start(_copy_and_show(view), "copy")


async def _copy_and_show(view: View) -> None:
    """Copy a sentence for the guest, and show it."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.desk.delivery.what_to_say import WhatToSay
    from commlog_tui.expectations.gathering import message_of
    from commlog_tui.expectations.sentence import what_to_say

    session, state = view.session, view.reader.state
    if state.entry is None:
        return
    try:
        detail = await session.client.detail(session.location, state.entry.id)
    except ClientError as error:
        if state.detail is None:
            view.app.notify(f"{error} What to say is not known without it.", severity="warning", markup=False)
            return
        detail = state.detail
    sentence = what_to_say(message_of(detail), session.zone)
    view.app.copy_to_clipboard(sentence)
    shown = what_to_say(message_of(masked_detail(detail)), session.zone) if state.private else sentence
    view.app.push_screen(WhatToSay(shown, copied("It", os.environ)))


_GROUP: Final = "Delivery"
_SAY: Final = "What to say to the guest of this message, in a sentence; it is copied, too"
SAY: Final = Action("what_to_say", "i", "What to say", _SAY, _GROUP, _say, needs_entry)
