"""What is drawn line by line: scrolls, and never lays the screen out again for what it shows."""

from typing import ClassVar

from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView


class LineView(ScrollView):
    """A scroll view as wide as it is shown, whose number of lines may change with every key.

    Its scrollbar always has its place, so that the width of a line does not depend on how many there are.
    """

    DEFAULT_CSS: ClassVar[str] = """
    LineView { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """

    # Textual's own lays the whole screen out for every change of it.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    @property
    def text_width(self) -> int:
        """How many cells a line has beside the scrollbar."""
        return max(self.scrollable_content_region.width, 1)

    def hold(self, lines: int) -> None:
        """Make room for so many lines."""
        self.virtual_size = Size(1, lines)

    def watch_virtual_size(self, size: Size) -> None:
        """Tell the scrollbar."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = size.height
            self.vertical_scrollbar.window_size = self.container_size.height
