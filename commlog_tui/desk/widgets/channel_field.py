"""The field for a channel: while it is empty, a letter stands for a channel's whole name."""

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from typing_extensions import override

from commlog_tui.contract.channels import CHANNELS
from commlog_tui.desk.widgets.field import Field


class ChannelField(Field):
    """A channel input.

    ``on_chosen`` is called on a choice by letter before the next key is handled.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"choose('{name}')", name, show=False, priority=True) for letter, name in CHANNELS.items()
    ]

    is_plain = True

    def __init__(self, text: str, on_chosen: Callable[[], None], hint: str, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(text, placeholder=hint, id=id, select_on_focus=False)
        self._on_chosen = on_chosen

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let letters be letters once something is typed."""
        return action != "choose" or not self.value

    def action_choose(self, name: str) -> None:
        """Take a letter for its channel."""
        self.fill(name)
        self._on_chosen()
