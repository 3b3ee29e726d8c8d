"""The channels a location really uses, with how many entries each has; several can be ticked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from typing_extensions import override

from commlog_tui.desk.widgets.tick_list import TickList
from commlog_tui.text.sidebar import channel_line

if TYPE_CHECKING:
    from commlog_tui.contract.location import Channel


class ChannelList(TickList):
    """A line a channel, each with the digit that ticks it from the table."""

    def __init__(self, channels: "Iterable[Channel]", *, id: str) -> None:  # noqa: A002 - Textual's name for it
        self._channels = tuple(channels)
        super().__init__([one.via for one in self._channels], id=id)

    @override
    def line(self, row: int) -> str:
        """Return the channel's digit, tick, name and count."""
        return channel_line(row, self.mark(row), self._channels[row], self.size.width)
