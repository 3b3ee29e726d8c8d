"""Help: every key, from the action table; typing looks for one."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input
from typing_extensions import override

from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.widgets.field import Field
from commlog_tui.text.details import Line


class _Needle(Field):
    """What is looked for; the key that opened the help is no part of it."""

    @override
    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key != "question_mark" and super().check_consume_key(key, character)


class HelpScreen(ModalScreen[None]):
    """All keys, what they do, and why what cannot be done now cannot."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("question_mark", "dismiss", "Close", priority=True, id="help"),
        Binding("up", "scroll(-1)", "Up", show=False),
        Binding("down", "scroll(1)", "Down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", show=False),
    ]

    def __init__(self, lines: Callable[[str, int], list[Line]]) -> None:
        super().__init__()
        self._lines = lines

    @override
    def compose(self) -> ComposeResult:
        """Lay out the search and the keys."""
        with Vertical(id="help") as card:
            card.border_title = "Keys"
            card.border_subtitle = "type to search   ↑ ↓ scroll   Esc or ? closes"
            yield _Needle(placeholder="Search: what do you want to do?", id="needle", max_length=100)
            yield DetailPane(id="keys")

    @on(Input.Changed)
    def _show(self) -> None:
        pane = self.query_one(DetailPane)
        pane.show(self._lines(self.query_one(Field).value, pane.text_width))

    def on_resize(self) -> None:
        """Break the lines for the new width."""
        self.call_after_refresh(self._show)

    def action_scroll(self, lines: int) -> None:
        """Scroll the keys while the search has the focus."""
        self.query_one(DetailPane).scroll_relative(y=lines, animate=False)
