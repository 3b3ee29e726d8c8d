"""What the bar and the notice of a view say of its state."""

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.desk.filters import Filters, chips
from commlog_tui.desk.reader.state import ViewState
from commlog_tui.desk.widgets.page_bar import position

_NOTES: Final = (
    "evidence", "trouble", "due", "hooks", "version", "new", "waiting", "kept", "proof", "private", "person",
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


def notice(state: ViewState, today: date) -> tuple[str, str] | None:
    """Return a heading and a sentence to show in place of rows, or None."""
    if state.page is None:
        return (state.trouble.heading, state.trouble.words) if state.trouble is not None else None
    if state.entries:
        return None
    if state.is_local and _is_said(state):
        words = state.trouble.words if state.trouble is not None else "It has not answered yet."
        return "The log was not asked", f"{_in_words(state.claimed, today)}\nNothing known here matches.\n{words}"
    if not (state.answered or Filters()):
        return "No entries yet", "n writes the first one."
    undo = "x undoes all filters, Backspace the last one."
    loosened = f"{', '.join(state.loosened)}.\n" if state.loosened else ""
    return "Nothing found", f"{_in_words(state.answered or Filters(), today)}\n{loosened}{undo}"


def _in_words(filters: Filters, today: date) -> str:
    return "  ".join(chip.words for chip in chips(filters, today))
