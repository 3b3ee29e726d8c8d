"""The detail of the entry one is on, drawn line by line."""

from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.strip import Strip
from typing_extensions import override

from commlog_tui.desk.widgets.line_view import LineView
from commlog_tui.text.details import Line
from commlog_tui.text.frame import DETAIL_WIDTH
from commlog_tui.text.hygiene import fit


class DetailPane(LineView, can_focus=True):
    """Lines of text; only those that changed are drawn anew."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"detail--title", "detail--label", "detail--muted"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("up,k", "scroll_up", "Up", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines: list[Line] = []

    @property
    @override
    def text_width(self) -> int:
        """Cells of a line, with one more for a margin that is drawn with the text."""
        gap = 1 + self.screen.has_class("-comfortable")
        width = super().text_width if self.size.width else DETAIL_WIDTH - gap  # before it is laid out
        return max(width - 1, 1)

    @property
    def text(self) -> str:
        """What is shown."""
        return "\n".join(line.text for line in self._lines)

    def show(self, lines: list[Line], *, stay: bool = False) -> None:
        """Show these lines from the top, or where one is if they are of the same entry."""
        before, self._lines = self._lines, lines
        self.hold(len(lines))
        if self.scroll_offset.y:
            self.scroll_to(y=min(self.scroll_offset.y, self.max_scroll_y) if stay else 0, animate=False, immediate=True)
            self.refresh()
            return
        self.repaint(row for row, (one, two) in enumerate(zip_longest(before, lines)) if one != two)

    @override
    def render_line(self, y: int) -> Strip:
        """Return one line of the pane."""
        width, row = self.size.width, y + self.scroll_offset.y
        if row >= len(self._lines):
            return Strip.blank(width, self.ground)
        line = self._lines[row]
        style = self.ground if line.kind == "text" else self.look(f"detail--{line.kind}")
        return Strip([Segment(fit(f" {line.text}", width), style)])
