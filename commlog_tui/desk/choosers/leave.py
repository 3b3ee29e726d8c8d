"""Asking before the desk is left with something unsent."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from commlog_tui.desk.choosers.question import Question


class LeaveScreen(Question):
    """Says what waits; gives whether to leave all the same."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "dismiss(True)", "Leave", priority=True)]

    def __init__(self, waiting: int) -> None:
        what = "1 item is" if waiting == 1 else f"{waiting} items are"
        words = (
            f"{what} not in the log yet. Nothing is lost: it is on this machine's disk, and goes out when a desk "
            "is open here, or with commlog outbox send."
        )
        super().__init__("Leave the desk?", words, yes="leave", no="stay")
