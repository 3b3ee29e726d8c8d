"""Work: tasks, the shift's handover, and who is at the keyboard."""

from collections.abc import Callable
from typing import Final

from commlog_tui.desk.action import Action, View


def _task(view: View) -> None:
    from commlog_tui.desk.work.new_task import NewTaskScreen

    def made(words: str | None) -> None:
        if words is not None:
            view.app.notify(words, markup=False)
            view.desk.count_kept()

    first, *others = view.selected or (None,)
    view.app.push_screen(NewTaskScreen(view.session, first, others), made)


def _no_task(view: View) -> str | None:
    from commlog_tui.desk.work.saving import why_not_write

    return why_not_write(view.session, "tasks", "A task")


def _handover(view: View) -> None:
    from commlog_tui.desk.work.handover import HandoverScreen

    folder, private = view.desk.preferences.proof_folder, view.reader.state.private
    view.app.push_screen(HandoverScreen(view.session, folder, view.desk.set_person, private=private))


def _person(view: View) -> None:
    _choose_person(view, lambda: None)


def _choose_person(view: View, then: Callable[[], object]) -> None:
    from commlog_tui.desk.choosers.person import PersonChooser

    person = view.session.desk_person

    def chosen(name: str | None) -> None:
        view.desk.set_person(person.name if name is None else name)
        then()

    view.app.push_screen(PersonChooser(person.choices(view.desk.preferences.people), person.name), chosen)


def asks_first(view: View, action: Action) -> bool:
    """Ask who is at the keyboard if that is due, and do the action then; whether it was asked."""
    if not action.writes or not view.desk.must_ask_person():
        return False
    _choose_person(view, lambda: action.run(view))
    return True


def _no_person(view: View) -> str | None:
    if "persons" not in {known.value for known in view.session.me.capabilities}:
        return "This service records no names beside the token's."
    return None if view.session.may("add-manual") else "Your token's role may not write anything."


_GROUP: Final = "Work"
_MADE: Final = "A task about the entry you are on, such as to ring back; due ones show in the bar and in the worklist"
TASK: Final = Action("task", "exclamation_mark", "Task", _MADE, _GROUP, _task, _no_task, writes=True)
_SHIFT: Final = "The shift: what was logged, what did not arrive, open tasks; sign it off, take it over, print it"
HANDOVER: Final = Action("handover", "H", "Handover", _SHIFT, _GROUP, _handover, writes=True)
_WHO: Final = "Who is at the keyboard, where several people share this desk; each record says so until it is changed"
PERSON: Final = Action("person", "I", "Who", _WHO, _GROUP, _person, _no_person)
