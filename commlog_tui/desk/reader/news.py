"""What a record that the feed brings changes in a view."""

from dataclasses import replace
from typing import TYPE_CHECKING

from commlog_tui.desk.reader.state import Position, ViewState

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry


def with_entry(state: ViewState, entry: "Entry", *, belongs: bool, is_news: bool) -> ViewState:
    """Return the state after a record about an entry: the row updated, or counted as new.

    Args:
        state: the state before.
        entry: the entry after the record.
        belongs: whether it matches the filters of the view.
        is_news: whether it did not match before, and was not written at this desk.
    """
    if state.page is not None and entry.id in {one.id for one in state.entries}:
        entries = tuple(
            entry.model_copy(update={"matched": one.matched}) if one.id == entry.id else one for one in state.entries
        )
        here = Position(keep=state.entry.id if state.entry is not None else None)
        return replace(state, page=state.page.model_copy(update={"entries": entries}), cursor=here)
    if not belongs:
        return replace(state, arrived=state.arrived - {entry.id})
    return replace(state, arrived=state.arrived | {entry.id}) if is_news else state
