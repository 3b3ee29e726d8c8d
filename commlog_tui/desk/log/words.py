"""What the bar and the notice of a view say of its state."""

from datetime import date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.desk.filters import Filters, chips
from commlog_tui.desk.reader.state import ViewState
from commlog_tui.text.bars import position
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import MASK

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page

_NOTES: Final = (
    "evidence", "trouble", "redact", "selected", "limit", "due", "hooks", "version", "new", "waiting", "kept", "proof",
    "private", "person",
)  # fmt: skip
"""The kinds of what the bar says, in their order."""


def bar_place(state: ViewState) -> str:
    """Return the page's position in the whole, or the number of known rows without an answer."""
    if state.page is None:
        return ""
    return f"{len(state.entries):,} known here" if state.is_local and _is_said(state) else position(state.page)


def bar_words(state: ViewState, zone: ZoneInfo | None) -> str:
    """Return what is to be known beside the position."""
    notes = dict(state.notes)
    if words := _trouble(state, zone):
        notes["trouble"] = words
    if state.page is not None and state.page.searched_back_to is not None and not state.is_local:
        notes["limit"] = f"looked back to {_day(state, zone)}, ] goes on"
    if state.arrived:
        notes["new"] = f"{len(state.arrived)} new, press g"
    if state.private:
        notes["private"] = "names hidden, h shows them"
    return "  ·  ".join(notes[kind] for kind in _NOTES if kind in notes)


def _is_said(state: ViewState) -> bool:
    """Whether to report that the log has not answered, once it takes longer than usual."""
    return state.trouble is not None or state.slow


def _trouble(state: ViewState, zone: ZoneInfo | None) -> str:
    if state.trouble is None:
        return "The log has not answered yet" if state.slow and state.is_local else ""
    if state.page is None:
        return "Not connected"
    if state.trouble.is_final:
        return state.trouble.words
    if state.is_local:
        return "The log was not asked: no answer now, trying again"
    at = f"As of {state.shown_at.astimezone(zone):%H:%M}: " if state.shown_at is not None else ""
    return f"{at}no answer now, trying again"


def _day(state: ViewState, zone: ZoneInfo | None) -> str:
    """Return how far back a search has looked."""
    back_to = state.page.searched_back_to if state.page is not None else None
    return "" if back_to is None else f"{(moment := back_to.astimezone(zone)).day} {moment:%B %Y}"


def notice(state: ViewState, today: date, zone: ZoneInfo | None = None) -> tuple[str, str] | None:
    """Return a heading and a sentence to show in place of rows, or None."""
    if state.page is None:
        return (state.trouble.heading, state.trouble.words) if state.trouble is not None else None
    if state.entries:
        return None
    if state.is_local and _is_said(state):
        words = state.trouble.words if state.trouble is not None else "It has not answered yet."
        return (
            "The log was not asked",
            f"{_in_words(state, state.claimed, today)}\nNothing known here matches.\n{words}",
        )
    if not (state.answered or Filters()):
        return "No entries yet", "n writes the first one."
    return _nothing_found(state, state.page, _in_words(state, state.answered or Filters(), today), zone)


def _nothing_found(state: ViewState, page: "Page", filters: str, zone: ZoneInfo | None) -> tuple[str, str]:
    """Return a heading and a sentence for a page without entries."""
    if page.searched_back_to is not None:
        return "Nothing found yet", f"{filters}\nLooked back to {_day(state, zone)}. ] looks further back."
    undo = "x undoes all filters, Backspace the last one."
    if page.suggestions:
        first, *others = (MASK if state.private else safe(one) for one in page.suggestions)
        more = f" Also similar: {', '.join(others)}." if others else ""
        return "Nothing found", f"{filters}\nm searches for {first}.{more}\n{undo}"
    # These name the filters, so those that are hidden are left out.
    loosened = "" if state.private or not state.loosened else f"{', '.join(state.loosened)}.\n"
    return "Nothing found", f"{filters}\n{loosened}{undo}"


def _in_words(state: ViewState, filters: Filters, today: date) -> str:
    return "  ".join(MASK if state.private and chip.is_personal else chip.words for chip in chips(filters, today))
