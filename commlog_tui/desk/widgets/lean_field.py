"""What makes a field of a form cheap: no widget for its label, no styles of parts that are not drawn."""

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

# Sheets know a widget by its first base that is one, so that a mixin must be none.
if TYPE_CHECKING:
    _Base = Widget
else:
    _Base = object

_PARTS: dict[tuple[object, ...], Style] = {}
"""Styles of parts by theme, style of their field, and names."""


class LeanField(_Base):
    """A field with an optional label on its left, in its padding, of which one cell stays the field's."""

    label = ""

    @override
    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of the field, the label in the first."""
        if not self.label or not isinstance(self.parent, Widget):
            return super().render_lines(crop)
        lines = super().render_lines(Region(0, crop.y, self.outer_size.width, crop.height))
        width, style = self.styles.padding.left - 1, self.parent.visual_style.rich_style
        label, blank = Strip([Segment(self.label.ljust(width), style)], width), Strip.blank(width, style)
        for one in self.get_line_filters():  # such as the one that leaves colours out
            label, blank = (strip.apply_filter(one, self.parent.background_colors[1]) for strip in (label, blank))
        return [
            Strip.join([blank if y else label, line.crop(width)]).crop(crop.x, crop.right)
            for y, line in enumerate(lines, crop.y)
        ]

    # Textual computes the styles of all parts, such as a selection, whenever those of the widget change.

    @classmethod
    @override
    def _get_component_classes(cls) -> frozenset[str]:  # type: ignore[override] # which is cached
        return frozenset()

    @override
    def get_component_rich_style(self, *names: str, partial: bool = False, default: Style | None = None) -> Style:
        """Return the style of a part: the same in all fields that look the same."""
        key = self.app.theme, self.visual_style, names, partial
        if key not in _PARTS:
            _PARTS[key] = super().get_component_rich_style(*names, partial=partial, default=default)
        return _PARTS[key]

    @override
    def get_component_styles(self, *names: str) -> RenderStyles:
        """Return the styles of these parts, computed when they are first drawn."""
        for name in names:
            if name not in self._component_styles:
                part = DOMNode(classes=name)
                part._attach(self)  # noqa: SLF001 - as Textual does it
                self.app.stylesheet.apply(part)
                self._component_styles[name] = part.styles
        return super().get_component_styles(*names)

    @override
    def notify_style_update(self) -> None:
        """Forget what was computed by styles that are no more."""
        self._component_styles.clear()
        super().notify_style_update()
