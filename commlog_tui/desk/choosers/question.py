"""Asking before something is done that cannot be taken back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label
from typing_extensions import override


class Question(ModalScreen[bool]):
    """Asks a question and returns whether it is confirmed.

    ``yes`` and ``no`` say what Enter and Escape do.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "dismiss(True)", "Yes", priority=True),
        Binding("escape,n,q", "dismiss(False)", "No", priority=True),
    ]

    def __init__(self, title: str, words: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._heading = title
        self._words = words
        self._hint = f"Enter: {yes}   Esc: {no}"

    @override
    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Vertical(classes="card -small") as card:
            card.border_title = self._heading
            yield Label(self._words, markup=False)
            yield Label(self._hint, classes="hint", markup=False)
