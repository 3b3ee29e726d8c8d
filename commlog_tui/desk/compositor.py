"""Draws what changed on a screen, and looks at nothing else."""

from typing import TypeAlias

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.terminal_frame import Piece, Spans

_Layer: TypeAlias = tuple[int, int, int, Widget, Region]
"""What is seen of a widget: its first column, the one after its last, its first line; and the part to render."""


class SpanCompositor(Compositor):
    """Renders the widgets that are seen where something changed.

    Textual's own renders and cuts all those in the smallest rectangle around every change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: object = None
        self._by_line: list[list[_Layer]] = []

    @override
    def render_partial_update(self) -> Spans | ChopsUpdate | None:  # type: ignore[override] # the application takes either
        """Return what changed, from the widget in front at each cell."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        if not regions:
            return None
        layers, rendered, pieces = self._layers_by_line(), dict[Widget, list[Strip]](), list[Piece]()
        for y, left, right in self._regions_to_spans(regions):
            if 0 <= y < len(layers):
                gaps = [(max(left, 0), min(right, self.size.width))]
                for layer in layers[y]:
                    gaps = [rest for gap in gaps for rest in _fill(y, gap, layer, rendered, pieces)]
                    if not gaps:
                        break
        return Spans(pieces)

    def _layers_by_line(self) -> list[list[_Layer]]:
        layers = self.layers_visible
        if layers is not self._seen:
            self._seen = layers
            self._by_line = [
                [(at.x, at.right, at.y, widget, at.translate(-region.offset)) for widget, at, region in line]
                for line in layers
            ]
        return self._by_line


def _fill(
    y: int, gap: tuple[int, int], layer: _Layer, rendered: dict[Widget, list[Strip]], pieces: list[Piece]
) -> list[tuple[int, int]]:
    """Add the piece of a widget that is seen in a gap of a line; return what is still open of the gap."""
    (first, last), (x, end, top, widget, crop) = gap, layer
    if x >= last or end <= first:
        return [gap]
    if widget not in rendered:
        rendered[widget] = widget.render_lines(crop)
    begin, until = max(first, x), min(last, end)
    pieces.append((y, begin, rendered[widget][y - top].crop(begin - x, until - x)))
    return [rest for rest in ((first, begin), (until, last)) if rest[0] < rest[1]]
