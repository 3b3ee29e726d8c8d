"""A line to type in that holds still and takes no control characters."""

from typing import ClassVar
from unicodedata import category

from textual.binding import Binding, BindingType
from textual.widgets import Input
from typing_extensions import override


def typeable(text: str) -> str:
    """Return the text without control characters and lone surrogates."""
    return "".join(character for character in text if character == "\n" or category(character) not in {"Cc", "Cs"})


class Field(Input):
    """An input with undo on Ctrl+Z and a steady cursor, as blinking would write all day."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "undo", "Take back", show=False)]
    has_history = False
    """Whether anything was typed, so that Ctrl+Z belongs to this field."""
    _before: tuple[tuple[str, int], ...] = ()
    _run: tuple[str, int] = ("", 0)
    """What was done last, and where it would go on: a run of letters is taken back at once."""

    @override
    def on_mount(self) -> None:
        """Hold still."""
        self.cursor_blink = False

    @override
    def replace(self, text: str, start: int, end: int) -> None:
        """Put in what was typed or pasted, as one line."""
        before, kind = (self.value, self.cursor_position), "paste" if len(text) > 1 else "type" if text else "erase"
        super().replace(typeable(text).replace("\n", " "), start, end)
        if self.value != before[0]:
            if kind == "paste" or self._run != (kind, before[1]):
                self._before = (*self._before, before)
            self._run, self.has_history = (kind, self.cursor_position), True

    def fill(self, text: str) -> None:
        """Show a text that comes from elsewhere; what is typed next goes on at its end."""
        self.value = text
        self.cursor_position = len(text)

    def action_undo(self) -> None:
        """Take back what was typed or erased last."""
        if self._before:
            *rest, (self.value, self.cursor_position) = self._before
            self._before, self._run = tuple(rest), ("", 0)
