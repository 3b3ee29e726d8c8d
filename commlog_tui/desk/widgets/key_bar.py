"""The keys that matter, in one line; Textual's own is a widget for every key, each of which is laid out at every start."""

from collections.abc import Mapping

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.desk.actions import ACTIONS, shown_keys


class KeyBar(Widget):
    """What the keys do, dimmed where they can do nothing now; a click does it, too."""

    dimmed = reactive(frozenset[str]())
    """The actions that can do nothing now."""

    class Clicked(Message):
        """An action was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._faces = [
            (action.id, shown_keys(action, keymap).partition(" ")[0], action.words) for action in ACTIONS if action.in_footer
        ]

    @override
    def render(self) -> Content:
        """Return the line."""
        shown = [
            Content.assemble((f" {key}", "$text-accent bold"), (f" {words} ", "$foreground"))
            if action not in self.dimmed
            else Content.styled(f" {key} {words} ", "$text-disabled")
            for action, key, words in self._faces
        ]
        return Content("").join(shown)

    def on_click(self, event: events.Click) -> None:
        """Tell what was hit."""
        end = self.styles.padding.left
        for action, key, words in self._faces:
            end += cell_len(f" {key} {words} ")
            if event.x < end:
                self.post_message(self.Clicked(action))
                return
