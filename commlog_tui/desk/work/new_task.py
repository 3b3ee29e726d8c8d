"""Making a task: what, due when, for whom. Enter saves from every field."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label
from typing_extensions import override

from commlog_tui.desk.dialog import Dialog
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.personal import PersonalLabel
from commlog_tui.text.days import DayError
from commlog_tui.text.due import due_words, parse_due
from commlog_tui.text.hygiene import cut, safe
from commlog_tui.text.privacy import MASK, masked

if TYPE_CHECKING:
    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.contract.entry import Entry
    from commlog_tui.desk.session import Session

CHOICES: Final = ("in 1 hour", "in 15 min", "in 30 min", "in 2 hours", "tomorrow 9", "next week")
"""Due times that the arrows go through; the first is the default."""
WORDS: Final = "Ring back"
_MOST_OF_A_PART: Final = 24
"""Cells of each part of what a task is about, so that they take two lines."""
_HINT: Final = "Enter: save   ↑ ↓: other times   Tab: next field   Esc: leave"
_NAMES: Final = ("words", "due", "assignee")
_LONGEST: Final = {"words": 500, "assignee": 80}


class DueField(Field):
    """A line for a due time, in which the arrows go through the usual ones."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Next time", show=False),
        Binding("up", "step(-1)", "Time before", show=False),
    ]

    is_plain = True

    def action_step(self, step: int) -> None:
        """Go to a neighbouring due time, round the ends."""
        here = CHOICES.index(self.value) if self.value in CHOICES else -1 if step > 0 else 0
        self.fill(CHOICES[(here + step) % len(CHOICES)])


class WordsField(Field):
    """A line for what is to be done."""

    common = (WORDS,)


class NewTaskScreen(Dialog["str | None"]):
    """Saves a task in the outbox; gives what is to be notified of it, or nothing if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave", priority=True)]

    def __init__(
        self,
        session: "Session",
        entry: "Entry | None",
        others: "Sequence[Entry]" = (),
        refused: "OutboxItem | None" = None,
    ) -> None:
        """With ``others``, a task of the same words is saved about each of them, too.

        With a ``refused`` item, begin with what was typed; it is replaced by what is saved.
        """
        super().__init__()
        self._session = session
        self._entry = entry
        self._others = others
        self._refused = refused
        self._is_saved = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        with Vertical(classes="card -small", id="task") as card:
            card.border_title = "New task"
            yield PersonalLabel(self._about(), self._about(private=True))
            yield Label("What", markup=False)
            typed = {} if self._refused is None else self._refused.content
            yield WordsField(safe(str(typed.get("words") or WORDS)), id="words")
            yield Label("Due", markup=False)
            yield DueField(
                self._due_before(typed) or CHOICES[0], placeholder="in 20 min, 14:30, tomorrow 9, mon 14:30", id="due"
            )
            yield Label("", id="echo", markup=False)
            yield Label("For", markup=False)
            assignee = safe(str(typed.get("assignee") or ""))
            yield Field(assignee, placeholder="a name; empty for whoever is here", id="assignee")
            if self._refused is not None and self._refused.reason:
                yield Label(f"Refused: {safe(self._refused.reason)}", classes="fault", markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the due time: what is to be done is there already."""
        self.set_focus(self.query_one("#due"))
        self._echo()

    def _due_before(self, typed: "Mapping[str, Any]") -> str:
        """Return when a refused task was due, as one types it; empty once that is past."""
        from commlog_tui.contract.base import parse_instant

        due = parse_instant(typed["due_at"]) if "due_at" in typed else None
        is_past = due is None or due <= datetime.now(UTC)
        return "" if is_past or due is None else f"{due.astimezone(self._session.zone):%Y-%m-%d %H:%M}"

    def _about(self, *, private: bool = False) -> str:
        entry = self._entry
        if entry is None:
            return "About nothing on record"
        if self._others:
            return f"About each of {len(self._others) + 1} selected entries"
        shown = masked(entry) if private else entry
        who = (shown.customer.name if shown.customer is not None else None) or ""
        parts = (who, shown.to, shown.code, shown.title)
        return f"About: {', '.join(cut(safe(part), _MOST_OF_A_PART) for part in parts if part)}"

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    @on(Input.Changed)
    def _changed(self) -> None:
        self._echo()

    def _echo(self) -> bool:
        """Say what was understood; return whether all of it was."""
        zone, now = self._session.zone, datetime.now(UTC)
        try:
            words, is_fault = due_words(parse_due(self._text("due"), zone, now), zone, now), False
        except DayError as error:
            words, is_fault = str(error), True
        for name, longest in _LONGEST.items():
            if len(self._text(name)) > longest:
                words, is_fault = f"At most {longest} characters.", True
        if not self._text("words"):
            words, is_fault = "What is to be done?", True
        echo = self.query_one("#echo", Label)
        echo.update(words)
        echo.set_class(is_fault, "fault")
        return not is_fault

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._echo() and not self._is_saved:
            self._is_saved = True
            self._save()

    @work(group="save", exit_on_error=False)
    async def _save(self) -> None:
        from commlog_tui.client.outbox import OutboxError
        from commlog_tui.contract.base import format_instant
        from commlog_tui.desk.work.saving import save

        now, zone = datetime.now(UTC), self._session.zone
        due = parse_due(self._text("due"), zone, now)
        content: dict[str, Any] = {"words": self._text("words"), "due_at": format_instant(due)}
        content |= {"assignee": name} if (name := self._text("assignee")) else {}
        try:
            for entry in (self._entry, *self._others):
                about = subject(entry) if self._refused is None else _subject_of(self._refused)
                await save(self._session, "task", content | about, about.get("entry"), replaces=self._refused)
        except OutboxError as error:
            self._is_saved = False
            self.query_one("#echo", Label).update(str(error))
            return
        count = f"{len(self._others) + 1} tasks" if self._others else "Task"
        words = MASK if self.query_one("#words", WordsField).is_hidden else safe(content["words"])
        self.dismiss(f"{count}: {words}, {due_words(due, zone, now)}.")


def _subject_of(task: "OutboxItem") -> dict[str, Any]:
    """Return what a task in the outbox says of what it is about."""
    return {name: value for name, value in task.content.items() if name not in {"words", "due_at", "assignee"}}


def subject(entry: "Entry | None") -> dict[str, Any]:
    """Return what a task about an entry says of it."""
    if entry is None:
        return {}
    named = {"entry": entry.id, "to": entry.to, "reference": entry.reference, "code": entry.code}
    found: dict[str, Any] = {name: value for name, value in named.items() if value}
    if entry.customer is not None:
        found["customer"] = {"id": entry.customer.id} | ({"name": entry.customer.name} if entry.customer.name else {})
    return found
