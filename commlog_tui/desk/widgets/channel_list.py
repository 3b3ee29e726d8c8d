"""The channels a location really uses, with how many entries each has; several can be ticked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.text.hygiene import fit, safe
from commlog_tui.desk.widgets.key_bar import KeyHints

if TYPE_CHECKING:
    from commlog_tui.contract.location import Channel


class ChannelList(Widget, can_focus=True):
    """A line a channel, each with the digit that ticks it from the table."""

    key_hints: ClassVar[KeyHints] = (("Space", "Tick"), ("↓ ↑", "Next, before"), ("Tab", "Beyond them"), ("Esc", "To the table"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("space,enter", "tick", "Tick", show=False),
    ]
    ticked = reactive[tuple[str, ...]](())
    _row = reactive(0)

    class Changed(Message):
        """A channel was ticked, or is no more."""

    def __init__(self, channels: "Iterable[Channel]", *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._channels = tuple(channels)

    @override
    def render(self) -> Content:
        """Return the lines."""
        width = self.size.width
        lines = []
        for row, one in enumerate(self._channels):
            count = f"{one.count:,}"
            mark = "●" if one.via in self.ticked else "○"
            key = str(row + 1) if row < 9 else " "  # noqa: PLR2004 - there are nine digits to tick with
            text = f"{key} {mark} {fit(safe(one.via), max(width - len(count) - 5, 1))} {count}"
            lines.append(Content.styled(text, "reverse") if self.has_focus and row == self._row else Content(text))
        return Content("\n").join(lines)

    @override
    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line a channel."""
        return len(self._channels)

    def action_move(self, rows: int) -> None:
        """Go to a neighbouring line, or on to what is above or below."""
        wanted = self._row + rows
        if 0 <= wanted < len(self._channels):
            self._row = wanted
        elif rows > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_tick(self) -> None:
        """Tick the line one is on, or take the tick back."""
        via = self._channels[self._row].via if self._channels else None
        if via is not None:
            self.ticked = tuple(one for one in self.ticked if one != via) if via in self.ticked else (*self.ticked, via)
            self.post_message(self.Changed())

    def on_click(self, event: events.Click) -> None:
        """Tick the line under the mouse."""
        if 0 <= event.y < len(self._channels):
            self._row = event.y
            self.action_tick()
