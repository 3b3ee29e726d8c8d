"""What the entry form's fields hold, and what is said at them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import Mount
from textual.widgets import Input, Static, TextArea

from commlog_tui.contract.addresses import contact_form
from commlog_tui.contract.customer_record import LOCAL_PREFIX
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.desk.dialog import Dialog
from commlog_tui.desk.entry.fields import LABELS, NAMES, PLAIN, Start, channel, guest_of
from commlog_tui.desk.entry.new_guest import customer_field
from commlog_tui.desk.entry.ring_back import RingBack
from commlog_tui.desk.people.caller_lines import is_reach
from commlog_tui.desk.people.caller_strip import CallerStrip
from commlog_tui.desk.session import Session
from commlog_tui.desk.widgets.channel_field import ChannelField
from commlog_tui.desk.widgets.customer_field import CustomerField
from commlog_tui.desk.widgets.field import Field, PlainField
from commlog_tui.desk.widgets.notes import Notes
from commlog_tui.desk.widgets.personal import PersonalLabel
from commlog_tui.text.address_hints import address_hint
from commlog_tui.text.customers import objection_words
from commlog_tui.text.fields import field_text, restored
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Preference

_UNKNOWN: Final = "The log does not know this guest, who may have been redacted."
WISHES: Final = "wishes"
"""Name of the line that says what whoever is named does not want."""


def field_of(
    name: str, text: str, session: Session, start: Start, on_channel: Callable[[], None]
) -> Field | Notes | CustomerField:
    """Return the field of this name, with the text it begins with."""
    label, hint = LABELS[name]
    field: Field | Notes | CustomerField
    if name == "body":
        field = Notes(text, id=name)
    elif name == "via":
        field = ChannelField(text, on_channel, hint, id=name)
    elif name == "customer":
        field = customer_field(session, start, text, hint)
    else:
        # What is there is amended, so it is not selected.
        field = (PlainField if name in PLAIN else Field)(text, placeholder=hint, id=name, select_on_focus=False)
    field.label = label
    return field


class FieldsScreen(Dialog[str | None]):
    """A form with initial values. Untouched fields keep their raw text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r", "ring_back", "Ring back", show=False, priority=True)]

    def __init__(self, session: Session, start: Start) -> None:
        super().__init__()
        self._session = session
        self._start = start
        self._recognized = ""
        """The address or number that the customer was recognized by."""

    @property
    def _customer(self) -> dict[str, Any] | None:
        return self.query_one(CustomerField).customer

    def _text(self, name: str) -> str:
        widget = self.query_one(f"#{name}")
        return widget.text if isinstance(widget, TextArea) else widget.value if isinstance(widget, Input) else ""

    def _typed(self) -> dict[str, str]:
        """Return the raw text of each field: what was given, wherever it was not touched."""
        begun = self._start.typed or {}
        typed: dict[str, str] = {}
        for name in NAMES:
            text = self._text(name)
            known = (begun.get(name), self._start.fields.get(name), *(self._start.reach if name == "to" else ()))
            given = [raw for raw in known if raw is not None] or [""]
            lines = name == "body"
            untouched = next((raw for raw in given if text == field_text(raw, lines=lines)), None)
            typed[name] = restored(given[0], text, lines=lines) if untouched is None else untouched
        return typed

    def _is_typed(self) -> bool:
        begun = self._start.fields
        return any(
            text.strip() != begun.get(name, "").strip() for name, text in self._typed().items() if name != "when"
        )

    def action_ring_back(self) -> None:
        """Go to the next time to ring back, and after the last one to none."""
        for tick in self.query(RingBack):
            tick.action_step(1)

    def _hint(self, words: str) -> None:
        self.query_one("#hint", Static).update(words)

    def _fault(self, name: str, words: str, kind: str = "", hidden: str | None = None) -> None:
        """Show words at a field; ``hidden`` are those for privacy mode, if they differ."""
        labels = [*self.query(f"#{name}-fault").results(PersonalLabel)]
        if words and not labels:
            labels = [PersonalLabel(id=f"{name}-fault")]
            after = "#customer-field" if name in {"customer", WISHES} else f"#{name}"
            self.query_one("#form").mount(*labels, after=after)
        for label in labels:
            label.tell(words, hidden, is_fault=True)
            label.display = bool(words)
            label.set_class(bool(kind), "-echo")

    # whom an address or number belongs to

    @work(exclusive=True, group="recognize", exit_on_error=False)
    async def recognize(self, to: str) -> None:
        """Say what may be wrong with a recipient; fill in the only customer who has it, if none is named yet."""
        hint = address_hint(to, region_of_zone(self._session.zone.key), channel(self._text("via")))
        if hint is not None:
            self._fault("to", safe(hint.words), "-echo", hidden="")
        people = self.query_one(CustomerField)
        if not to or people.is_used or self._start.corrects:
            return
        guest = guest_of(to, await self._session.find_customers(to))
        if guest is not None and self._text("to").strip() == to and not people.is_used:
            people.show(safe(guest.name or guest.id), {"id": guest.id} | ({"name": guest.name} if guest.name else {}))
            self._recognized = to
            self._fault("customer", "known by this address or number; type over to change", "-echo")
            self._warn(guest.id)

    def recipient_typed(self) -> None:
        """Say who may be calling; name nobody any more whom another address was recognized by."""
        text = self._text("to")
        strips = [*self.query(CallerStrip)]
        if not strips and is_reach(text):
            strips = [CallerStrip(self._session)]
            self.query_one("#form").mount(*strips, after="#to")
        for strip in strips:
            strip.ask(text)
        if self._recognized and self._text("to").strip() != self._recognized:
            self._recognized = ""
            self.query_one(CustomerField).show("", None)
            self._fault("customer", "")

    @on(Mount)
    @on(CustomerField.Changed)
    @on(CustomerField.Chosen)
    def _customer_decided(self) -> None:
        """Say what whoever is named does not want."""
        self._recognized = ""
        customer = self._customer
        if customer is not None or self._text("to") or self.query(f"#{WISHES}-fault"):
            self._warn(str(customer["id"]) if customer is not None else "")

    @work(exclusive=True, group="wishes", exit_on_error=False)
    async def _warn(self, customer_id: str) -> None:
        """Say what a guest, and whoever has the address, does not want."""
        from commlog_tui.client.callers import preferences_of
        from commlog_tui.client.errors import ClientError, NotFoundError

        words, found, to = "", dict[str, "Preference"](), self._text("to")
        client, at = self._session.client, self._session.location
        try:
            if customer_id:
                customer = await client.customer(at, customer_id)
                found = {one.id: one for one in customer.preferences}
                to = "" if to in {*customer.numbers, *customer.addresses} else to
        except NotFoundError:
            words = "" if customer_id.startswith(LOCAL_PREFIX) else _UNKNOWN
        except ClientError:
            words = ""
        if contact_form(to, region_of_zone(self._session.zone.key)):
            found |= {one.id: one for one in await preferences_of(client, at, to)}
        known = [*found.values()]
        shown, hidden = (objection_words(known, self._session.zone, private=hide) for hide in (False, True))
        if words or shown or self.query(f"#{WISHES}-fault"):
            self._fault(WISHES, words or shown, hidden=words or hidden)
