"""Columns: which the table shows, in which order and how wide."""

from functools import partial
from typing import Final

from commlog_tui.desk.action import Action, View


def choose_columns(view: View, column: str | None = None) -> None:
    """Ask for the columns, beginning with one."""
    from commlog_tui.desk.choosers.columns import ColumnsScreen

    view.app.push_screen(ColumnsScreen(view.columns.texts, column), partial(_use, view))


def _use(view: View, chosen: tuple[tuple[str, ...], bool] | None) -> None:
    if chosen is None:
        return
    texts, is_default = chosen
    view.columns.choose(texts)
    if is_default:
        view.start(partial(_keep, view, texts), "columns")


async def _keep(view: View, texts: tuple[str, ...]) -> None:
    try:
        await view.desk.settings.keep("columns", " ".join(texts))
    except Exception as error:  # noqa: BLE001 - whatever the keeper of settings raises, its words are for people
        view.app.notify(f"The columns are not the default. {error}", severity="error", markup=False)
    else:
        view.app.notify("These are the columns from now on, also after a restart.", markup=False)


_HELP: Final = "Columns of the table: which, in which order, how wide; saved with a view, or as default"
COLUMNS: Final = Action("columns", "C", "Columns", _HELP, "Show", choose_columns, needs_log=False)
