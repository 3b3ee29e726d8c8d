"""Find: the search, the filters and every way to change them."""

from dataclasses import replace
from functools import partial
from typing import Final

from commlog_tui.desk.action import CHANNEL, DIGITS, Action, View
from commlog_tui.desk.filters import Filters, chips
from commlog_tui.desk.saved_filters import SavedFilters, SavedFiltersError

NOTHING_FILTERED: Final = "Nothing is filtered."
ONLY_THE_VIEW: Final = "Nothing is filtered beside what this view is of; q goes back to the whole log."
HIDDEN: Final = "The filters are hidden with the names; h shows both."
_LONGEST_NAME: Final = 60


async def _search(view: View) -> None:
    await view.fields.fold(shown=True)


async def _show_or_hide(view: View) -> None:
    await view.fields.fold(shown=not view.fields.are_shown)


def _are_hidden(view: View) -> str | None:
    """Return why the filters cannot be shown: what is searched for may be a guest's name."""
    return HIDDEN if view.reader.state.private else None


def _clear(view: View) -> None:
    view.filter(Filters(), anew=True)


def _undo(view: View) -> None:
    filters = view.reader.state.claimed
    view.filter(filters.without(chips(filters, view.reader.today())[-1].name))


def _nothing_to_undo(view: View) -> str | None:
    if view.reader.state.claimed:
        return None
    return NOTHING_FILTERED if view.reader.scope.query is None else ONLY_THE_VIEW


def _nothing_to_clear(view: View) -> str | None:
    return None if view.fields.are_faulty else _nothing_to_undo(view)


def _toggle_channel(view: View, digit: str) -> None:
    channels = view.session.place.channels
    if int(digit) <= len(channels):
        view.filter(view.reader.state.claimed.toggled(channels[int(digit) - 1].via))


def _next_days(view: View) -> None:
    view.filter(view.reader.state.claimed.next_preset())


def _next_status(view: View) -> None:
    view.filter(view.reader.state.claimed.next_status())


def _save(view: View) -> None:
    view.start(partial(_ask_name_and_save, view), "ask")


async def _ask_name_and_save(view: View) -> None:
    from commlog_tui.desk.choosers.prompt import Prompt

    saved = SavedFilters(view.desk.preferences.folder)
    known = saved.load()

    def understand(text: str) -> str:
        if not 0 < len(text.strip()) <= _LONGEST_NAME:
            raise ValueError(f"A name has 1 to {_LONGEST_NAME} characters.")
        return "Replaces the filters of that name." if text.strip() in known else ""

    name = await view.app.push_screen_wait(Prompt("Save these filters as", "a name", understand))
    if name:
        try:
            saved.save(name.strip(), view.reader.filters_to_save)
        except SavedFiltersError as error:
            view.app.notify(str(error), severity="error", markup=False)
        else:
            view.app.notify("Saved; v brings them back.", markup=False)


def _nothing_to_save(view: View) -> str | None:
    return None if view.reader.filters_to_save else NOTHING_FILTERED


def _bring_back(view: View) -> None:
    view.start(partial(_choose_saved, view), "ask")


async def _choose_saved(view: View) -> None:
    from commlog_tui.desk.choosers.saved_filters import SavedFiltersScreen

    saved = SavedFilters(view.desk.preferences.folder)
    named = saved.load()
    if not named and not saved.newer():
        view.app.notify("No filters are saved yet: set some, then s saves them.", markup=False)
        return
    chosen = await view.app.push_screen_wait(SavedFiltersScreen(saved, named))
    scope = view.reader.scope
    if chosen is None:
        return
    if scope.query is None:
        view.filter(chosen)
    elif chosen.belong_to(scope.filters):
        view.filter(chosen.beside(scope.filters))
    else:
        view.desk.leave_for(chosen)


def _take_suggestion(view: View) -> None:
    page = view.reader.state.page
    if page is not None and page.suggestions:
        view.filter(replace(view.reader.state.claimed, q=page.suggestions[0]))


def _no_suggestion(view: View) -> str | None:
    page = view.reader.state.page
    return None if page is not None and page.suggestions else "There is nothing to suggest."


_GROUP: Final = "Find"
_SEARCHED: Final = "Find by name, number, address, title, code, reference or words of the text"
_SIMILAR: Final = "Search for the similar word that is suggested"
_DAYS: Final = "Today, yesterday, 7 days, 30 days, this month, any time"
_STATUS: Final = "What did not arrive, what is on its way, what was delivered, everything"
SEARCH: Final = Action("search", "slash", "Search", _SEARCHED, _GROUP, _search, _are_hidden)
FILTERS: Final = Action("filters", "f", "Filters", "Show or hide the filters", _GROUP, _show_or_hide, _are_hidden)
CHANNELS: Final = Action(
    CHANNEL,
    ",".join(DIGITS),
    "Channel",
    "Only this channel, or one more; again to take it back",
    _GROUP,
    _toggle_channel,
)
PERIOD: Final = Action("period", "p", "Days", _DAYS, _GROUP, _next_days)
STATUS: Final = Action("status", "a", "Arrived?", _STATUS, _GROUP, _next_status)
SUGGESTION: Final = Action("suggestion", "m", "Meant", _SIMILAR, _GROUP, _take_suggestion, _no_suggestion)
UNDO: Final = Action("undo_filter", "backspace", "Undo", "Undo the last filter", _GROUP, _undo, _nothing_to_undo)
CLEAR: Final = Action("clear_filters", "x", "Clear", "Undo all filters", _GROUP, _clear, _nothing_to_clear)
SAVE: Final = Action("save_filters", "s", "Save", "Save the filters under a name", _GROUP, _save, _nothing_to_save)
SAVED: Final = Action("saved_filters", "v", "Saved", "Bring saved filters back", _GROUP, _bring_back)
