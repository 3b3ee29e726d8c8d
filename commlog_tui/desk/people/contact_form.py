"""Correcting a guest's address or number: the old one, the right one, and why. Enter saves from every field."""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label
from typing_extensions import override

from commlog_tui.desk.dialog import Dialog
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.personal import PersonalLabel, is_private
from commlog_tui.text.hygiene import cut, safe
from commlog_tui.text.privacy import MASK, mask

if TYPE_CHECKING:
    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.desk.session import Session

_LONGEST: Final = {"old": 320, "new": 320, "why": 500}
_LINE: Final = 52
"""Cells of a line in the card."""
_HINT: Final = "Enter: save   Tab: next field   Esc: leave"


class ContactForm(Dialog["str | None"]):
    """Saves a correction in the outbox; gives what is to be notified of it, or nothing if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Leave", priority=True)]

    def __init__(
        self, session: "Session", customer_id: str, name: str, old: str, refused: "OutboxItem | None" = None
    ) -> None:
        """With a ``refused`` item, begin with what was typed; it is replaced by what is saved."""
        super().__init__()
        self._refused = refused
        self._session = session
        self._customer_id = customer_id
        self._guest_name = name
        self._old = old
        self._is_saved = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields; the right one begins as the old one, of which mostly a letter is wrong."""
        with Vertical(classes="card -small", id="contact") as card:
            card.border_title = "Correct the address or number"
            yield PersonalLabel(cut(f"Of {safe(self._guest_name)}", _LINE), f"Of {MASK}")
            if self._old:
                old = cut(f"Not any more: {safe(self._old)}", 2 * _LINE)
                yield PersonalLabel(old, f"Not any more: {mask(self._old)}")
            else:
                yield Label("One more, preferred from now on", markup=False)
            yield Label("Right one", markup=False)
            typed = {} if self._refused is None else self._refused.content
            begun = safe(str(typed.get("new") or self._old))  # what is there is amended
            yield Field(begun, placeholder="address or number", id="new", select_on_focus=False)
            yield PersonalLabel(id="echo")
            yield Label("Why", markup=False)
            yield Field(safe(str(typed.get("reason") or "")), placeholder="misspelt, a new number …", id="why")
            if self._refused is not None and self._refused.reason:
                yield Label(f"Refused: {safe(self._refused.reason)}", classes="fault", markup=False)
            yield Label(_HINT, classes="hint", markup=False)

    def on_mount(self) -> None:
        """Begin at the address, ready to be replaced by what is typed, as where one sends again."""
        field = self.query_one("#new", Input)
        self.set_focus(field)
        field.select_all()
        self._echo()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    @on(Input.Changed)
    def _changed(self) -> None:
        self._echo()

    def _fault(self) -> str:
        new = self._text("new")
        if not new:
            return "Which one is right?"
        for name in ("new", "why"):
            if len(self._text(name)) > _LONGEST[name]:
                return f"At most {_LONGEST[name]} characters."
        return "Nothing is changed yet." if new == self._old.strip() else ""

    def _echo(self) -> bool:
        """Say what is wrong, or may be; return whether it can be saved."""
        from commlog_tui.contract.regions import region_of_zone
        from commlog_tui.text.address_hints import address_hint

        fault = self._fault()
        hint = address_hint(self._text("new"), region_of_zone(self._session.zone.key))
        echo = self.query_one("#echo", PersonalLabel)
        if hint is not None and not self.query_one("#new", Field).is_hidden:
            echo.tell(safe(hint.words), fault)
        else:
            echo.tell(fault, is_fault=bool(fault))
        return not fault

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._echo() and not self._is_saved:
            self._is_saved = True
            self._save()

    @work(group="save", exit_on_error=False)
    async def _save(self) -> None:
        from commlog_tui.client.outbox import OutboxError
        from commlog_tui.desk.work.saving import save

        content: dict[str, Any] = {"new": self._text("new")}
        content |= {name: text for name, text in (("old", self._old.strip()), ("reason", self._text("why"))) if text}
        try:
            await save(self._session, "contact", content, self._customer_id, replaces=self._refused)
        except OutboxError as error:
            self._is_saved = False
            self.query_one("#echo", PersonalLabel).tell(str(error), is_fault=True)
            return
        new = mask(content["new"]) if is_private(self) else safe(content["new"])
        self.dismiss(f"Saved: {new} is the right one. The old one stays findable.")
