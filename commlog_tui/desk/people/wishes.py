"""Choosing what a guest does not want, or wants again."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.widgets.choices import Choices

WISHES: Final = (
    ("No texts", "sms", False),
    ("No e-mail", "email", False),
    ("No calls", "phone", False),
    ("No WhatsApp", "whatsapp", False),
    ("No messages at all", "", False),
    ("May be written to again", "", True),
)
"""Words, the channel (empty for every one), and whether they may be written to."""


class WishChooser(ModalScreen["int | None"]):
    """Gives the number of a wish, or nothing if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave", priority=True),
        *(Binding(str(number + 1), f"dismiss({number})", show=False) for number in range(len(WISHES))),
    ]

    @override
    def compose(self) -> ComposeResult:
        """Lay out the wishes."""
        with Vertical(classes="card -small", id="wishes") as card:
            card.border_title = "What do they want?"
            options = [Option(Content(f"{number} {words}")) for number, (words, _, _) in enumerate(WISHES, 1)]
            yield Choices(*options, markup=False)
            yield Label("A digit or Enter: that one   Esc: leave", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the first one."""
        choices = self.query_one(Choices)
        choices.highlighted = 0
        self.set_focus(choices)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_index)
