"""The line that says where one is, and how things stand."""

from typing import TYPE_CHECKING, Literal

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.text.hygiene import safe
from commlog_tui.text.widths import cell_len

if TYPE_CHECKING:
    from commlog_tui.contract.page import Page


def position(page: "Page") -> str:
    """Return where a page is in the whole: rows 51 to 100 of 1,204, or of over 10,000."""
    total, first, rows = page.total, page.first, len(page.entries)
    count = f"{total.count:,}" if total.exact else f"over {total.count:,}"
    if not rows:
        return f"0 of {count}"
    if not first:
        return f"{'some' if page.older else 'the oldest'} {rows} of {count}"
    return f"{first:,}–{first + rows - 1:,} of {count}"  # noqa: RUF001 - ranges take an en dash


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
        return f"{'◂' if self.newer else ' '} {self.place} {'▸' if self.older else ' '}" if self.place else ""

    def on_click(self, event: events.Click) -> None:
        """Turn the page, where an arrow was hit or nearly so."""
        at = event.x - self.styles.padding.left
        width = cell_len(self._turner())
        if self.newer and at <= 1:
            self.post_message(self.Turned("newer"))
        elif self.older and width - 2 <= at <= width:
            self.post_message(self.Turned("older"))
