"""Saved views: under a name, with what they are fixed on, their filters and their columns."""

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from commlog_tui.desk.action import Action, View
from commlog_tui.desk.commands.find import NOTHING_FILTERED
from commlog_tui.desk.filters import words_of
from commlog_tui.text.columns import USUAL
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.desk.saved_views import SavedView

_LONGEST_NAME: Final = 60


def view_to_save(view: View) -> "SavedView":
    """Return what is shown as a saved view."""
    from commlog_tui.desk.saved_views import SavedView

    scope, claimed = view.reader.scope, view.reader.state.claimed
    columns = () if view.columns.texts == _default_columns(view) else view.columns.texts or USUAL
    return SavedView(claimed.within(scope.filters), scope.filters, scope.heading, columns)


def _default_columns(view: View) -> tuple[str, ...]:
    return tuple(view.desk.preferences.columns.split())


def open_saved(view: View, saved: "SavedView") -> None:
    """Open a view that is fixed on something."""
    view.open(saved.to_scope(), saved.own_filters)
    opened = cast("View", view.app.screen)
    opened.columns.texts = saved.columns or opened.columns.texts  # it is not mounted yet


def show_saved(view: View, saved: "SavedView") -> None:
    """Show a saved view: in its own scope, or within the view one is in if it is fixed on nothing."""
    here = view.reader.scope
    if saved.scope and saved.scope != here.filters:
        open_saved(view, saved)
    elif saved.filters.belong_to(here.filters) or here.query is None:
        view.filter(saved.filters.beside(here.filters) if here.query is not None else saved.filters, jump=True)
        view.columns.choose(saved.columns or _default_columns(view))
    else:  # saved by 0.1.0 in a view of somebody else
        view.desk.leave_for(saved.filters)


def _save(view: View) -> None:
    view.start(partial(_ask_name_and_save, view), "ask")


async def _ask_name_and_save(view: View) -> None:
    from commlog_tui.desk.choosers.prompt import Prompt
    from commlog_tui.desk.saved_views import SavedViews, SavedViewsError

    views, saved = SavedViews(view.desk.preferences.folder), view_to_save(view)
    known = views.load()

    def understand(text: str) -> str:
        if not 0 < len(text.strip()) <= _LONGEST_NAME:
            raise ValueError(f"A name has 1 to {_LONGEST_NAME} characters.")
        return "Replaces the view of that name." if text.strip() in known else ""

    name = await view.app.push_screen_wait(Prompt("Save this view as", "a name", understand, _suggested(view, saved)))
    if name:
        try:
            views.save(name.strip(), saved)
        except SavedViewsError as error:
            view.app.notify(str(error), severity="error", markup=False)
        else:
            view.app.notify("Saved; v brings it back.", markup=False)


def _suggested(view: View, saved: "SavedView") -> str:
    """Return a name for a view, which Enter takes and typing replaces. None where names are hidden."""
    if view.reader.state.private:
        return ""
    own = words_of(saved.own_filters) if saved.own_filters else ""
    return ", ".join(filter(None, (safe(saved.heading), own)))[:_LONGEST_NAME].strip()


def _nothing_to_save(view: View) -> str | None:
    from commlog_tui.desk.saved_views import SavedView

    return None if view_to_save(view) != SavedView() else NOTHING_FILTERED


def _bring_back(view: View) -> None:
    view.start(partial(_choose_saved, view), "ask")


async def _choose_saved(view: View) -> None:
    from commlog_tui.desk.choosers.saved_views import SavedViewsScreen
    from commlog_tui.desk.saved_views import SavedViews

    views = SavedViews(view.desk.preferences.folder)
    named = views.load()
    if not named and not views.newer():
        view.app.notify("No view is saved yet: set some filters, then s saves them.", markup=False)
        return
    screen = SavedViewsScreen(views, named, view.desk)
    chosen = await view.app.push_screen_wait(screen)
    if chosen is not None:
        show_saved(view, chosen)


_GROUP: Final = "Find"
_SAVED: Final = "Save the view under a name: filters, columns, customer or booking"
_BROUGHT: Final = "Saved views: show one, or have one shown at start"
SAVE: Final = Action("save_filters", "s", "Save", _SAVED, _GROUP, _save, _nothing_to_save)
SAVED: Final = Action("saved_filters", "v", "Saved", _BROUGHT, _GROUP, _bring_back)
