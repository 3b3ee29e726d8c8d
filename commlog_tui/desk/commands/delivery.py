"""Delivery: what to say of a message, what did not arrive, and how many did."""

import os
from functools import partial
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.action import Action, View, needs_entry
from commlog_tui.desk.commands.follow import scope_of
from commlog_tui.desk.outside import copied
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import masked_detail

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.task import Task
    from commlog_tui.contract.worklist import OverdueMessage
    from commlog_tui.desk.delivery.checklist import ChecklistPane


def _say(view: View) -> None:
    view.start(partial(_copy_and_show, view), "copy")


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


def _worklist(view: View) -> None:
    view.start(partial(_open_worklist, view), "ask")


async def _open_worklist(view: View) -> None:
    """Show what did not arrive, if the service can say so."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.desk.delivery.work import Worklist
    from commlog_tui.desk.delivery.worklist import WorklistScreen

    def open_booking(subject: "Entry | OverdueMessage | Task") -> str | None:
        scope = scope_of(subject)
        if scope is None:
            return "This belongs to no booking."
        view.open(scope)
        return None

    worklist = Worklist(view.session)
    try:
        await worklist.load()
    except ClientError as error:
        view.app.notify(str(error), severity="warning", markup=False)
        return
    view.app.push_screen(WorklistScreen(view.session, worklist, open_booking, private=view.reader.state.private))


def _numbers(view: View) -> None:
    view.start(partial(_open_numbers, view), "ask")


async def _open_numbers(view: View) -> None:
    """Show how much was sent, delivered and failed, if the service can say so."""
    from commlog_tui.client.errors import ClientError
    from commlog_tui.desk.delivery.numbers import NumbersScreen, ask

    try:
        found = await ask(view.session)
    except ClientError as error:
        view.app.notify(str(error), severity="warning", markup=False)
        return
    view.app.push_screen(NumbersScreen(view.session, found))


def _tick(view: View) -> None:
    view.start(partial(_choose_and_tick, view), "ask")


async def _choose_and_tick(view: View) -> None:
    """Tick off what is overdue or failed in the booking's checklist, all with one note."""
    from commlog_tui.client.outbox import OutboxError
    from commlog_tui.desk.choosers.prompt import Prompt
    from commlog_tui.desk.delivery.work import tick, understand_note

    pane = _checklist(view)
    if pane is None:
        return
    lines = pane.open_lines
    names = ", ".join(safe(line.title) for line in lines if line.kind) or "what did not arrive"
    note = await view.app.push_screen_wait(Prompt(f"Done: {names}", "what was done, if you like", understand_note))
    if note is None:
        return
    try:
        for line in lines:
            await tick(view.session, pane.subject(line), note.strip())
    except OutboxError as error:
        view.app.notify(str(error), severity="error", markup=False)


def _checklist(view: View) -> "ChecklistPane | None":
    from commlog_tui.desk.delivery.checklist import ChecklistPane

    return next(iter(view.app.screen.query("#checklist").results(ChecklistPane)), None)


def _nothing_to_tick(view: View) -> str | None:
    if view.reader.scope.query is None or (pane := _checklist(view)) is None:
        return "Open the booking with b first; w ticks off one message after the other."
    if not pane.open_lines:
        return "Nothing of this booking is to be done."
    from commlog_tui.desk.delivery.work import why_not_tick

    return why_not_tick(view.session)


_GROUP: Final = "Delivery"
_WORK: Final = "Worklist: what did not arrive or is overdue and nobody has dealt with, soonest booking first"
_SENTENCE: Final = "What to say to the guest of this message, in a sentence; it is copied, too"
_TICKED: Final = "Tick off what is overdue or did not arrive in this booking, with a note if you like"
_COUNTED: Final = "Numbers: what was sent, delivered and failed, by day or week, channel and kind"
WORKLIST: Final = Action("worklist", "w", "Worklist", _WORK, _GROUP, _worklist, writes=True)
NUMBERS: Final = Action("numbers", "S", "Numbers", _COUNTED, _GROUP, _numbers)
TICK: Final = Action("tick_off", "T", "Tick off", _TICKED, _GROUP, _tick, _nothing_to_tick, writes=True)
SAY: Final = Action("what_to_say", "i", "What to say", _SENTENCE, _GROUP, _say, needs_entry)
