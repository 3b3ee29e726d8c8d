"""Filter by what is under the cursor: a value of the row one is on."""

from functools import partial
from typing import TYPE_CHECKING, Final

from commlog_tui.desk.action import Action, View, needs_entry

if TYPE_CHECKING:
    from commlog_tui.desk.row_values import RowValue

_CAPABILITY: Final = "exclusions"
_TOO_OLD: Final = "This service is too old for that; nothing was changed. Update it."


def ask_for_value(view: View, field: str | None = None) -> None:
    """Ask by which value of the row to filter, beginning with a field."""
    from commlog_tui.desk.choosers.row_values import RowValuesScreen
    from commlog_tui.desk.row_values import values_of

    entry = view.entry
    if entry is not None:
        screen = RowValuesScreen(values_of(entry, view.session.zone), field)
        view.app.push_screen(screen, partial(_filter, view))


def _filter(view: View, chosen: "tuple[RowValue, bool] | None") -> None:
    if chosen is None:
        return
    value, exclude = chosen
    known = {one.value for one in view.session.me.capabilities}
    if value.needs_exclusions(exclude=exclude) and _CAPABILITY not in known:
        view.app.notify(_TOO_OLD, severity="warning", markup=False)
        return
    view.filter(value.apply(view.reader.state.claimed, exclude=exclude))


_HELP: Final = (
    "By the channel, recipient, title, customer, status, day or code of the row: a letter; upper case excludes"
)
BY_VALUE: Final = Action("filter_by", "F", "Filter by", _HELP, "Find", ask_for_value, needs_entry)
