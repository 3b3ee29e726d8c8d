"""Settings at the desk: the rules are those of the settings file, which keeps its comments."""

from functools import partial
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

from commlog_tui.desk.action import Desk
from commlog_tui.desk.choosers.columns import ColumnsScreen
from commlog_tui.desk.choosers.keys import KeysScreen
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.preferences import SettingField
from commlog_tui.desk.widgets.choices import Choices
from commlog_tui.text.hygiene import cut, safe

NAMES: Final = {
    "theme": "Theme", "density": "Density", "page_size": "Entries a page", "columns": "Columns", "times": "Times in",
    "hide_after": "Hide names after", "first_view": "First view", "due_signal": "When a task is due",
    "people": "People at this desk", "ask_person_after": "Ask who writes after", "booking_url": "Page of a booking",
    "proof_folder": "Proof sheets go to", "export_folder": "Exports go to",
}  # fmt: skip
_EMPTY: Final = {
    "theme": "as the terminal: dark or light",
    "first_view": "the log itself",
    "columns": "the usual ones",
    "due_signal": "the bar alone",
}
_MINUTES: Final = frozenset({"hide_after", "ask_person_after"})
_KEYS: Final = "keys"
_ELSEWHERE: Final = "elsewhere"
_ABOUT_KEYS: Final = "Which keys do what. A change takes effect at once."
_LABEL: Final = 24
_VALUE: Final = 44
_HINT: Final = "→ ← : next, before   Enter: change   Esc: close"


class SettingsScreen(ModalScreen[None]):
    """A row for each setting; what it means stands below, and what is wrong with a value at its field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,comma", "dismiss(None)", "Close"),
        Binding("right,space", "step(1)", "Next"),
        Binding("left", "step(-1)", "Before"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._fields = {field.name: _current(field, desk) for field in desk.preferences.fields}

    @override
    def compose(self) -> ComposeResult:
        """Show one row for each."""
        with Vertical(classes="card") as card:
            card.border_title = "Settings"
            yield Choices(
                *(Option(self._row(field), id=field.name) for field in self._fields.values()),
                Option(Content(f"{'Keys':{_LABEL}}{len(self._desk.preferences.keys)} changed"), id=_KEYS),
                Option(Content(f"{'Other settings':{_LABEL}}in the settings file"), id=_ELSEWHERE),
                markup=False,
            )
            yield Label("", id="meaning", markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def _row(self, field: SettingField) -> Content:
        return Content(f"{NAMES.get(field.name, field.name):{_LABEL}}{cut(_shown(field), _VALUE)}")

    @property
    def _highlighted(self) -> SettingField | None:
        choices = self.query_one(OptionList)
        at = choices.highlighted
        return None if at is None else self._fields.get(choices.get_option_at_index(at).id or "")

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        field = self._fields.get(event.option_id or "")
        words = self._desk.preferences.elsewhere if event.option_id == _ELSEWHERE else _ABOUT_KEYS
        self._say(words if field is None else _meaning(field))

    def _say(self, words: str, *, wrong: bool = False) -> None:
        label = self.query_one("#meaning", Label)
        label.update(words)
        label.set_class(wrong, "fault")

    def action_step(self, step: int) -> None:
        """Take the next value, or the one before, of a setting that has a few."""
        field = self._highlighted
        if field is not None and field.choices:
            here = field.choices.index(field.value) if field.value in field.choices else 0
            self._keep(field, field.choices[(here + step) % len(field.choices)])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        field = self._fields.get(event.option_id or "")
        if event.option_id == _ELSEWHERE:
            return
        if field is None:
            self.app.push_screen(KeysScreen(self._desk))
        elif field.name == "columns":
            self.app.push_screen(ColumnsScreen(tuple(field.value.split())), partial(self._use_columns, field))
        elif field.choices:
            self.action_step(1)
        else:
            self._ask(field)

    def _use_columns(self, field: SettingField, chosen: tuple[tuple[str, ...], bool] | None) -> None:
        if chosen is not None:
            self._keep(field, " ".join(chosen[0]))

    @work(exclusive=True, group="ask")
    async def _ask(self, field: SettingField) -> None:
        def understand(text: str) -> str:
            try:
                field.check(text)
            except ValueError as error:
                raise ValueError(f"It {error}.") from None
            return ""

        name = NAMES.get(field.name, field.name)
        text = await self.app.push_screen_wait(Prompt(name, "empty for none", understand, field.value))
        if text is not None:
            self._keep(field, text.strip())

    @work(exclusive=True, group="keep")
    async def _keep(self, field: SettingField, value: str) -> None:
        try:
            checked = field.check(value)
            await self._desk.settings.keep(field.name, checked if isinstance(checked, int) else value)
        except Exception as error:  # noqa: BLE001 - whatever the keeper of settings raises, its words are for people
            self._say(str(error), wrong=True)
            return
        self._fields[field.name] = changed = field._replace(value=value)
        self.query_one(OptionList).replace_option_prompt(field.name, self._row(changed))
        when = "" if field.is_immediate else " It takes effect with the next start."
        stronger = f" {safe(field.origin)} is stronger at the next start." if field.origin else ""
        self._say(f"{_meaning(changed)}\nSaved.{when}{stronger}")


def _current(field: SettingField, desk: Desk) -> SettingField:
    """Return a field with the value that the desk has now."""
    value = getattr(desk.preferences, field.name)
    shown = ", ".join(value) if isinstance(value, tuple) else str(value if value is not None else "")
    return field._replace(value=shown)


def _shown(field: SettingField) -> str:
    if not field.value:
        return _EMPTY.get(field.name, "not set")
    if field.name in _MINUTES:
        return "never" if field.value == "0" else f"{field.value} minutes"
    return safe(field.value)


def _meaning(field: SettingField) -> str:
    words = field.words.replace("`", "")
    return f"{words}\nSet by {safe(field.origin)}, which is stronger than the file." if field.origin else words
