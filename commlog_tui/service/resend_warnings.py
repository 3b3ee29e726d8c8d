"""What to know before a message is sent again: of the address, and of what was kept of the message."""

from collections.abc import Sequence
from typing import Final

from commlog_tui.contract.customer_record import PreferenceQuery
from commlog_tui.contract.delivery import EventReason, Status
from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.recipients import channel_for
from commlog_tui.contract.resend import ResendWarning
from commlog_tui.records.rows import DetailRow, EntryRow, EventRow
from commlog_tui.store.protocol import Store

_TROUBLE: Final = (Status.COMPLAINED, Status.BOUNCED, Status.REJECTED, Status.SKIPPED)
_MOST: Final = 10
"""Messages to the address that are looked at, newest first."""
_REASONS: Final = {
    EventReason.OPTED_OUT.value: ("opted-out", "The guest has opted out: a message to this address was not sent."),
    EventReason.SUPPRESSED.value: (
        "suppressed",
        "The provider suppresses this address: it will probably refuse the message.",
    ),
}
_STATUSES: Final = {
    Status.COMPLAINED.value: ("complained", "The guest has reported a message to this address as unwanted."),
    Status.BOUNCED.value: ("bounced", "A message to this address bounced."),
}


async def warnings_of(store: Store, location: str, detail: DetailRow, to: str) -> tuple[ResendWarning, ...]:
    """Return what to know before a message is sent again to an address, most important first."""
    entry = detail.entry
    known = await _of_address(store, location, to) if to else []
    found = [*await _objections(store, location, entry, to), *known]
    if entry.status == Status.DELIVERED.value and entry.to == to:
        found.append(ResendWarning(kind="delivered", words="The message was delivered to this address."))
    if entry.body is None:
        words = "The text of the message was not kept: only the booking system can send it, or somebody by hand."
        found.append(ResendWarning(kind="no-text", words=words))
    if entry.attachments:
        count = len(entry.attachments)
        words = f"{count} attachment{'s were' if count > 1 else ' was'} not kept, and will be missing."
        found.append(ResendWarning(kind="attachments", words=words))
    return tuple(found)


async def _objections(store: Store, location: str, entry: EntryRow, to: str) -> list[ResendWarning]:
    """Return what the guest, or whoever has the address, does not want."""
    customer = None if entry.customer is None else entry.customer.id
    if not (customer or to):
        return []
    via, query = channel_for(entry.via, to), PreferenceQuery(customer_id=customer, to=to or None)
    held = (await store.people.preferences(location, query)).preferences
    return [
        ResendWarning(kind="opted-out", words=f"The guest does not want this: {one.words or 'no messages'}.", at=at)
        for one in held
        if not one.allowed and one.via in {None, via}
        for at in [one.said_at or one.recorded_at]
    ]


async def _of_address(store: Store, location: str, to: str) -> list[ResendWarning]:
    query = PageRequest(to=to, status=_TROUBLE, limit=_MOST)
    troubled = (await store.page(location, query)).entries
    if not troubled:
        return []
    delivered = (await store.page(location, PageRequest(to=to, status=(Status.DELIVERED,), limit=1))).entries
    found: dict[str, ResendWarning] = {}
    for entry in troubled:
        events = (await store.detail(location, entry.id)).events
        for kind, words in _causes(entry, events, delivered):
            found.setdefault(kind, ResendWarning(kind=kind, words=words, at=entry.sent_at))
    order = [kind for kind, _ in (*_REASONS.values(), *_STATUSES.values())]
    return sorted(found.values(), key=lambda warning: order.index(warning.kind))


def _causes(entry: EntryRow, events: Sequence[EventRow], delivered: Sequence[EntryRow]) -> list[tuple[str, str]]:
    causes = [_REASONS[event.reason] for event in events if event.reason in _REASONS]
    if entry.status == Status.BOUNCED.value and any(one.sent_at > entry.sent_at for one in delivered):
        return causes  # the address has worked since
    return [*causes, *filter(None, [_STATUSES.get(entry.status)])]
