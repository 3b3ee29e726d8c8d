"""The form for a new entry, and for a correction of one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static
from typing_extensions import override

from commlog_tui.desk.text.days import DayError, parse_moment
from commlog_tui.desk.text.moments import local

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Entry

_LETTERS: Final = {"e": "email", "s": "sms", "p": "phone", "i": "in-person", "w": "whatsapp"}
_FIELDS: Final = (
    ("via", "Via", "p phone, i in-person, e email, s sms"),
    ("to", "To or with", "number or address"),
    ("title", "Title", "what it was about"),
    ("body", "Notes", ""),
    ("code", "Code", "booking code"),
    ("reference", "Reference", "booking UUID"),
    ("customer", "Customer", "customer id"),
    ("direction", "Direction", "i they rang, o we did"),
    ("when", "When", "now, 09:14, yesterday 17:30"),
)


@dataclass(frozen=True)
class Prefill:
    """What the form begins with."""

    fields: dict[str, str]
    customer_name: str | None = None
    corrects: "Entry | None" = None


class EntryForm(ModalScreen[Any]):
    """Asks for an entry; gives back what is to go into the outbox, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Save"),
        # With priority, so that keys typed ahead land in the field that Enter leads to.
        Binding("enter", "next_field", "Next", priority=True),
        Binding("escape", "leave", "Leave"),
    ]

    def __init__(self, location: str, zone: ZoneInfo, prefill: Prefill) -> None:
        super().__init__()
        self._key = str(uuid4())
        self._location = location
        self._zone = zone
        self._prefill = prefill
        self._leaving = False

    @override
    def compose(self) -> ComposeResult:
        """Lay out the fields, each with room for what is wrong with it."""
        title = "Correct this entry" if self._prefill.corrects else "New entry"
        with VerticalScroll(id="form", can_focus=False) as form:
            form.border_title = title
            for name, label, hint in _FIELDS:
                with Horizontal():
                    yield Label(label)
                    yield Input(self._prefill.fields.get(name, ""), placeholder=hint, id=name)
                yield Label("", classes="fault", id=f"{name}-fault", markup=False)
            yield Static("Enter: next, and save on the last field   Ctrl+S: save   Esc: leave", id="hint", markup=False)

    def on_mount(self) -> None:
        """Begin where something is missing, and keep still."""
        for field in self.query(Input):
            field.cursor_blink = False
        for fault in self.query(".fault"):
            fault.display = False
        empty = next((name for name, *_ in _FIELDS if name in {"via", "to", "title"} and not self._value(name)), "title")
        self.query_one(f"#{empty}", Input).focus()

    def action_next_field(self) -> None:
        """Go on to the next field, and save on the last."""
        names = [name for name, *_ in _FIELDS]
        here = self.focused.id if self.focused is not None else None
        at = names.index(here) if here in names else 0
        if at + 1 < len(names):
            self.query_one(f"#{names[at + 1]}", Input).focus()
        else:
            self.action_submit()

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        name = event.input.id or ""
        if name == "via" and event.value.strip() in _LETTERS:
            event.input.value = _LETTERS[event.value.strip()]
        if name == "when":
            self._echo()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._leaving = False
        self._fault(event.input.id or "", "")

    def action_leave(self) -> None:
        """Leave; the second time, if something was typed."""
        typed = any(self._value(name) != self._prefill.fields.get(name, "").strip() for name, *_ in _FIELDS)
        if typed and not self._leaving:
            self._leaving = True
            self.query_one("#hint", Static).update("Esc again throws away what you typed. Any key goes on.")
            return
        self.dismiss(None)

    def action_submit(self) -> None:
        """Check every field; give back the outbox item if all are right."""
        from pydantic import ValidationError

        from commlog_tui.client.outbox import OutboxItem
        from commlog_tui.contract.entry import EntryChanges, NewCorrection, NewEntry

        for name, *_ in _FIELDS:
            self._fault(name, "")
        try:
            instant = self._when()
        except DayError as error:
            self._fault("when", str(error))
            return
        content = self._content(instant)
        corrects = self._prefill.corrects
        try:
            if corrects is None:
                entry = NewEntry.model_validate(content | {"source": "manual"})
                said = entry.model_dump(mode="json", exclude_unset=True)
                item = OutboxItem(key=self._key, location=self._location, content=said)
            else:
                changes = {name: value for name, value in content.items() if value != _known(corrects).get(name)}
                correction = NewCorrection(changes=EntryChanges.model_validate(changes))
                item = OutboxItem(
                    key=self._key,
                    location=self._location,
                    action="correction",
                    entry_id=corrects.id,
                    content=correction.model_dump(mode="json", exclude_unset=True),
                )
        except ValidationError as error:
            self._explain(error.errors())
            return
        self.dismiss(item)

    def _when(self) -> datetime:
        corrects = self._prefill.corrects
        if corrects is not None and self._value("when") == self._prefill.fields.get("when"):
            return corrects.sent_at
        return parse_moment(self._value("when"), self._zone, datetime.now(UTC))

    def _content(self, instant: datetime) -> dict[str, Any]:
        via = self._value("via")
        direction = {"i": "inbound", "o": "outbound", "": "outbound"}.get(self._value("direction"), self._value("direction"))
        content: dict[str, Any] = {name: self._value(name) or None for name in ("body", "code", "reference")}
        content |= {"via": _LETTERS.get(via, via), "to": self._value("to"), "title": self._value("title")}
        content |= {"direction": direction, "sent_at": instant, "customer": None}
        if customer := self._value("customer"):
            content["customer"] = {"id": customer}
            if customer == self._prefill.fields.get("customer") and self._prefill.customer_name:
                content["customer"]["name"] = self._prefill.customer_name
        return content

    def _explain(self, faults: list[Any]) -> None:
        words = {"string_too_short": "needs something", "string_pattern_mismatch": "is a short word such as phone or email"}
        for fault in reversed(faults):
            name = next((part for part in fault["loc"] if self.query(f"#{part}")), "title")
            said = words.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
            self._fault(str(name), said)
            self.query_one(f"#{name}", Input).focus()

    def _fault(self, name: str, words: str) -> None:
        label = self.query_one(f"#{name}-fault", Label)
        label.update(words)
        label.display = bool(words)

    def _echo(self) -> None:
        try:
            self._fault("when", local(self._when(), self._zone))
        except DayError as error:
            self._fault("when", str(error))

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()


def _known(entry: "Entry") -> dict[str, Any]:
    customer = {"id": entry.customer.id} if entry.customer else None
    if customer and entry.customer and entry.customer.name:
        customer["name"] = entry.customer.name
    return {
        "via": entry.via,
        "to": entry.to,
        "title": entry.title,
        "body": entry.body,
        "code": entry.code,
        "reference": entry.reference,
        "direction": entry.direction.value,
        "sent_at": entry.sent_at,
        "customer": customer,
    }
