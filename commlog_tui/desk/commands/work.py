"""Work: tasks, the shift's handover, and who is at the keyboard."""

from functools import partial
from typing import Final

from commlog_tui.desk.action import Action, View


def _task(view: View) -> None:
    from commlog_tui.desk.work.new_task import NewTaskScreen

    def made(words: str | None) -> None:
        if words is not None:
            view.app.notify(words, markup=False)
            view.desk.count_kept()

    view.app.push_screen(NewTaskScreen(view.session, view.entry, private=view.reader.state.private), made)


def _no_task(view: View) -> str | None:
    from commlog_tui.desk.work.saving import why_not_write

    return why_not_write(view.session, "tasks", "A task")


def _handover(view: View) -> None:
    view.start(partial(_open_handover, view), "ask")


async def _open_handover(view: View) -> None:
    """Show what this shift is."""
    from commlog_tui.desk.work.handover import HandoverScreen, load_shift

    shift = await load_shift(view.session)
    folder, private = view.desk.preferences.proof_folder, view.reader.state.private
    view.app.push_screen(HandoverScreen(view.session, shift, folder, private=private))


_GROUP: Final = "Work"
_MADE: Final = "A task about the entry you are on, such as to ring back; due ones show in the bar and in the worklist"
TASK: Final = Action("task", "exclamation_mark", "Task", _MADE, _GROUP, _task, _no_task)
_SHIFT: Final = "The shift: what was logged, what did not arrive, open tasks; sign it off, take it over, print it"
HANDOVER: Final = Action("handover", "H", "Handover", _SHIFT, _GROUP, _handover)
