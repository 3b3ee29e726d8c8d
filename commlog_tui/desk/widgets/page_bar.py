"""The line that says where one is, and how things stand."""

from typing import TYPE_CHECKING, Literal

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.text.bars import position, turner
from commlog_tui.text.hygiene import safe
from commlog_tui.text.widths import cell_len

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page


class PageBar(Widget):
    """One line with the position, notices, and arrows that turn the page on a click."""

    place = reactive("")
    state = reactive("Connecting…")
    alarm = reactive("")
    """What must not be overlooked; it stands before everything else, in the colours of an error."""
    newer = reactive(False)
    older = reactive(False)

    class Turned(Message):
        """An arrow was clicked."""

        def __init__(self, direction: Literal["newer", "older"]) -> None:
            super().__init__()
            self.direction = direction

    def show(self, page: "Page") -> None:
        """Say where a page is."""
        self.place, self.newer, self.older = position(page), page.newer is not None, page.older is not None

    @override
    def render(self) -> Content:
        """Return the line."""
        line = Content("  ·  ".join(safe(part) for part in (self._turner(), self.state) if part))
        return Content.assemble((f" ! {safe(self.alarm)} ", "bold $text on $error"), " ", line) if self.alarm else line

    def _turner(self) -> str:
        return turner(self.place, newer=self.newer, older=self.older)

    def on_click(self, event: events.Click) -> None:
        """Turn the page, where an arrow was hit or nearly so."""
        at = event.x - self.styles.padding.left
        width = cell_len(self._turner())
        if self.newer and at <= 1:
            self.post_message(self.Turned("newer"))
        elif self.older and width - 2 <= at <= width:
            self.post_message(self.Turned("older"))
