"""A line to type in that holds still and takes no control characters."""

from collections.abc import Collection
from typing import ClassVar
from unicodedata import category

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Input
from typing_extensions import override

from commlog_tui.desk.widgets.lean_field import LeanField
from commlog_tui.desk.widgets.personal import Personal, dotted, is_private


def typeable(text: str) -> str:
    """Return the text without control characters and lone surrogates."""
    return "".join(character for character in text if character == "\n" or category(character) not in {"Cc", "Cs"})


class Field(LeanField, Input, Personal):
    """An input with undo on Ctrl+Z and a steady cursor, as blinking would write all day.

    In privacy mode, what was filled in and what was there before is drawn as dots, and is the
    value all the same; what is typed since is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "undo", "Take back", show=False)]
    has_history = False
    """Whether anything was typed, so that Ctrl+Z belongs to this field."""
    is_plain = False
    """Whether it never holds personal data, such as a time."""
    common: Collection[str] = ()
    """Values that say nothing about anybody."""
    _before: tuple[tuple[str, int, list[bool]], ...] = ()
    _run: tuple[str, int] = ("", 0)
    """What was done last, and where it would go on: a run of letters is taken back at once."""
    _known: tuple[str, list[bool]] = ("", [])
    """The value that was typed last, and which of its characters were there before."""

    @override
    def on_mount(self) -> None:
        """Hold still."""
        self.cursor_blink = False

    def on_focus(self) -> None:
        """Select what is hidden: dots are replaced, not amended."""
        if self.is_hidden:
            self.select_all()

    def _covered(self) -> list[bool]:
        """Return for each character whether it was there before; of a value set elsewhere, all were."""
        value, covered = self._known
        return covered if value == self.value else [True] * len(self.value)

    @property
    def is_hidden(self) -> bool:
        """Whether any of the value is drawn as dots."""
        plain = self.is_plain or self.value in self.common
        return not plain and is_private(self) and any(self._covered())

    @override
    def hide_or_show(self) -> None:
        """Hide what is there in privacy mode, whoever typed it."""
        if is_private(self):
            self._known = (self.value, [True] * len(self.value))
            self._before = tuple((value, at, [True] * len(value)) for value, at, _ in self._before)
        self.refresh()

    @property
    @override
    def _value(self) -> Text:
        """Return the value as it is drawn."""
        if not self.is_hidden:
            return super()._value
        return Text(dotted(self.value, self._covered()), no_wrap=True, overflow="ignore", end="")

    @override
    def validate(self, value: str) -> None:
        """Leave it to the form: no classes to set, and so no styles to compute anew."""

    @override
    def replace(self, text: str, start: int, end: int) -> None:
        """Put in what was typed or pasted, as one line."""
        before, covered = (self.value, self.cursor_position), self._covered()
        kind = "paste" if len(text) > 1 else "type" if text else "erase"
        text = typeable(text).replace("\n", " ")
        super().replace(text, start, end)
        if self.value != before[0]:
            first, last = sorted((max(0, start), min(len(before[0]), end)))
            self._known = (self.value, [*covered[:first], *[False] * len(text), *covered[last:]])
            if kind == "paste" or self._run != (kind, before[1]):
                self._before = (*self._before, (*before, covered))
            self._run, self.has_history = (kind, self.cursor_position), True

    def fill(self, text: str) -> None:
        """Show a text that comes from elsewhere; what is typed next goes on at its end."""
        self.value = text
        self.cursor_position = len(text)

    def action_undo(self) -> None:
        """Take back what was typed or erased last."""
        if self._before:
            *rest, (value, at, covered) = self._before
            self._known = (value, covered)
            self.value, self.cursor_position = value, at
            self._before, self._run = tuple(rest), ("", 0)


class PlainField(Field):
    """A line that never holds personal data."""

    is_plain = True
