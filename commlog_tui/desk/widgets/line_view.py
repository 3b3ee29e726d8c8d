"""What is drawn line by line: scrolls, and never lays the screen out again for what it shows."""

from typing import ClassVar

from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from typing_extensions import override


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

    @property
    def ground(self) -> Style:
        """The style of what stands out as nothing; Textual works it out anew for every line."""
        if self._ground is None:
            self._ground = self.rich_style
        return self._ground

    @override
    def notify_style_update(self) -> None:
        """Forget the style of another theme."""
        self._ground = None
        super().notify_style_update()

    @property
    def text_width(self) -> int:
        """How many cells a line has beside the scrollbar."""
        return max(self.scrollable_content_region.width, 1)

    def repaint_line(self, y: int) -> None:
        """Draw one line anew, and nothing of the scrollbar beside it."""
        self.refresh(Region(0, y, self.scrollable_content_region.width, 1))

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


def _thumb(lines: int, height: int) -> int:
    """Return the end of a scrollbar's thumb at the top, 0 where all lines are visible."""
    return height * height // lines if lines > height else 0
