"""Choosing a value of a row to filter by: a letter asks for it, its upper case leaves it out."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.exclusion import PERSONAL
from commlog_tui.desk.row_values import RowValue
from commlog_tui.desk.widgets.personal import is_private
from commlog_tui.text.hygiene import fit
from commlog_tui.text.privacy import MASK

_LINE = 70


class RowValuesScreen(ModalScreen[tuple[RowValue, bool] | None]):
    """Shows the values of a row; gives the one chosen, and whether to exclude it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,F", "dismiss(None)", "Close"),
        Binding("minus", "exclude", "Without"),
    ]

    def __init__(self, values: tuple[RowValue, ...], field: str | None) -> None:
        """``field`` is highlighted first."""
        super().__init__()
        self._values = values
        self._first = next((at for at, one in enumerate(values) if one.field == field), 0)

    @override
    def compose(self) -> ComposeResult:
        """Show a line for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Filter by"
            yield OptionList(*map(self._option, self._values), markup=False)
            yield Label("A letter or Enter: only it   Shift+letter or -: without it   Esc: leave", classes="hint")

    def on_mount(self) -> None:
        """Begin with the value that was pointed at."""
        self.query_one(OptionList).highlighted = self._first

    def set_private(self, *, private: bool) -> None:
        """Hide names, or show them again."""
        del private
        for at, one in enumerate(self._values):
            self.query_one(OptionList).replace_option_prompt_at_index(at, self._option(one).prompt)

    def _option(self, one: RowValue) -> Option:
        words = MASK if is_private(self) and one.field in PERSONAL else one.words
        return Option(Content(fit(f"{one.key}  {one.label:10} {words}", _LINE).rstrip()))

    def on_key(self, event: events.Key) -> None:
        """Choose by letter."""
        letter = event.character or ""
        one = next((one for one in self._values if one.key == letter.lower()), None)
        if one is not None and len(letter) == 1:
            event.stop()
            self.dismiss((one, letter.isupper()))

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss((self._values[event.option_index], False))

    def action_exclude(self) -> None:
        """Leave out the value one is on."""
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self.dismiss((self._values[highlighted], True))
