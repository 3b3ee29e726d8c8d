"""Draws what changed on a screen, and looks at nothing else."""

from textual._compositor import ChopsUpdate, Compositor
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.terminal_frame import Piece, Spans


class SpanCompositor(Compositor):
    """Renders the widgets that are seen where something changed.

    Textual's own renders and cuts all those in the smallest rectangle around every change.
    """

    @override
    def render_partial_update(self) -> Spans | ChopsUpdate | None:  # type: ignore[override] # the application takes either
        """Return what changed, from the widget in front at each cell."""
        regions = self._dirty_regions.copy()
        self._dirty_regions.clear()
        if not regions:
            return None
        layers, width = self.layers_visible, self.size.width
        rendered: dict[Widget, list[Strip]] = {}
        pieces: list[Piece] = []
        for y, left, right in self._regions_to_spans(regions):
            if not 0 <= y < len(layers):
                continue
            gaps = [(max(left, 0), min(right, width))]
            for widget, shown, region in layers[y]:
                rest: list[tuple[int, int]] = []
                for begin, end in gaps:
                    first, last = max(begin, shown.x), min(end, shown.right)
                    if first >= last:
                        rest.append((begin, end))
                        continue
                    if widget not in rendered:
                        rendered[widget] = widget.render_lines(shown.translate(-region.offset))
                    strip = rendered[widget][y - shown.y]
                    pieces.append((y, first, strip.crop(first - shown.x, last - shown.x)))
                    rest += [one for one in ((begin, first), (last, end)) if one[0] < one[1]]
                gaps = rest
                if not gaps:
                    break
        return Spans(pieces)
