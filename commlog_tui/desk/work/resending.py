"""What is known before messages are sent again, and what would become of each."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from commlog_tui.text.hygiene import safe
from commlog_tui.text.privacy import mask, masked
from commlog_tui.text.resend_plan import Plan, plan_of
from commlog_tui.text.resends import REASONS, route_words, why_not_entry

if TYPE_CHECKING:
    from commlog_tui.client.outbox_item import OutboxItem
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.resend import EntryResends, Resend
    from commlog_tui.desk.session import Session

_AT_ONCE: Final = 4


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
