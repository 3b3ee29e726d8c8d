"""Areas of the log screen: what its parts lie in."""

from typing import TYPE_CHECKING, Any, cast

from textual import on
from textual.containers import Horizontal, Vertical

from commlog_tui.desk.commands.by_value import ask_for_value
from commlog_tui.desk.commands.columns import choose_columns
from commlog_tui.desk.row_values import FIELD_OF_COLUMN
from commlog_tui.desk.widgets.log_table import LogTable

if TYPE_CHECKING:
    from textual.screen import Screen

    from commlog_tui.desk.action import View


class Row(Horizontal):
    """Sidebar, table and detail."""

    BLANK = True  # its parts cover it: nothing of it is to be worked out with every frame


class TableArea(Vertical):
    """The table with what is above it; sees to what the mouse and Shift do in the table."""

    BLANK = True

    @property
    def _view(self) -> "View":
        return cast("View", self.screen)

    def on_mount(self) -> None:
        """Begin with the columns of the view."""
        show_columns(self.screen)

    @on(LogTable.CellClicked)
    def _cell_clicked(self, event: LogTable.CellClicked) -> None:
        event.stop()
        if self._view.reader.session is not None:
            ask_for_value(self._view, FIELD_OF_COLUMN.get(event.column))

    @on(LogTable.HeadingClicked)
    def _heading_clicked(self, event: LogTable.HeadingClicked) -> None:
        event.stop()
        choose_columns(self._view, event.column)

    @on(LogTable.Extended)
    def _extended(self, event: LogTable.Extended) -> None:
        event.stop()
        self._view.selection.add(event.entries)

    @on(LogTable.Unselected)
    def _unselected(self, event: LogTable.Unselected) -> None:
        event.stop()
        self._view.selection.clear()


def show_columns(screen: "Screen[Any]") -> None:
    """Show the columns that are chosen."""
    screen.query_one(LogTable).choose_columns(cast("View", screen).columns.texts)


def show_selection(screen: "Screen[Any]") -> None:
    """Mark the selected rows, and say how many there are."""
    view = cast("View", screen)
    screen.query_one(LogTable).mark(view.selection.ids)
    view.reader.note("selected", view.selection.words)
