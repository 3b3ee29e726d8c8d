"""What is kept in the outbox: drafts, refused entries, and what waits to be sent."""

from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.entry_fields import title_of
from commlog_tui.desk.text.hygiene import safe
from commlog_tui.desk.text.moments import short_local

if TYPE_CHECKING:
    from commlog_tui.client.outbox import OutboxItem


class KeptScreen(ModalScreen[str | None]):
    """Shows what is kept; gives the key of what is to be opened, if anything is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,o", "dismiss(None)", "Close")]

    def __init__(self, items: "tuple[OutboxItem, ...]", damaged: int, zone: ZoneInfo) -> None:
        super().__init__()
        self._items = items
        self._damaged = damaged
        self._zone = zone

    @override
    def compose(self) -> ComposeResult:
        """Show one row for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Kept in the outbox"
            yield OptionList(*(self._option(item) for item in self._items), markup=False)
            if self._damaged:
                files = "1 file" if self._damaged == 1 else f"{self._damaged} files"
                yield Label(f"{files} in the outbox cannot be read. They are kept as they are.", classes="fault", markup=False)
            yield Label("Enter: open and mend   Esc: close   What waits is sent by itself.", classes="hint", markup=False)

    def _option(self, item: "OutboxItem") -> Option:
        words = f"{item.state:8} {short_local(item.saved_at, self._zone)}  {safe(title_of(item)) or '(no title yet)'}"
        why = f"\n         {safe(item.reason)}" if item.reason else ""
        return Option(Content(words + why), id=item.key, disabled=item.state == "waiting")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)
