"""The channels a location really uses, with how many entries each has; several can be ticked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from typing_extensions import override

from commlog_tui.desk.widgets.tick_list import TickList
from commlog_tui.text.hygiene import fit, safe

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
        one = self._channels[row]
        count = f"{one.count:,}"
        key = str(row + 1) if row < 9 else " "  # noqa: PLR2004 - there are nine digits to tick with
        return f"{key} {self.mark(row)} {fit(safe(one.via), max(self.size.width - len(count) - 5, 1))} {count}"
