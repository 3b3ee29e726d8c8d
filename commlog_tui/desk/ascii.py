"""For a terminal that knows ASCII alone: everything drawn is put in characters that it has."""

from collections.abc import Sequence
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from typing_extensions import override

from commlog_tui.text.ascii import as_ascii


class AsciiFilter(LineFilter):
    """Puts every line in ASCII just before it is drawn."""

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII."""
        return [
            Segment(as_ascii(text), style, control) if not control else one
            for one in segments
            for text, style, control in (one,)
        ]


def with_ascii(filters: Sequence[LineFilter]) -> Sequence[LineFilter]:
    """Return the filters, and the one for ASCII behind them."""
    return [*filters, _FILTER]


_FILTER: Final = AsciiFilter()
