"""A sentence for the guest on the phone, made from what is on record."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, Static
from typing_extensions import override

if TYPE_CHECKING:
    from commlog_tui.contract.page import FeedItem


class WhatToSay(ModalScreen[None]):
    """Shows a sentence that went to the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,i", "dismiss(None)", "Close")]

    def __init__(self, sentence: str, copied: str) -> None:
        super().__init__()
        self._sentence = sentence
        self._copied = copied

    def record(self, item: "FeedItem") -> None:
        """Stay as it was copied, whatever is recorded since."""

    def set_private(self, *, private: bool) -> None:
        """Close with the names."""
        if private:
            self.dismiss(None)

    @override
    def compose(self) -> ComposeResult:
        """Lay out the sentence."""
        with Vertical(classes="card") as card:
            card.border_title = "What to say"
            yield Static(self._sentence, id="sentence", markup=False)
            yield Label(f"{self._copied}   Esc: close", classes="hint", markup=False)
