"""The main keys on one line, in one widget for a fast start."""

from collections.abc import Mapping
from typing import TypeAlias

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from commlog_tui.text.bars import key_face, keys_shown
from commlog_tui.text.widths import cell_len

KeyHints: TypeAlias = tuple[tuple[str, str], ...]
"""Keys that a widget handles itself, with their words, shown while it has the focus."""


class KeyBar(Widget):
    """Shows as many current keys as fit, dimmed where unavailable. They can be clicked."""

    dimmed = reactive(frozenset[str]())
    """The actions that can do nothing now."""
    hints = reactive[KeyHints](())
    """What the keys do in the part that has the focus, where letters are text."""
    faces = reactive[Mapping[str, tuple[str, str]]]({})
    """The key and the words of each action, the most useful first."""
    silent = reactive(False)
    """Whether another screen lies over this one: it says its own keys."""

    class Clicked(Message):
        """An action was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, faces: Mapping[str, tuple[str, str]], dimmed: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.set_reactive(KeyBar.faces, faces)
        self.set_reactive(KeyBar.dimmed, dimmed)

    @override
    def render(self) -> Content:
        """Return the line."""
        if self.silent:
            return Content("")
        if self.hints:
            return Content("").join(_lit(key, words) for key, words in self.hints)
        faces = ((action, *self.faces[action]) for action in self._shown())
        dim = self.dimmed
        return Content("").join(
            Content.styled(key_face(key, words), "$text-disabled") if action in dim else _lit(key, words)
            for action, key, words in faces
        )

    def _shown(self) -> list[str]:
        return keys_shown(self.faces, self.dimmed, self.content_size.width)

    def _width(self, action: str) -> int:
        return cell_len(key_face(*self.faces[action]))

    def on_click(self, event: events.Click) -> None:
        """Tell what was hit."""
        if self.silent or self.hints:
            return
        end = self.styles.padding.left
        for action in self._shown():
            end += self._width(action)
            if event.x < end:
                self.post_message(self.Clicked(action))
                return


def _lit(key: str, words: str) -> Content:
    return Content.assemble((f" {key}", "$text-accent bold"), (f" {words} ", "$foreground"))
