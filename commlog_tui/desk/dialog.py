"""A modal screen that opens fast."""

from functools import lru_cache
from typing import Any, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.css.styles import RulesMap
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.style import Style as VisualStyle
from textual.visual import RenderOptions, Visual
from typing_extensions import override

Result = TypeVar("Result")


class Dialog(ModalScreen[Result], Generic[Result]):
    """A modal screen. The screen below shows through its background."""

    _was_shown = False

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Style it once: it has just been, when its widgets were made."""
        event.refresh_styles = self._was_shown
        self._was_shown = True

    @override
    def render(self) -> Any:
        """Return the screen below."""
        background = super().render()
        return _Below(background) if isinstance(background, BackgroundScreen) else background


class _Below(Visual):
    """The screen below, in colours mixed once, not anew for each piece of text."""

    def __init__(self, background: BackgroundScreen) -> None:
        self._screen, self._color = background.screen, background.color

    @override
    def render_strips(self, width: int, height: int | None, style: VisualStyle, options: RenderOptions) -> list[Strip]:
        color = self._color
        return [
            Strip([Segment(text, mixed(style, color)) for text, style, _ in strip], strip.cell_length)
            for strip in self._screen._compositor.render_strips()  # noqa: SLF001 - as Textual does it
        ]

    @override
    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    @override
    def get_height(self, rules: RulesMap, width: int) -> int:
        return self._screen.size.height


@lru_cache(1024)
def mixed(style: Style | None, color: Color) -> Style:
    """Return a style with its colours below another; links and other data are left out."""
    style = (style or Style()).clear_meta_and_links()
    shown, ground = (
        (Color.from_rich_color(one) + color).rich_color if one is not None else None
        for one in (style.color, style.bgcolor)
    )
    return style + Style.from_color(shown, ground)
