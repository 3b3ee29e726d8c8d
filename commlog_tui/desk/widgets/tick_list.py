"""A list of which several lines can be ticked."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.widgets.key_bar import KeyHints


class TickList(Widget, can_focus=True):
    """A line a name. Subclasses say how many lines there are, what each ticks, and how it looks."""

    key_hints: ClassVar[KeyHints] = (
        ("Space", "Tick"),
        ("-", "Without"),
        ("↓ ↑", "Next, before"),
        ("Tab", "Beyond them"),
        ("Esc", "To the table"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("space,enter", "tick", "Tick", show=False),
        Binding("minus", "exclude", "Without", show=False),
    ]
    ticked = reactive[tuple[str, ...]](())
    excluded = reactive[tuple[str, ...]](())
    """What is not wanted; none of it is ticked."""
    _row = reactive(0)

    class Changed(Message):
        """A line was ticked, or is no more."""

    def __init__(self, names: Sequence[str], *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._names = tuple(names)

    @override
    def render(self) -> Content:
        """Return the lines."""
        lines = []
        for row in range(len(self._names)):
            text = self.line(row)
            lines.append(Content.styled(text, "reverse") if self.has_focus and row == self._row else Content(text))
        return Content("\n").join(lines)

    @override
    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a name."""
        return len(self._names)

    def line(self, row: int) -> str:
        """Return a line as it is shown."""
        return f"{self.mark(row)} {self._names[row]}"

    def mark(self, row: int) -> str:
        """Return the sign of whether a line is ticked, or excluded."""
        if set(self.ticks(row)) <= set(self.excluded):
            return "✗"
        return "●" if set(self.ticks(row)) <= set(self.ticked) else "○"

    def ticks(self, row: int) -> tuple[str, ...]:
        """Return what a line ticks."""
        return (self._names[row],)

    def watch__row(self, row: int) -> None:
        """Keep the line one is on in sight, where the list is longer than the room for it."""
        if isinstance(self.parent, Widget):
            here = self.virtual_region
            self.parent.scroll_to_region(Region(here.x, here.y + row, here.width, 1), animate=False)

    def action_move(self, rows: int) -> None:
        """Go to a neighbouring line, or on to what is above or below."""
        wanted = self._row + rows
        if 0 <= wanted < len(self._names):
            self._row = wanted
        elif rows > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_tick(self) -> None:
        """Tick the line one is on, or take the tick back."""
        if not self._names:
            return
        names = self.ticks(self._row)
        rest = tuple(one for one in self.ticked if one not in names)
        self.change(rest if set(names) <= set(self.ticked) else (*rest, *names))

    def action_exclude(self) -> None:
        """Exclude the line one is on, or no longer."""
        if not self._names:
            return
        names = self.ticks(self._row)
        rest = tuple(one for one in self.excluded if one not in names)
        is_excluded = set(names) <= set(self.excluded)
        self.change(tuple(one for one in self.ticked if one not in names), rest if is_excluded else (*rest, *names))

    def change(self, ticked: tuple[str, ...], excluded: tuple[str, ...] | None = None) -> None:
        """Tick and exclude these by hand; what is ticked is not excluded."""
        without = self.excluded if excluded is None else excluded
        without = tuple(one for one in without if one not in ticked)
        if (ticked, without) != (self.ticked, self.excluded):
            self.ticked, self.excluded = ticked, without
            self.post_message(self.Changed())

    def on_click(self, event: events.Click) -> None:
        """Tick the line under the mouse."""
        self.clicked(event.y)

    def clicked(self, row: int) -> None:
        """Tick a line that was clicked."""
        if 0 <= row < len(self._names):
            self._row = row
            self.action_tick()
