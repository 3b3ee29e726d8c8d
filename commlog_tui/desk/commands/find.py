"""Find: the search, the filters and every way to change them."""

from typing import Final

from commlog_tui.desk.action import CHANNEL, DIGITS, Action, View
from commlog_tui.desk.filters import Filters, chips

NOTHING_FILTERED: Final = "Nothing is filtered."
ONLY_THE_VIEW: Final = "Nothing is filtered beside what this view is of; q goes back to the whole log."
HIDDEN: Final = "The filters are hidden with the names; h shows both."


async def _search(view: View) -> None:
    await view.fields.fold(shown=True)


async def _show_or_hide(view: View) -> None:
    await view.fields.fold(shown=not view.fields.are_shown)


def _are_hidden(view: View) -> str | None:
    """Return why the filters cannot be shown: what is searched for may be a guest's name."""
    return HIDDEN if view.reader.state.private else None


def _clear(view: View) -> None:
    view.filter(Filters(), anew=True, jump=True)


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


def _take_suggestion(view: View) -> None:
    page = view.reader.state.page
    if page is not None and page.suggestions:
        view.filter(view.reader.state.claimed._replace(q=page.suggestions[0]), jump=True)


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
