"""Choosing the guest who is the same as another one."""

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.personal import is_private
from commlog_tui.text.customers import customer_line

if TYPE_CHECKING:
    from commlog_tui.desk.session import Session

_SETTLE: Final = 0.15
_HINT: Final = "Enter: the marked one is the same guest   ↑ ↓: another   Esc: leave"


class MergeChooser(ModalScreen["str | None"]):
    """Gives the id of the other guest, or nothing if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave", priority=True),
        Binding("down", "step(1)", "Next", priority=True, show=False),
        Binding("up", "step(-1)", "Before", priority=True, show=False),
    ]

    def __init__(self, session: "Session", customer_id: str, name: str) -> None:
        super().__init__()
        self._session = session
        self._customer_id = customer_id
        self._guest_name = name
        self._found: tuple[str, ...] = ()

    @override
    def compose(self) -> ComposeResult:
        """Lay out the line and who it finds."""
        with Vertical(classes="card", id="merge") as card:
            card.border_title = "Who is the same guest?"
            yield Field(self._guest_name, placeholder="part of a name, number or address", id="other")
            yield Choices(markup=False)
            yield Label("", id="echo", markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin with those of the same name."""
        self.set_focus(self.query_one(Field))
        self._look_up(self._guest_name)

    def set_private(self, *, private: bool) -> None:
        """Hide names, addresses and numbers, or show them again."""
        del private
        self._look_up(self.query_one(Field).value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look_up(event.value)

    @work(exclusive=True, group="find", exit_on_error=False)
    async def _look_up(self, text: str) -> None:
        await asyncio.sleep(_SETTLE)
        found = await self._session.find_customers(text.strip()) if text.strip() else ()
        others = [one for one in found if one.id != self._customer_id and self._customer_id not in one.merged]
        self._found = tuple(one.id for one in others)
        choices = self.query_one(Choices)
        choices.clear_options()
        lines = [customer_line(one, self._session.zone, private=is_private(self)) for one in others]
        choices.add_options([Option(Content(line)) for line in lines])
        choices.highlighted = 0 if others else None
        nobody = "Nobody else is known by this." if text.strip() else "Part of the other's name, number or address."
        self.query_one("#echo", Label).update("" if others else nobody)

    def action_step(self, step: int) -> None:
        """Mark another one."""
        choices = self.query_one(Choices)
        if self._found:
            choices.highlighted = ((choices.highlighted or 0) + step) % len(self._found)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        event.stop()
        marked = self.query_one(Choices).highlighted
        if marked is not None and marked < len(self._found):
            self.dismiss(self._found[marked])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found[event.option_index])
