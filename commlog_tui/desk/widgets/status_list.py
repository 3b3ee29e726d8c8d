"""Statuses to filter by: one line while one is elsewhere, a list to tick in while one is here."""

from typing import ClassVar

from textual import events
from textual.content import Content
from typing_extensions import override

from commlog_tui.contract.channels import DID_NOT_ARRIVE
from commlog_tui.desk.filters import STATUSES, statuses_in_words
from commlog_tui.desk.widgets.key_bar import KeyHints
from commlog_tui.desk.widgets.tick_list import TickList

_GROUP = "did not arrive"


class StatusList(TickList):
    """A line a status, after one that ticks all that did not arrive."""

    FOCUS_ON_CLICK: ClassVar[bool] = False
    key_hints: ClassVar[KeyHints] = (
        ("Space", "Tick"),
        ("-", "Without"),
        ("a letter", "Its word"),
        ("Backspace", "Any"),
        ("Esc", "To the table"),
    )

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__((_GROUP, *STATUSES), id=id)

    @override
    def render(self) -> Content:
        """Return the list while it has the focus, else what is ticked in it."""
        if self.has_focus:
            return super().render()
        without = [f"not {words}" for words in statuses_in_words(self.excluded)]
        return Content(", ".join([*statuses_in_words(self.ticked), *without]) or "any")

    @override
    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a status while the list has the focus."""
        return len(self._names) if self.has_focus else 1

    @override
    def ticks(self, row: int) -> tuple[str, ...]:
        """Return the status of a line, or those that the first one stands for."""
        return DID_NOT_ARRIVE if row == 0 else super().ticks(row)

    def on_focus(self) -> None:
        """Make room for the list."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """Take the room back."""
        self.refresh(layout=True)

    @override
    def clicked(self, row: int) -> None:
        """Tick a line that was clicked; the click that opens the list ticks nothing."""
        if self.has_focus:
            super().clicked(row)
        else:
            self.focus()

    def on_key(self, event: events.Key) -> None:
        """Go to the next word that begins with a letter."""
        if event.key == "backspace":
            event.stop()
            self.change((), ())
        if not event.is_printable or not event.character or not event.character.isalpha() or event.character in "jk":
            return
        event.stop()
        count = len(self._names)
        rows = ((self._row + step) % count for step in range(1, count + 1))
        self._row = next((row for row in rows if self._names[row].startswith(event.character.lower())), self._row)
