"""What is known before messages are sent again, and what would become of each."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import mask, masked
from commlog_tui.text.resends import REASONS, resend_words, route_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.resend import EntryResends, Resend
    from commlog_tui.desk.session import Session

BY_HAND: Final = "by-hand"
_AT_ONCE: Final = 4


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


def suggested_recipient(entry: "Entry") -> str:
    """Return to what a message is sent again by default: its recipient, with a typo corrected."""
    from commlog_tui.text.address_hints import address_hint

    hint = address_hint(entry.to, None, entry.via)
    return (hint.instead if hint is not None else None) or entry.to


async def corrected_recipient(session: "Session", entry: "Entry") -> str:
    """Return the address that one of the entry's was corrected to; empty where that is not on record."""
    from commlog_tui.client.errors import ClientError

    if entry.customer is None or "customer-records" not in {one.value for one in session.me.capabilities}:
        return ""
    try:
        records = await session.client.people.records(session.location, entry.customer.id)
    except ClientError:
        return ""
    to = entry.to.strip().casefold()
    for contact in records.contacts:  # a correction of what was corrected comes later
        if contact.old is not None and contact.old.strip().casefold() == to:
            to = contact.new.strip().casefold()
    found = [contact.new for contact in records.contacts if contact.new.strip().casefold() == to]
    return found[-1] if found and to != entry.to.strip().casefold() else ""


def usual_reason(entry: "Entry", to: str) -> str:
    """Return the usual reason to send a message to an address."""
    return REASONS[0] if to.strip() != entry.to else REASONS[1]


def why_not_entry(entry: "Entry") -> str:
    """Return why an entry can never be sent again, as a sentence."""
    if entry.redacted:
        return "It is redacted: nothing is left to send."
    return "The guest wrote it." if entry.direction.value == "inbound" else ""


def plan_of(entry: "Entry", to: str, found: "EntryResends | None", zone: "ZoneInfo", *, private: bool = False) -> Plan:
    """Return the plan for a message, given what the log knows; None where it could not be asked."""
    from commlog_tui.contract.addresses import match_form
    from commlog_tui.contract.recipients import recipient_fault
    from commlog_tui.contract.regions import region_of_zone
    from commlog_tui.contract.resend import channel_for
    from commlog_tui.text.address_hints import address_hint

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


def plan_line(plan: Plan, *, private: bool) -> str:
    """Return a plan on one line of a list."""
    to = mask(plan.to) if private else safe(plan.to)
    title = safe(masked(plan.entry).title if private else plan.entry.title)
    what = f"{to or 'nobody named'}  {title}"
    if plan.fault:
        return f"✗ {what}: {plan.fault}"
    if plan.before:
        return f"· {what}: left out. {plan.before}"
    more = f" ({plan.warnings[0]})" if plan.warnings else ""
    return f"→ {what}: {route_words(plan.route) if plan.route != 'later' else 'when the log can be asked'}{more}"


async def ask(session: "Session", entry: "Entry", to: str) -> "EntryResends | None":
    """Return what the log knows of a message and an address; None where it cannot be asked."""
    from commlog_tui.client.errors import ClientError

    try:
        return await session.client.again.of_entry(session.location, entry.id, to.strip() or None)
    except ClientError:
        return None


async def plans_of(session: "Session", entries: Sequence["Entry"], *, private: bool) -> list[Plan]:
    """Return the plan for each of several messages, in their order."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(entry: "Entry") -> Plan:
        async with gate:
            to = await corrected_recipient(session, entry) or suggested_recipient(entry)
            found = None if why_not_entry(entry) else await ask(session, entry, to)
        return plan_of(entry, to, found, session.zone, private=private)

    return list(await asyncio.gather(*map(one, entries)))


def waiting(found: "EntryResends | None") -> "Resend | None":
    """Return the newest resend that waits to be sent, if there is one."""
    states = [] if found is None else [(one, one.state.value if one.state is not None else "") for one in found.resends]
    return next((one for one, state in reversed(states) if state == "waiting"), None)


async def send(
    session: "Session",
    plan: Plan,
    why: str,
    *,
    by_hand: bool = False,
    again: bool = False,
    replaces: "OutboxItem | None" = None,
) -> None:
    """Save that a message is to be sent again. Raises ``OutboxError``; then nothing was saved."""
    from commlog_tui.desk.work.saving import save

    content: dict[str, object] = {"to": plan.to.strip(), "why": why.strip()}
    content |= {"by_hand": True} if by_hand else {}
    content |= {"again": True} if again else {}
    await save(session, "resend", content, plan.entry.id, replaces=replaces)
