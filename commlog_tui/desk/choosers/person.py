"""Asking who is at the keyboard: a digit for a known name, or a name typed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.contract.person import person_name
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.field import Field
from commlog_tui.text.hygiene import safe

NOBODY = "Nobody in particular: the token alone"


class PersonChooser(ModalScreen["str | None"]):
    """Gives a name, empty for nobody in particular, or None if it was left as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave", priority=True),
        *(Binding(str(digit), f"pick({digit})", show=False) for digit in range(1, 10)),
        Binding("0", "nobody", "Nobody", show=False),
    ]

    def __init__(self, names: tuple[str, ...], current: str) -> None:
        super().__init__()
        self._names = names
        self._current = current

    @override
    def compose(self) -> ComposeResult:
        """Lay out the names and a line for another."""
        with Vertical(classes="card -small", id="person") as card:
            card.border_title = "Who is at the keyboard?"
            options = [Option(Content(f"{number} {safe(name)}")) for number, name in enumerate(self._names, 1)]
            yield Choices(*options, Option(Content(f"0 {NOBODY}")), markup=False)
            yield Label("Somebody else", markup=False)
            yield Field("", placeholder="a name", id="name")
            yield Label("", id="echo", markup=False)
            hint = "Digit, Enter: that one   Tab: a name   Esc: leave"
            yield Label(hint, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the names, or where there are none, at the line."""
        choices = self.query_one(Choices)
        choices.highlighted = self._names.index(self._current) if self._current in self._names else 0
        self.set_focus(choices if self._names else self.query_one(Field))

    def action_pick(self, digit: int) -> None:
        """Be one of the names."""
        if digit <= len(self._names):
            self.dismiss(self._names[digit - 1])

    def action_nobody(self) -> None:
        """Be nobody in particular."""
        self.dismiss("")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._names[event.option_index] if event.option_index < len(self._names) else "")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        name = person_name(event.value)
        words = f"Recorded as: {safe(name)}, a name given at the desk" if name else ""
        self.query_one("#echo", Label).update(words)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        if name := person_name(event.value):
            self.dismiss(name)
