"""Fields of the entry form: initial values, drafts, and conversion to a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from commlog_tui.contract.channels import CHANNELS, DIALED, default_direction
from commlog_tui.text.days import DayError, parse_moment
from commlog_tui.text.fields import trimmed
from commlog_tui.text.moments import short_local

if TYPE_CHECKING:
    from commlog_tui.client.outbox import OutboxItem
    from commlog_tui.contract.customer import Customer
    from commlog_tui.contract.entry import Entry

NAMES: Final = ("via", "to", "title", "body", "code", "reference", "customer", "direction", "when")
PLAIN: Final = frozenset({"code", "reference", "direction", "when"})
"""Those that name nobody, and are shown in privacy mode."""
LABELS: Final = {
    "via": ("Via", ", ".join(f"{letter} {name}" for letter, name in CHANNELS.items()) + ", others"),
    "to": ("To or with", "number or address"),
    "title": ("Title", "what it was about"),
    "body": ("Notes", ""),
    "code": ("Code", "booking code"),
    "reference": ("Reference", "booking UUID"),
    "customer": ("Customer", "part of a name, number or address"),
    "direction": ("Direction", "i they spoke, o we did"),
    "when": ("When", "now, 09:14, yesterday 17:30"),
}
"""What each field is called, and what may be typed into it."""
_DIRECTIONS: Final = {"i": "inbound", "o": "outbound"}
_WHOLE_NUMBER: Final = 7
"""Digits from which a number is unambiguous. Fewer may be the end of several numbers."""
_WORDS: Final = {
    "string_too_short": "needs something",
    "too_short": "needs something",
    "string_too_long": "is too long",
    "too_long": "is too long",
    "string_pattern_mismatch": "is a word such as phone, email or sms, or its letter",
    "enum": "is i (they spoke) or o (we did)",
}


class FieldsError(ValueError):
    """Input that cannot be sent.

    ``faults`` has a sentence for each field, and one under "" for the form as a whole.
    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True)
class Start:
    """What the form begins with: the raw text of each field, and what it is about."""

    fields: Mapping[str, str]
    customer: Mapping[str, Any] | None = None
    """Id and name of the customer chosen."""
    corrects: "Entry | None" = None
    key: str = field(default_factory=lambda: str(uuid4()))
    replaces: str | None = None
    """Key of a refused item that this one takes the place of."""
    typed: Mapping[str, str] | None = None
    """A draft: what the fields held when it was kept."""
    reach: tuple[str, ...] = ()
    """Addresses and numbers of whom a new entry is about, the likeliest first."""


def channel(typed: str) -> str:
    """Return the channel that was typed, perhaps as its letter."""
    return CHANNELS.get(typed, typed)


def start_of_new(entry: "Entry | None") -> Start:
    """Return the form's start for a new entry, about the same customer and booking as an entry."""
    fields = {"direction": "inbound", "when": "now"}
    if entry is None:
        return Start(fields)
    fields |= {"code": entry.code or "", "reference": entry.reference or "", "customer": _name(_customer(entry))}
    known = (*entry.customer.numbers, *entry.customer.addresses) if entry.customer else ()
    return Start(fields, _customer(entry), reach=tuple(dict.fromkeys(filter(None, (entry.to, *known)))))


def likely_recipient(via: str, reach: tuple[str, ...]) -> str:
    """Return a customer's likeliest address or number on a channel, or "" if there is none."""
    from commlog_tui.contract.phone_numbers import is_number

    wanted = {"email": True} | dict.fromkeys(DIALED, False)
    return next((one for one in reach if wanted.get(via) is ("@" in one and not is_number(one))), "")


def guest_of(to: str, found: "Sequence[Customer]") -> "Customer | None":
    """Return the only customer with exactly this address or number, or None."""
    having = [one for one in found if any(_is_same_reach(to, known) for known in (*one.numbers, *one.addresses))]
    return having[0] if len(having) == 1 else None


def _is_same_reach(typed: str, known: str) -> bool:
    if "@" in typed or "@" in known:
        return typed.strip().casefold() == known.strip().casefold()
    short, long = sorted(("".join(filter(str.isdigit, one)).lstrip("0") for one in (typed, known)), key=len)
    return len(short) >= _WHOLE_NUMBER and long.endswith(short)


def start_of_correction(entry: "Entry", zone: ZoneInfo) -> Start:
    """Return the form's start for a correction."""
    fields = {
        "via": entry.via,
        "to": entry.to,
        "title": entry.title,
        "body": entry.body or "",
        "code": entry.code or "",
        "reference": entry.reference or "",
        "customer": _name(_customer(entry)),
        "direction": entry.direction.value,
        "when": short_local(entry.sent_at, zone),
    }
    return Start(fields, _customer(entry), entry)


