"""Asking for one line, with an echo of what was understood."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label
from typing_extensions import override

from commlog_tui.desk.dialog import Dialog
from commlog_tui.desk.widgets.field import Field


class Prompt(Dialog[str | None]):
    """Gives what was typed, once it is understood; nothing, if it was left.

    ``understand`` returns what a text means in words, or raises ``ValueError`` with a sentence on
    why it means nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave", priority=True)]

    def __init__(self, title: str, hint: str, understand: Callable[[str], str], text: str = "") -> None:
        super().__init__()
        self._heading = title
        self._hint = hint
        self._understand = understand
        self._text = text

    @override
    def compose(self) -> ComposeResult:
        """Lay out the line and its echo."""
        with Vertical(classes="card -small") as card:
            card.border_title = self._heading
            yield Field(self._text, placeholder=self._hint, id="line")
            yield Label("", id="echo", markup=False)
            yield Label("Enter: go   Esc: leave", classes="hint", markup=False)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        try:
            words, wrong = (self._understand(event.value) if event.value.strip() else ""), False
        except ValueError as error:
            words, wrong = str(error), True
        echo = self.query_one("#echo", Label)
        echo.update(words)
        echo.set_class(wrong, "fault")

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._understand(event.value)
        except ValueError:
            return  # the echo says why
        self.dismiss(event.value)
