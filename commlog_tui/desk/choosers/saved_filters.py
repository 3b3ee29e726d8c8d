"""Choosing filters that were saved under a name."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option
from typing_extensions import override

from commlog_tui.desk.choosers.question import Question
from commlog_tui.desk.filters import Filters, words_of
from commlog_tui.desk.saved_filters import SavedFilters, SavedFiltersError
from commlog_tui.text.hygiene import safe


class SavedFiltersScreen(ModalScreen[Filters | None]):
    """Shows what is saved; gives the filters chosen, if any are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss(None)", "Close"),
        Binding("j", "app.simulate_key('down')", "Down", show=False),
        Binding("k", "app.simulate_key('up')", "Up", show=False),
        Binding("d,delete", "forget", "Delete"),
    ]

    def __init__(self, saved: SavedFilters, named: Mapping[str, Filters]) -> None:
        super().__init__()
        self._saved = saved
        self._named = dict(named)

    @override
    def compose(self) -> ComposeResult:
        """Show one row for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Saved filters"
            yield OptionList(*(self._option(*item) for item in self._named.items()), markup=False)
            if newer := self._saved.newer():
                words = "1 more was" if len(newer) == 1 else f"{len(newer)} more were"
                yield Label(f"{words} saved by a newer commlog and left alone: {safe(', '.join(newer))}.", markup=False)
            yield Label("Enter: use it   d: delete it   Esc: close", classes="hint", markup=False)

    def _option(self, name: str, filters: Filters) -> Option:
        return Option(Content(f"{safe(name)}\n  {words_of(filters)}"), id=name)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._named.get(event.option_id or ""))

    @work(exclusive=True, group="forget")
    async def action_forget(self) -> None:
        """Delete the saved filters one is on, once that is confirmed."""
        choices = self.query_one(OptionList)
        if choices.highlighted is None:
            return
        name = choices.get_option_at_index(choices.highlighted).id or ""
        words = f"{safe(name)}: {words_of(self._named[name])}"
        if not await self.app.push_screen_wait(Question("Delete these saved filters?", words, yes="delete", no="keep")):
            return
        try:
            self._saved.forget(name)
        except SavedFiltersError as error:
            self.query_one(".hint", Label).update(str(error))
            return
        choices.remove_option(name)
        if not choices.option_count:
            self.dismiss(None)
