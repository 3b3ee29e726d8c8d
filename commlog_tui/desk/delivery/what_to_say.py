"""A sentence for the guest on the phone, made from what is on record."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, Static
from typing_extensions import override


class WhatToSay(ModalScreen[None]):
    """Shows a sentence that went to the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,i", "dismiss(None)", "Close")]

    def __init__(self, sentence: str, copied: str) -> None:
        super().__init__()
        self._sentence = sentence
        self._copied = copied

    @override
    def compose(self) -> ComposeResult:
        """Lay out the sentence."""
        with Vertical(classes="card") as card:
            card.border_title = "What to say"
            yield Static(self._sentence, id="sentence", markup=False)
            yield Label(f"{self._copied}   Esc: close", classes="hint", markup=False)
