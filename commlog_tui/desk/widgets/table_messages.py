"""What the table says upward."""

from typing import TYPE_CHECKING, Literal

from textual.message import Message

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry


class PageWanted(Message, namespace="log_table"):
    """The cursor was moved beyond the page."""

    def __init__(self, direction: Literal["newer", "older"]) -> None:
        super().__init__()
        self.direction = direction


class EntryChosen(Message, namespace="log_table"):
    """A row was chosen with Enter or a double click."""

    def __init__(self, entry: "Entry") -> None:
        super().__init__()
        self.entry = entry


class CellClicked(Message, namespace="log_table"):
    """A cell of the row one is on was clicked, or of another with the right button."""

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column


class HeadingClicked(Message, namespace="log_table"):
    """The name of a column was clicked, or what is beside the names."""

    def __init__(self, column: str | None) -> None:
        super().__init__()
        self.column = column


class Extended(Message, namespace="log_table"):
    """Rows were selected by moving over them."""

    def __init__(self, *entries: "Entry") -> None:
        super().__init__()
        self.entries = entries


class Unselected(Message, namespace="log_table"):
    """Nothing is to be selected any more."""
