"""Kind ``resend``: a message was sent again, by whom, why, to what, and on which way.

The new message is an entry of its own, recorded directly after it in the same decision, with the
text of the original. It names the original in ``resend_of``.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import msgspec

from commlog_tui.contract.addresses import match_form
from commlog_tui.contract.customer import NewCustomer
from commlog_tui.contract.delivery import DeliveryKind, NewEvent, NewMessage
from commlog_tui.contract.entry import Audience, Direction, NewEntry, Source
from commlog_tui.contract.identity import id_of_resent, key_of_resent, namespaced_id
from commlog_tui.contract.recipients import channel_for
from commlog_tui.contract.resend import NewResend, Route
from commlog_tui.records.changes import Change, ResendAdded
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.entry_fields import EntryFields, history
from commlog_tui.records.errors import AlreadySentError, NotSendableError, RedactedError
from commlog_tui.records.instants import instant, optional_instant
from commlog_tui.records.kind import Item, Kind, Lookup, root_id
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.resend_row import resent_id

_NOTHING: Final = "Nothing was sent."
_WAITS: Final = "Waits to be sent by this service."


@dataclass(frozen=True, slots=True)
class AppendResend:
    """A resend to record about an entry under this id."""

    kind: ClassVar[str] = "resend"

    id: str
    entry_id: str
    resend: NewResend
    route: Route
    domain: str = ""
    """Of the new message's identity, where this service hands it to a mail server."""

    @property
    def about(self) -> str | None:
        """Id of the entry that is sent again."""
        return self.entry_id


def _split(item: AppendResend, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    public = {"kind": "resend", "about": root_id(item, thread), "route": item.route.value}
    if thread is not None and thread.is_redacted:
        return public, {}
    return public, {"to": item.resend.to, "why": item.resend.why}


def _own_ids(item: AppendResend) -> tuple[str, ...]:
    return item.id, namespaced_id(item.id, manual=True)


def _entry_ids(item: AppendResend) -> tuple[str, ...]:
    """Return the ids that the entry may have, as it may be named by its key."""
    return item.entry_id, *(namespaced_id(item.entry_id, manual=manual) for manual in (False, True))


def _reads(item: AppendResend) -> tuple[str, ...]:
    made = (id_of_resent(own, manual=manual) for own in _own_ids(item) for manual in (False, True))
    return (*_own_ids(item), *_entry_ids(item), *made)


def _find_entry(item: AppendResend, log: Lookup) -> AppendResend:
    """Return the item with the id of its entry, and with its first route if it is repeated.

    Raises:
        RedactedError: the entry is redacted.
        NotSendableError: it cannot be sent again in this way.
        AlreadySentError: it was sent again to this address before, and nobody asked to repeat that.
    """
    found = [thread for one in _entry_ids(item) if (thread := log.thread(one)) and thread.root.public.kind == "entry"]
    if not found:
        return item
    thread = found[0]
    item = replace(item, entry_id=thread.root.public.id)
    for record in thread.of_kind("resend"):
        if record.public.id in _own_ids(item):
            first = Route(record.public.route)
            is_same_way = (first is Route.BY_HAND) is item.resend.by_hand
            return replace(item, route=first) if is_same_way else item
    _require_sendable(item, thread)
    _require_new(item, thread, log.region)
    return item


def _require_sendable(item: AppendResend, thread: Thread) -> None:
    versions = history(thread)
    if thread.is_redacted or not versions:
        raise RedactedError(f"The message is redacted: nothing is left to send. {_NOTHING}")
    fields = versions[-1][1]
    if fields.direction == Direction.INBOUND.value:
        raise NotSendableError(f"The guest wrote this message, so it cannot be sent again. {_NOTHING}")
    if item.route is not Route.SMTP:
        return
    if fields.body is None:
        words = "The text of this message was not kept, so this service cannot send it."
        raise NotSendableError(f"{words} {_NOTHING} Send it in the booking system, and record that by hand.")
    if channel_for(fields.via, item.resend.to) != "email":
        raise NotSendableError(f"A mail server sends to e-mail addresses only. {_NOTHING}")


def _require_new(item: AppendResend, thread: Thread, region: str | None) -> None:
    to = match_form(item.resend.to, region)
    for record in thread.of_kind("resend"):
        if not item.resend.again and match_form((record.fields() or {}).get("to", ""), region) == to:
            at = instant(record.public.recorded_at)
            words = f"It was sent again to this address before, {at:%Y-%m-%d %H:%M} UTC."
            raise AlreadySentError(f"{words} {_NOTHING} Ask for it once more to send it all the same.")


def _follows(item: AppendResend, record: Record, thread: Thread | None, log: Lookup) -> tuple[Item, ...]:
    """Return the new entry, unless it is there already."""
    versions = [] if thread is None or record.personal is None else history(thread)
    if thread is None or not versions or log.thread(resent_id(record)) is not None:
        return ()
    entry = _entry(item, record, thread, versions[-1][1])
    return (AppendEntry(key_of_resent(record.public.id), entry, thread.root.public.id),)


def _entry(item: AppendResend, record: Record, thread: Thread, fields: EntryFields) -> NewEntry:
    at, public, to = instant(record.public.recorded_at), thread.root.public, item.resend.to
    known = fields.customer
    is_by_hand = item.route is Route.BY_HAND
    event = NewEvent(kind=DeliveryKind.QUEUED, at=at, detail=_WAITS)
    message = NewMessage(provider="mail", id=f"{resent_id(record)}@{item.domain}")
    return NewEntry.model_construct(
        via=channel_for(fields.via, to),
        to=to,
        title=fields.title,
        reference=fields.reference,
        code=fields.code,
        customer=None if known is None else NewCustomer.model_construct(**msgspec.structs.asdict(known)),
        source=Source.MANUAL if is_by_hand else Source.SYSTEM,
        direction=Direction.OUTBOUND,
        body=fields.body,
        sent_at=at,
        events=() if is_by_hand else (event,),
        kind=public.message_kind,
        starts_at=optional_instant(public.starts_at),
        audience=None if public.audience is None else Audience(public.audience),
        message=message if item.route is Route.SMTP else None,
        attachments=(),
    )


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    public = record.public
    if thread is None or thread.is_redacted:
        return ()
    return (ResendAdded(public.seq, thread.root.seq, public.route, public.recorded_at),)


RESEND: Final = Kind(
    "resend",
    "message sent again",
    _split,
    about=frozenset({"entry"}),
    reads=_reads,
    find_root=_find_entry,
    follows=_follows,
    changes=_changes,
)
