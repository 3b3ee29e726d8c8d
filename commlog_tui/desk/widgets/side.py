"""The place of the filters, which are drawn there before there are fields to type in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.containers import Vertical
from textual.strip import Strip
from textual.style import Style
from typing_extensions import override

from commlog_tui.text.sidebar import side_rows

if TYPE_CHECKING:
    from commlog_tui.contract.location import Channel


class Side(Vertical):
    """Draws empty filters until the sidebar lies over them."""

    def __init__(self, channels: "Sequence[Channel] | None", *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._channels = channels
        """The location's; None before they are known."""
        self._drawn: tuple[object, list[Strip]] = (None, [])
        """What the lines were drawn for, and they."""

    @override
    def render_line(self, y: int) -> Strip:
        """Return a line of the filters, or a blank one."""
        if self._channels is None:
            return super().render_line(y)
        drawn_for = (self.size, self.app.theme, headings := self.screen.has_class("-comfortable"))
        if drawn_for != self._drawn[0]:
            rows = side_rows(self._channels, *self.size, headings=headings)
            base = self.visual_style
            looks = {
                (ink, ground, bold): (base + Style.parse(f"{'bold ' * bold}${ink} on ${ground}")).rich_style
                for _, ink, ground, bold in {one._replace(text="") for row in rows for one in row}
            }
            lines = [[Segment(one.text, looks[one[1:]]) for one in row] for row in rows]
            self._drawn = (drawn_for, [Strip(line, self.size.width) for line in lines])
        return self._drawn[1][y]
