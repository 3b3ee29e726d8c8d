"""Help: every key, from the action table."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from commlog_tui.desk.actions import ACTIONS, shown_keys


class HelpScreen(ModalScreen[None]):
    """All keys, and what they do."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss", "Close")]

    @override
    def compose(self) -> ComposeResult:
        """Show the table."""
        rows = [("↑ ↓ j k", "Move; beyond the last row, the next page"), ("Enter", "Into the detail, to scroll it")]
        rows += [(shown_keys(action), action.help) for action in ACTIONS]
        rows += [("Ctrl+P", "Command palette"), ("Ctrl+Q", "Quit")]
        with VerticalScroll(id="help"):
            yield Static("\n".join(f"{keys:10} {words}" for keys, words in rows), markup=False)
