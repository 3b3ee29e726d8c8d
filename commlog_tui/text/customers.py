"""Customers in words: preferences, corrected addresses, merges."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

from commlog_tui.text.authors import Written, author
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import MONTHS, brief_moment
from commlog_tui.text.privacy import MASK, mask

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Customer, Preference
    from commlog_tui.contract.customer_record import CustomerRecords


class _Recorded(Written, Protocol):
    @property
    def recorded_at(self) -> datetime:
        """When the log accepted it."""
        ...


_CHANNELS: Final = {"sms": "texts", "email": "e-mail", "phone": "calls", "whatsapp": "WhatsApp", "in-person": "visits"}


def preference_words(preference: "Preference", zone: ZoneInfo) -> str:
    """Return a preference: ``no texts to 07700 900123 (opted out by STOP, 3 Nov)``."""
    what = "messages" if preference.via is None else _CHANNELS.get(preference.via, safe(preference.via))
    head = f"{what} allowed" if preference.allowed else f"no {what}"
    moment = (preference.said_at or preference.recorded_at).astimezone(zone)
    day = f"{moment.day} {MONTHS[moment.month - 1]}"
    about = f" to {safe(preference.to)}" if preference.to else ""
    words = f"{safe(preference.words)}, {day}" if preference.words else day
    return f"{head}{about} ({words})"


def objection_words(preferences: "Sequence[Preference]", zone: ZoneInfo, *, private: bool = False) -> str:
    """Return the preferences that speak against writing, as one line; "" if there are none."""
    against = [one for one in preferences if not one.allowed]
    if private:
        against = [one.model_copy(update={"words": None, "to": None}) for one in against]
    return "; ".join(preference_words(one, zone) for one in against)


def customer_line(customer: "Customer", zone: ZoneInfo, *, private: bool = False) -> str:
    """Return who somebody is, on one line: ``Zoë Quay  c-1  07700 900123  no texts (3 Nov)``."""
    marks = ("made here" if customer.local else "", f"also {', '.join(customer.merged)}" if customer.merged else "")
    reach = [one for one in (*customer.numbers, *customer.addresses) if one not in customer.replaced]
    name = MASK if private and customer.name else customer.name or ""
    parts = (name, customer.id, *(map(mask, reach) if private else reach), *marks)
    known = "  ".join(safe(part) for part in parts if part)
    return f"{known}  {objection_words(customer.preferences, zone, private=private)}".rstrip()


def record_lines(records: "CustomerRecords", zone: ZoneInfo, *, private: bool = False) -> list[str]:
    """Return what is recorded about a customer, oldest first, with who and when."""
    hide = mask if private else safe
    words = MASK if private else None
    found = [(made.seq, f"made here as {words or safe(made.name)}, {_by(made, zone)}") for made in records.made]
    for contact in records.contacts:
        step = f"{hide(contact.old)} is now {hide(contact.new)}" if contact.old else f"new: {hide(contact.new)}"
        why = f" ({words or safe(contact.reason)})" if contact.reason else ""
        found.append((contact.seq, f"{step}{why}, {_by(contact, zone)}"))
    for merge in records.merges:
        step = "separated from" if merge.step.value == "separated" else "the same as"
        why = f" ({words or safe(merge.reason)})" if merge.reason else ""
        found.append((merge.seq, f"{safe(merge.customer_id)} is {step} {safe(merge.into)}{why}, {_by(merge, zone)}"))
    for one in records.preferences:
        shown = one.model_copy(update={"words": None, "to": None}) if private else one
        found.append((one.seq, f"{preference_words(shown, zone)}, {_by(one, zone)}"))
    return [line for _, line in sorted(found)]


def _by(record: "_Recorded", zone: ZoneInfo) -> str:
    return f"{author(record)}, {brief_moment(record.recorded_at, zone)}"
