"""Asking before the desk is left with something unsent."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label
from typing_extensions import override


class LeaveScreen(ModalScreen[bool]):
    """Says what waits; gives whether to leave all the same."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y,ctrl+q", "dismiss(True)", "Leave", priority=True),
        Binding("escape,n,q", "dismiss(False)", "Stay", priority=True),
    ]

    def __init__(self, waiting: int) -> None:
        super().__init__()
        self._waiting = waiting

    @override
    def compose(self) -> ComposeResult:
        """Say it."""
        what = "1 entry is" if self._waiting == 1 else f"{self._waiting} entries are"
        with Vertical(classes="card -small") as card:
            card.border_title = "Leave the desk?"
            yield Label(
                f"{what} not in the log yet. Nothing is lost: it is on this machine's disk, and goes out when a desk "
                "is open here, or with commlog outbox send.",
                markup=False,
            )
            yield Label("Enter: leave   Esc: stay", classes="hint", markup=False)
