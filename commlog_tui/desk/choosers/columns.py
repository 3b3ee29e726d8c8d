"""Choosing the columns of the table, their order and width."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.text.columns import ALL, FIXED, NARROWEST, USUAL, WIDEST, as_texts, parsed
from commlog_tui.text.rows import COLUMNS

_WHY: Final = "Rows are always in order of time, newest first: every page, count and\njump to a date goes along it."
_KEYS: Final = "Space: show   J K: move   + -: width   0: own width   r: the usual ones"
_ENDS: Final = "Enter: use them   d: use them as default   Esc: leave"


class ColumnsScreen(ModalScreen[tuple[tuple[str, ...], bool] | None]):
    """Gives the columns as texts, and whether they are to be the default; nothing, if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,C", "dismiss(None)", "Close"),
        Binding("space", "tick", "Show", priority=True),
        Binding("J,shift+down", "shift(1)", "Down", priority=True),
        Binding("K,shift+up", "shift(-1)", "Up", priority=True),
        Binding("plus,equals_sign", "widen(2)", "Wider"),
        Binding("minus", "widen(-2)", "Narrower"),
        Binding("0", "widen(0)", "Its own width"),
        Binding("r", "reset", "Usual columns"),
        Binding("d", "use(True)", "Default"),
    ]

    def __init__(self, texts: tuple[str, ...], column: str | None = None) -> None:
        """``column`` is highlighted first."""
        super().__init__()
        chosen = parsed(texts) or tuple((one, 0) for one in COLUMNS)
        self._shown = {one.name for one, _ in chosen}
        self._columns = [*chosen, *((one, 0) for one in ALL if one.name not in self._shown)]
        names = [one.name for one, _ in self._columns]
        self._first = names.index(column) if column in names else 0

    @override
    def compose(self) -> ComposeResult:
        """Show a line for each column."""
        with Vertical(classes="card") as card:
            card.border_title = "Columns"
            yield Choices(*self._options(), markup=False)
            yield Label(_WHY, markup=False)
            yield Label(f"{_KEYS}\n{_ENDS}", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin with the column that was pointed at."""
        self.query_one(OptionList).highlighted = self._first

    def _options(self) -> list[Option]:
        lines = []
        for column, width in self._columns:
            mark = "●" if column.name in self._shown else "○"
            size = f"{width} cells" if width else "own width"
            always = "   always shown" if column.name in FIXED else ""
            lines.append(Option(Content(f"{mark} {column.name:10} {size}{always}")))
        return lines

    def _draw(self, highlighted: int) -> None:
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options(self._options())
        choices.highlighted = highlighted

    @property
    def _at(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    def action_tick(self) -> None:
        """Show the column one is on, or no longer."""
        name = self._columns[self._at][0].name
        if name not in FIXED:
            self._shown ^= {name}
        self._draw(self._at)

    def action_shift(self, step: int) -> None:
        """Move the column one is on."""
        at, to = self._at, self._at + step
        if 0 <= to < len(self._columns):
            self._columns[at], self._columns[to] = self._columns[to], self._columns[at]
            self._draw(to)

    def action_widen(self, step: int) -> None:
        """Make the column one is on wider or narrower; 0 gives it its own width."""
        column, width = self._columns[self._at]
        wanted = (width or max(column.whole, column.least)) + step if step else 0
        self._columns[self._at] = column, wanted and max(NARROWEST, min(wanted, WIDEST))
        self._draw(self._at)

    def action_reset(self) -> None:
        """Go back to the usual columns."""
        self._shown = {one.name for one in COLUMNS}
        self._columns = [(one, 0) for one in ALL]
        self._draw(0)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_use(False)

    def action_use(self, default: bool) -> None:  # noqa: FBT001 - Textual passes it by position
        """Use these columns."""
        texts = as_texts(one for one in self._columns if one[0].name in self._shown)
        self.dismiss((() if texts == USUAL else texts, default))
