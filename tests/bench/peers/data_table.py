"""The rows of a file in a DataTable, and the one it is on in a Static beside it.

``r`` shows the next 50 in their place. Takes the file, and how many rows to show at once.
"""

import json
import sys
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import DataTable, Static
from typing_extensions import override

ROWS = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
SIZE = int(sys.argv[2])
COLUMNS = ("Date", "Via", "To", "Title", "Customer", "Status", "Ref")


class TableApp(App[None]):
    CSS = "DataTable { width: 1fr; } Static { width: 44; height: 100%; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [("r", "turn", "Turn")]
    first = 0

    @override
    def compose(self) -> ComposeResult:
        with Horizontal():
            yield DataTable(cursor_type="row")
            yield Static(id="detail", markup=False)

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns(*COLUMNS)
        self.fill()

    def fill(self) -> None:
        table = self.query_one(DataTable)
        for row in ROWS[self.first : self.first + SIZE]:
            table.add_row(*(Text(cell) for cell in row["cells"]))

    def action_turn(self) -> None:
        self.first += SIZE
        self.query_one(DataTable).clear()
        self.fill()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self.query_one("#detail", Static).update("\n".join(ROWS[self.first + event.cursor_row]["detail"]))


TableApp().run()