def start_of_outbox_item(item: "OutboxItem", corrects: "Entry | None", zone: ZoneInfo) -> Start:
    """Return the form's initial values for a draft or a refused item.

    A correction comes with the entry's current state. A draft keeps its key; a refused item gets a
    new one, as its key may be taken.
    """
    if item.state == "draft":
        typed = {name: str(item.content.get("fields", {}).get(name, "")) for name in NAMES}
        if typed["when"].strip().lower() in {"", "now"}:
            typed["when"] = short_local(item.saved_at, zone)
        begun = start_of_correction(corrects, zone).fields if corrects else {"direction": "inbound", "when": "now"}
        return Start(begun, item.content.get("customer"), corrects, item.key, typed=typed)
    from commlog_tui.client.completion import local_time
    from commlog_tui.contract.base import parse_instant

    begun = start_of_correction(corrects, zone).fields if corrects else {}
    content = item.content.get("changes", {}) if corrects else item.content
    typed = dict(begun) | {name: str(content[name] or "") for name in NAMES if name in content}
    customer = content.get("customer", _customer(corrects) if corrects else None)
    typed["customer"] = _name(customer)
    if "sent_at" in content:
        moment = local_time(content)
        typed["when"] = f"{moment:%Y-%m-%d %H:%M}" if moment else short_local(parse_instant(content["sent_at"]), zone)
    return Start(begun, customer, corrects, replaces=item.key, typed=typed)


def draft(start: Start, location: str, typed: Mapping[str, str], customer: Mapping[str, Any] | None) -> "OutboxItem":
    """Return what was typed so far as an item that is kept and not sent."""
    from commlog_tui.client.outbox import OutboxItem

    return OutboxItem(
        key=start.key,
        location=location,
        action="correction" if start.corrects else "entry",
        entry_id=start.corrects.id if start.corrects else None,
        content={"fields": dict(typed), "customer": dict(customer) if customer else None},
        state="draft",
    )


def item(
    start: Start,
    location: str,
    typed: Mapping[str, str],
    customer: Mapping[str, Any] | None,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> "OutboxItem":
    """Return the item to send. What is to be corrected is only what was changed.

    Raises:
        FieldsError: some field is not right.
    """
    from pydantic import ValidationError

    from commlog_tui.client.outbox import OutboxItem
    from commlog_tui.contract.entry import EntryChanges, NewCorrection, NewEntry

    content, faults = _content(start, typed, customer, zone, now)
    fields: NewEntry | NewCorrection | None = None
    try:
        if start.corrects is None:
            fields = NewEntry.model_validate(content | {"source": "manual"})
        else:
            content = {name: value for name, value in content.items() if _changed(name, start, typed, customer)}
            if not content and not faults:
                raise FieldsError({"": "Nothing is changed yet."})
            fields = NewCorrection(changes=EntryChanges.model_validate(content)) if content else None
    except ValidationError as error:
        for fault in error.errors():
            name = next((str(part) for part in fault["loc"] if part in NAMES), "")
            faults.setdefault(name, _WORDS.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, "))
    if faults or fields is None:
        raise FieldsError(faults)
    return OutboxItem(
        key=start.key,
        location=location,
        action="correction" if start.corrects else "entry",
        entry_id=start.corrects.id if start.corrects else None,
        content=fields.model_dump(mode="json", exclude_unset=True),
    )


def _content(
    start: Start, typed: Mapping[str, str], customer: Mapping[str, Any] | None, zone: ZoneInfo, now: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    from commlog_tui.contract.recipients import recipient_fault

    faults: dict[str, str] = {}
    plain = {name: _plain(text, start.fields.get(name, "")) for name, text in typed.items()}
    direction = plain.get("direction", "")
    content: dict[str, Any] = {name: plain.get(name) or None for name in ("body", "code", "reference")}
    content |= {"via": channel(plain.get("via", "")), "to": plain.get("to", ""), "title": plain.get("title", "")}
    content |= {"direction": _DIRECTIONS.get(direction, direction) or default_direction(content["via"])}
    content |= {"customer": dict(customer) if customer else None}
    if plain.get("customer") and customer is None:
        faults["customer"] = "pick one with ↓ and Enter, or leave it empty"
    if plain.get("to") != start.fields.get("to") and (wrong := recipient_fault(content["via"], content["to"])):
        faults["to"] = wrong
    try:
        content["sent_at"] = parse_moment(plain.get("when", ""), zone, now)
    except DayError as error:
        faults["when"] = str(error)
        content["sent_at"] = now
    return content, faults


def _plain(text: str, begun: str) -> str:
    return text if text == begun else trimmed(text, begun)


def _changed(name: str, start: Start, typed: Mapping[str, str], customer: Mapping[str, Any] | None) -> bool:
    if name == "customer":
        before = _customer(start.corrects) if start.corrects else None
        return (customer or {}).get("id") != (before or {}).get("id")
    key = "when" if name == "sent_at" else name
    return typed.get(key, "") != start.fields.get(key, "")


def _customer(entry: "Entry") -> dict[str, Any] | None:
    if entry.customer is None:
        return None
    name = {"name": entry.customer.name} if entry.customer.name else {}
    return {"id": entry.customer.id} | name


def _name(customer: Mapping[str, Any] | None) -> str:
    return str(customer.get("name") or customer["id"]) if customer else ""
