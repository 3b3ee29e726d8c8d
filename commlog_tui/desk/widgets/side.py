"""The place of the filters, which are drawn there before there are fields to type in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
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

    @override
    def render(self) -> Content:
        """Return the lines of the filters."""
        width, height = self.size
        if self._channels is None or not width:
            return Content("")
        rows = side_rows(self._channels, width, height, headings=self.screen.has_class("-comfortable"))
        parts = (
            [(piece.text, f"{'bold ' if piece.bold else ''}${piece.ink} on ${piece.ground}") for piece in row]
            for row in rows
        )
        return Content("\n").join(Content.assemble(*row) for row in parts)
