"""What would become of a message that is sent again, as far as it is known before."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.recipients import channel_for, recipient_fault
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.text.address_hints import address_hint
from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import mask
from commlog_tui.text.resends import resend_words, why_not_entry

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.resend import EntryResends, Resend

BY_HAND: Final = "by-hand"


@dataclass(frozen=True, slots=True)
class Plan:
    """One message with what would become of it."""

    entry: "Entry"
    to: str
    route: str = ""
    """The way it would go; empty where there is none but by hand."""
    fault: str = ""
    """Why it cannot be sent, as a sentence; empty if it can."""
    before: str = ""
    """That it was sent again to this address before, as a sentence."""
    warnings: tuple[str, ...] = field(default=())
    by_hand: bool = True
    """Whether somebody may have sent it by hand all the same."""


def plan_of(entry: "Entry", to: str, found: "EntryResends | None", zone: "ZoneInfo", *, private: bool = False) -> Plan:
    """Return the plan for a message, given what the log knows; None where it could not be asked."""
    if fault := why_not_entry(entry):
        return Plan(entry, to, fault=fault, by_hand=False)
    if not to.strip():
        return Plan(entry, to, fault="To whom? It has no address or number.", by_hand=False)
    if fault := recipient_fault(channel_for(entry.via, to), to.strip()):
        return Plan(entry, to, fault=f"This {fault}", by_hand=False)
    hint = address_hint(to, region_of_zone(zone.key), channel_for(entry.via, to))
    hints = (hint.words,) if hint is not None and not private else ()
    if found is None:
        words = "The log cannot be asked now: it is saved here, and sent when it can."
        return Plan(entry, to, route="later", warnings=(*hints, words))
    route = next((one.value for one in found.routes if one.value != BY_HAND), "")
    form = match_form(to, region_of_zone(zone.key))
    same = [one for one in found.resends if match_form(one.to, region_of_zone(zone.key)) == form]
    before = _before(same[-1], zone, private=private) if same else ""
    others = tuple(_before(one, zone, private=private) for one in found.resends if one not in same)
    warnings = (*hints, *(safe(one.words) for one in found.warnings), *others)
    fault = "" if route else "Nothing here can send it: send it in the booking system or by hand."
    return Plan(entry, to, route, fault, before, warnings)


def _before(resend: "Resend", zone: "ZoneInfo", *, private: bool) -> str:
    shown = resend.model_copy(update={"to": mask(resend.to)}) if private else resend
    return f"{resend_words(shown, zone)}."
