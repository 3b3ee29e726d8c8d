"""Choosing a saved view, and which one is shown at start."""

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

from commlog_tui.desk.action import Desk
from commlog_tui.desk.choosers.question import Question
from commlog_tui.desk.saved_views import SavedView, SavedViews, SavedViewsError
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.desk.widgets.personal import PersonalLabel, is_private
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import MASK

_HINT = "Enter: show it   f: first at start   d: delete it   Esc: close"


class SavedViewsScreen(ModalScreen[SavedView | None]):
    """Shows what is saved; gives the view chosen, if any is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss(None)", "Close"),
        Binding("d,delete", "forget", "Delete"),
        Binding("f", "first", "First at start"),
    ]

    def __init__(self, saved: SavedViews, named: Mapping[str, SavedView], desk: Desk) -> None:
        super().__init__()
        self._saved = saved
        self._named = dict(named)
        self._desk = desk

    @override
    def compose(self) -> ComposeResult:
        """Show one row for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Saved views"
            yield Choices(
                *(Option(self._row(name, private=is_private(self)), id=name) for name in self._named), markup=False
            )
            if newer := self._saved.newer():
                count = "1 more was" if len(newer) == 1 else f"{len(newer)} more were"
                words = f"{count} saved by a newer commlog and left alone"
                yield PersonalLabel(f"{words}: {safe(', '.join(newer))}.", f"{words}.")
            yield Label(_HINT, classes="hint", markup=False)

    def set_private(self, *, private: bool) -> None:
        """Hide names, or show them again."""
        del private
        self._draw()

    def _draw(self) -> None:
        choices = self.query_one(OptionList)
        for known in self._named:
            choices.replace_option_prompt(known, self._row(known, private=is_private(self)))

    def _row(self, name: str, *, private: bool) -> Content:
        view = self._named[name]
        shown = MASK if private and view.words(private=True) != view.words() else safe(name)
        first = "  (first at start)" if name == self._desk.preferences.first_view else ""
        words = view.words(private=private)
        more = "" if words.split() == shown.split() else f"\n  {words}"
        return Content(f"{shown}{first}{more}")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._named.get(event.option_id or ""))

    def _highlighted(self) -> str | None:
        choices = self.query_one(OptionList)
        return None if choices.highlighted is None else choices.get_option_at_index(choices.highlighted).id

    @work(exclusive=True, group="first")
    async def action_first(self) -> None:
        """Show the highlighted view at start from now on, or the log itself again."""
        name = self._highlighted()
        if name is None:
            return
        wanted = "" if name == self._desk.preferences.first_view else name
        try:
            await self._desk.settings.keep("first_view", wanted)
        except Exception as error:  # noqa: BLE001 - whatever the keeper of settings raises, its words are for people
            self._report(f"It is not the first at start. {error}")
            return
        self._draw()
        self._report("It is shown at start from now on." if wanted else "The log itself is shown at start again.")

    @work(exclusive=True, group="forget")
    async def action_forget(self) -> None:
        """Delete the saved view one is on, once that is confirmed."""
        name = self._highlighted()
        if name is None:
            return
        words, hidden = (str(self._row(name, private=one)).replace("\n ", ":") for one in (False, True))
        question = Question("Delete this saved view?", words, hidden, yes="delete", no="keep")
        if not await self.app.push_screen_wait(question):
            return
        try:
            self._saved.forget(name)
        except SavedViewsError as error:
            self._report(str(error))
            return
        choices = self.query_one(OptionList)
        choices.remove_option(name)
        del self._named[name]
        if not choices.option_count:
            self.dismiss(None)

    def _report(self, words: str) -> None:
        self.query_one(".hint", Label).update(f"{words}\n{_HINT}")
