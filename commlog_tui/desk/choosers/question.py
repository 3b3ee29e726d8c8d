"""Asking before something is done that cannot be taken back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label
from typing_extensions import override

from commlog_tui.desk.widgets.personal import PersonalLabel


class Question(ModalScreen[bool]):
    """Asks a question and returns whether it is confirmed.

    ``yes`` and ``no`` say what Enter and Escape do.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "dismiss(True)", "Yes", priority=True),
        Binding("escape,n,q", "dismiss(False)", "No", priority=True),
    ]

    def __init__(self, title: str, words: str, hidden: str | None = None, *, yes: str, no: str) -> None:
        """``hidden`` are the words for privacy mode, if they differ."""
        super().__init__()
        self._heading = title
        self._words, self._hidden = words, words if hidden is None else hidden
        self._hint = f"Enter: {yes}   Esc: {no}"

    @override
    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Vertical(classes="card -small") as card:
            card.border_title = self._heading
            yield PersonalLabel(self._words, self._hidden)
            yield Label(self._hint, classes="hint", markup=False)
