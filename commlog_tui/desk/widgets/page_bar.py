"""The line that says where one is, and how things stand."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.text.hygiene import safe

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
    """One line: position, and what is to be known."""

    place = reactive("")
    state = reactive("Connecting…")

    @override
    def render(self) -> Content:
        """Return the line."""
        return Content("  ·  ".join(safe(part) for part in (self.place, self.state) if part))
