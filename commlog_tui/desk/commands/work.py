"""Work: tasks, the shift's handover, and who is at the keyboard."""

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


_GROUP: Final = "Work"
_MADE: Final = "A task about the entry you are on, such as to ring back; due ones show in the bar and in the worklist"
TASK: Final = Action("task", "exclamation_mark", "Task", _MADE, _GROUP, _task, _no_task)
