"""Choosing one of several locations."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.contract.location import Location


class LocationChooser(ModalScreen[str]):
    """Asks which location to open; gives its id."""

    def __init__(self, locations: "tuple[Location, ...]") -> None:
        super().__init__()
        self._locations = locations

    @override
    def compose(self) -> ComposeResult:
        """Show the locations."""
        with Vertical(classes="card") as card:
            card.border_title = "Which location?"
            yield Choices(
                *(Option(Content(f"{safe(one.name)}  ·  {one.zone}"), id=one.id) for one in self._locations),
                markup=False,
            )
            yield Label("Enter: open it   Ctrl+Q: quit", classes="hint", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)
