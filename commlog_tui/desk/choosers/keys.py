"""Changing the keys of the desk."""

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.action import CHANNEL, Action, Desk, shown_keys
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.text.hygiene import cut

_KEYS: Final = 14
_HINT: Final = "Enter: give it other keys   Esc: close"


class KeysScreen(ModalScreen[None]):
    """A row for each action, with its keys; Enter changes them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Close")]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._actions = {action.id: action for action in desk.settings.actions if action.id != CHANNEL}
        self._keymap = desk.preferences.keys
        self._desk = desk

    @override
    def compose(self) -> ComposeResult:
        """Show one row for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Keys"
            yield Choices(*(Option(self._row(one), id=one.id) for one in self._actions.values()), markup=False)
            yield Label("", id="meaning", markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def _row(self, action: Action) -> Content:
        return Content(f"{cut(shown_keys(action, self._keymap), _KEYS - 1):{_KEYS}}{action.words}")

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._say(self._actions[event.option_id or ""].help)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        label = self.query_one("#meaning", Label)
        label.update(words)
        label.set_class(wrong, "fault")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._ask(self._actions[event.option_id or ""])

    @work(exclusive=True, group="ask")
    async def _ask(self, action: Action) -> None:
        keys = self._keymap.get(action.id, action.keys)
        prompt = Prompt(f"Keys: {action.words}", "n, ctrl+n, f5, slash; commas between", lambda _: "", keys)
        text = await self.app.push_screen_wait(prompt)
        if text is None:
            return
        try:
            self._keymap = await self._desk.settings.keep_keys(action.id, text.strip())
        except Exception as error:  # noqa: BLE001 - whatever the keeper of settings raises, its words are for people
            self._say(str(error).rpartition(": ")[2], wrong=True)
            return
        self._say("Saved; it does so from now on.")
        self.query_one(OptionList).replace_option_prompt(action.id, self._row(action))
