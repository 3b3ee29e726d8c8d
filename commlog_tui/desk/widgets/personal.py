"""Widgets that show personal data: what they show in privacy mode is theirs to know, not the screen's."""

from textual.content import Content
from textual.message_pump import MessagePump
from textual.widgets import Label
from typing_extensions import override

_DOT = "•"


def is_private(node: MessagePump) -> bool:
    """Whether the desk of a widget or screen is in privacy mode."""
    return bool(getattr(node.app, "is_private", False))


def dotted(text: str, hidden: list[bool]) -> str:
    """Return a text with a dot for each hidden character, so that the cursor stays where it belongs."""
    return "".join(_DOT if hide else one for one, hide in zip(text, hidden, strict=True))


class Personal:
    """A widget that shows something else in privacy mode."""

    def hide_or_show(self) -> None:
        """Draw it anew after privacy mode was turned on or off."""
        raise NotImplementedError


class PersonalLabel(Label, Personal):
    """Words in two forms: as they are, and without personal data for privacy mode."""

    def __init__(self, words: str = "", hidden: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, markup=False)
        self._words, self._hidden = words, hidden

    def tell(self, words: str, hidden: str | None = None, *, is_fault: bool = False) -> None:
        """Show other words; without ``hidden``, they name nobody and are shown in privacy mode, too."""
        self._words, self._hidden = words, words if hidden is None else hidden
        self.set_class(is_fault, "fault")
        self.refresh(layout=True)

    @override
    def hide_or_show(self) -> None:
        """Show the other words."""
        self.refresh(layout=True)

    @override
    def render(self) -> Content:
        """Return the words for how the desk is now."""
        return Content(self._hidden if is_private(self) else self._words)
