"""One of a few words on one line, changed by arrows, a click or an initial letter."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.widgets.key_bar import KeyHints


class Choice(Widget, can_focus=True):
    """A word chosen; the empty one stands for any."""

    key_hints: ClassVar[KeyHints] = (
        ("→ ←", "Next, before"),
        ("a letter", "Its word"),
        ("Backspace", "Any"),
        ("Esc", "To the table"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,enter", "step(1)", "Next", show=False),
        Binding("left", "step(-1)", "Before", show=False),
    ]
    value = reactive("")

    class Changed(Message):
        """Another word was chosen by hand."""

    def __init__(self, words: Sequence[str], *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._words = ("", *words)

    @override
    def render(self) -> Content:
        """Return the word between its arrows."""
        return Content(f"◂ {self.value or 'any'} ▸")

    def action_step(self, step: int) -> None:
        """Go to a neighbouring word, round the ends."""
        here = self._words.index(self.value) if self.value in self._words else 0
        self._choose(self._words[(here + step) % len(self._words)])

    def on_click(self) -> None:
        """Go on to the next word."""
        self.action_step(1)

    def on_key(self, event: events.Key) -> None:
        """Select the next word with this initial letter. Any other key selects "any"."""
        if event.key == "backspace":
            event.stop()
            self._choose("")
        if not event.is_printable or not event.character or not event.character.isalpha():
            return
        event.stop()
        here = self._words.index(self.value) if self.value in self._words else 0
        rest = (*self._words[here + 1 :], *self._words[: here + 1])
        self._choose(next((word for word in rest if word.startswith(event.character.lower())), self.value))

    def _choose(self, word: str) -> None:
        if word != self.value:
            self.value = word
            self.post_message(self.Changed())
