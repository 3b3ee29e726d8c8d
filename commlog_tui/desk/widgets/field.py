"""A line to type in that holds still and takes no control characters."""

from unicodedata import category

from textual.widgets import Input
from typing_extensions import override


def typeable(text: str) -> str:
    """Return the text without what a terminal would obey (control characters) and no store can keep (half surrogate pairs)."""
    return "".join(character for character in text if character == "\n" or category(character) not in {"Cc", "Cs"})


class Field(Input):
    """An input without a blinking cursor, as that writes to the terminal all day."""

    @override
    def on_mount(self) -> None:
        """Hold still."""
        self.cursor_blink = False

    @override
    def replace(self, text: str, start: int, end: int) -> None:
        """Put in what was typed or pasted, as one line."""
        super().replace(typeable(text).replace("\n", " "), start, end)
