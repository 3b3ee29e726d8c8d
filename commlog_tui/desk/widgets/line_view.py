"""What is drawn line by line: scrolls, and never lays the screen out again for what it shows."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Final, Self

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Offset, Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from typing_extensions import override

_MOST_BARS: Final = 200


class LineView(ScrollView):
    """A scroll view as wide as it is shown, whose number of lines may change with every key.

    Its scrollbar always has its place, so that the width of a line does not depend on how many
    there are.
    """

    DEFAULT_CSS: ClassVar[str] = """
    LineView { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """

    # Textual's own lays the whole screen out for every change of it, and draws all lines anew.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False, repaint=False)

    _ground: Style | None = None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._drawn: dict[int, Strip] = {}
        self._drawn_at = Offset()
        self._finished_for: tuple[Any, ...] = (Size(), 0)
        """The size, how much of it the scrollbar covers, and the filters."""
        self._background = Color(0, 0, 0)
        self._looks: dict[Style | None, Style | None] = {}
        """Styles as the filters make them, where they have nothing to do with the text."""
        self._components: dict[str, Style] = {}

    @override
    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines, each of which is made once until it is drawn anew.

        Textual works styles, borders and filters out for all lines of every frame.
        """
        if crop.size != self.size:  # partly out of sight, or with a border
            return super().render_lines(crop)
        covered = self.scrollbar_size_vertical if self.show_vertical_scrollbar else 0
        finished_for = (crop.size, covered, *self.get_line_filters())
        if finished_for != self._finished_for:
            self.forget_lines()
            self._finished_for = finished_for
        if self.scroll_offset != self._drawn_at:
            self._drawn.clear()
            self._drawn_at = self.scroll_offset
        if missing := [y for y in crop.line_range if y not in self._drawn]:
            self._background = self.background_colors[1]
            for y in missing:
                self._drawn[y] = self.finished_line(y)
        return [self._drawn[y] for y in crop.line_range]

    def forget_lines(self) -> None:
        """Make every line anew."""
        self._drawn.clear()
        self._looks.clear()

    def finished_line(self, y: int) -> Strip:
        """Return a line as it is shown."""
        return self.finished(self.render_line(y))

    def finished(self, strip: Strip) -> Strip:
        """Return a line through the filters, and without what the scrollbar covers of it."""
        _, covered, *filters = self._finished_for
        strip = _without_end(strip, covered)
        return Strip(self._filtered([*strip], filters), strip.cell_length)

    def _filtered(self, segments: list[Segment], filters: Sequence[LineFilter]) -> list[Segment]:
        if all(text.isascii() for text, _, _ in segments):
            looks = self._looks
            for _, style, _ in segments:
                if style not in looks:
                    looks[style] = _through(filters, [Segment("a", style)], self._background)[0].style
            return [Segment(text, looks[style]) for text, style, _ in segments]
        return _through(filters, segments, self._background)

    @override
    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw these regions anew, or everything."""
        for region in regions:
            for y in region.line_range:
                self._drawn.pop(y, None)
        if not regions:
            self._drawn.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    @property
    @override
    def vertical_scrollbar(self) -> ScrollBar:
        """The scrollbar; made when it is first looked at, as Textual's own is."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = _Bar(self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)  # noqa: SLF001 - as Textual does it
        return self._vertical_scrollbar

    @property
    def ground(self) -> Style:
        """The style of what stands out as nothing; Textual works it out anew for every line."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    @override
    def notify_style_update(self) -> None:
        """Forget the styles of another theme."""
        self._ground = None
        self.forget_lines()
        self._components.clear()
        super().notify_style_update()

    @property
    def text_width(self) -> int:
        """How many cells a line has beside the scrollbar."""
        return max(self.scrollable_content_region.width, 1)

    def look(self, name: str) -> Style:
        """Return the style of a component; Textual works it out anew after every change."""
        if name not in self._components:
            self._components[name] = self.get_component_rich_style(name)
        return self._components[name]

    def repaint(self, lines: Iterable[int]) -> None:
        """Draw lines anew, and nothing of the scrollbar beside them."""
        width, regions = self.scrollable_content_region.width, list[Region]()
        for y in lines:
            if regions and regions[-1].bottom == y:
                regions[-1] = Region(0, regions[-1].y, width, regions[-1].height + 1)
            else:
                regions.append(Region(0, y, width, 1))
        if regions:
            self.refresh(*regions)

    def hold(self, lines: int) -> None:
        """Make room for so many lines."""
        self.virtual_size = Size(1, lines)

    def watch_virtual_size(self, size: Size) -> None:
        """Tell the scrollbar, which is drawn anew only where it then looks another."""
        if not self.show_vertical_scrollbar:
            return
        bar, height = self.vertical_scrollbar, self.container_size.height
        before = _thumb(bar.window_virtual_size, height)
        bar.set_reactive(ScrollBar.window_virtual_size, size.height)
        if self.scroll_offset.y or bar.window_size != height:
            bar.set_reactive(ScrollBar.window_size, height)
            bar.refresh()
        elif (after := _thumb(size.height, height)) != before:
            first, last = (min(before, after), max(before, after)) if before and after else (0, max(before, after))
            bar.refresh(Region(0, max(first - 1, 0), 1, last - first + 2))


class _Bar(ScrollBar):
    """A scrollbar whose lines are made once for each of its states, and look."""

    def __init__(self, thickness: int) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._made: dict[tuple[object, ...], list[Strip]] = {}

    @override
    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines."""
        state = (self.window_virtual_size, self.window_size, self.position, self.mouse_over, self.grabbed)
        made_for = (crop, *state, *self.get_line_filters())
        if made_for not in self._made:
            if len(self._made) > _MOST_BARS:
                self._made.clear()
            self._styles_cache.clear()
            self._made[made_for] = super().render_lines(crop)
        return self._made[made_for]

    @override
    def notify_style_update(self) -> None:
        """Forget the look of another theme."""
        self._made.clear()
        super().notify_style_update()


def _without_end(strip: Strip, cells: int) -> Strip:
    """Return a strip without its last cells, which a scrollbar covers; cutting blanks off is cheap."""
    *segments, (text, style, _) = strip
    if not cells or not text.endswith(" " * cells):
        return strip.crop(0, strip.cell_length - cells)
    return Strip([*segments, Segment(text[:-cells], style)], strip.cell_length - cells)


def _through(filters: Sequence[LineFilter], segments: list[Segment], background: Color) -> list[Segment]:
    for one in filters:
        segments = one.apply(segments, background)
    return segments


def _thumb(lines: int, height: int) -> int:
    """Return the end of a scrollbar's thumb at the top, 0 where all lines are visible."""
    return height * height // lines if lines > height else 0
