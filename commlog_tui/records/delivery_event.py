"""Kind ``event``: what a delivery provider reported about an automated entry.

An event that names a provider's message may come before the entry. It is then about nothing, and
a match joins it to the entry later.
"""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from commlog_tui.contract.delivery import RANK, DeliveryKind, EventChannel, NewEvent, NewMessage
from commlog_tui.contract.identity import event_id_by_message, id_of_event, message_key
from commlog_tui.records.changes import (
    Change,
    EventUnlisted,
    EventUnmatched,
    MessageNamed,
    ResendStepped,
    StatusRaised,
    WebhookReported,
)
from commlog_tui.records.errors import KeyReusedError, NotAutomatedError
from commlog_tui.records.event_fields import NO_DETAIL, event_row_of
from commlog_tui.records.instants import micros
from commlog_tui.records.joining import entries_for, is_automated
from commlog_tui.records.kind import Item, Kind, Lookup, root_id, stated
from commlog_tui.records.match import matches_with
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import EventRow, MessageRow, UnmatchedEventRow

_WEBHOOKS: Final = frozenset({EventChannel.SIGNED_WEBHOOK, EventChannel.UNSIGNED_WEBHOOK})


@dataclass(frozen=True, slots=True)
class AppendEvent:
    """A delivery event to record, about an automated entry or about a provider's message.

    Without an id, it is known by its content.
    """

    kind: ClassVar[str] = "event"

    id: str | None
    entry_id: str | None
    """None to find the entry by the message."""
    event: NewEvent
    message: NewMessage | None = None
    channel: EventChannel | None = None
    """None stands for ``api``, and so does its absence in a record."""
    is_found_by_message: bool = False
    """Whether the log chose the entry."""
    attempt: int | None = None
    step: str | None = None
    """Which attempt of this service to send the entry again it is about, and what that came to."""

    @property
    def about(self) -> str | None:
        """Id of the entry."""
        return self.entry_id


def event_row(record: Record) -> EventRow:
    """Return a delivery event as the log answers it."""
    public = record.public
    return event_row_of(record, public.id, actor=public.actor, recorded_at=public.recorded_at)


def unmatched_event_row(record: Record) -> UnmatchedEventRow:
    """Return an event that is about nothing yet, as the log answers it."""
    row, message = event_row(record), (record.fields() or {}).get("message")
    named = None if message is None else MessageRow(message["provider"], message["id"])
    return UnmatchedEventRow(**{name: getattr(row, name) for name in row.__struct_fields__}, message=named)


def _message_key(item: AppendEvent) -> str | None:
    return None if item.message is None else message_key(item.message.provider, item.message.id)


def _find_entry(item: AppendEvent, log: Lookup) -> AppendEvent:
    key = _message_key(item)
    if item.entry_id is not None or key is None:
        return item
    entries = entries_for(key, item.event.to, log)
    return replace(item, entry_id=entries[0].root.public.id, is_found_by_message=True) if len(entries) == 1 else item


def _split(item: AppendEvent, thread: Thread | None) -> tuple[dict[str, Any], dict[str, Any]]:
    event = item.event
    channel = event.channel or (None if item.channel in {None, EventChannel.API} else item.channel)
    public = {"kind": "event", "event": event.kind.value, "at": micros(event.at)} | stated(
        reason=event.reason and event.reason.value,
        channel=channel and channel.value,
        attempt=item.attempt,
        step=item.step,
    )
    if thread is not None and thread.is_redacted:
        return public | {"entry": thread.root.public.id}, NO_DETAIL
    personal = {"detail": event.detail, "to": event.to} | stated(code=event.code, event_id=event.event_id)
    if item.entry_id is None and item.message is not None:
        message = {"provider": item.message.provider, "id": item.message.id}
        return public | {"message_key": _message_key(item)}, personal | {"message": message}
    return public | {"entry": root_id(item, thread)}, personal


def _ids_by_content(item: AppendEvent, root: str, of_root: str | None) -> tuple[str, ...]:
    key = _message_key(item) or of_root
    if key is None:
        return (id_of_event(root, item.event),)
    by_message = event_id_by_message(key, item.event)
    is_explicit = item.entry_id is not None and not item.is_found_by_message
    return (by_message, id_of_event(root, item.event)) if is_explicit else (by_message,)


def _is_same(item: AppendEvent, found: Record) -> bool:
    """Whether a record has the id that item's message and event stand for.

    Providers repeat an event with other words, and at another instant where they tell none.
    """
    if item.id is not None or found.public.kind != "event":
        return False
    return found.public.root is None or found.public.id != id_of_event(found.public.root, item.event)


def _refuse(item: AppendEvent, thread: Thread) -> None:
    if item.step is not None and any(thread.of_kind("call-off")):
        raise KeyReusedError("The message was called off, so it is not sent.")
    if not is_automated(thread.root.public):
        raise NotAutomatedError("A manual entry has no delivery events.")


def _follows(item: AppendEvent, record: Record, thread: Thread | None, log: Lookup) -> tuple[Item, ...]:
    if record.public.root is not None or record.personal is None:
        return ()
    if thread is not None and not item.is_found_by_message:
        return matches_with(record, [log.thread(thread.root.public.id) or thread])
    key = record.public.message_key
    # As it was recorded: an item that repeats it may name another recipient.
    to = (record.fields() or {}).get("to")
    return () if key is None else matches_with(record, entries_for(key, to, log))


def _changes(record: Record, thread: Thread | None) -> tuple[Change, ...]:
    public, rank = record.public, RANK[DeliveryKind(record.public.event)]
    reported = (WebhookReported(public.actor, public.recorded_at),) if public.channel in _WEBHOOKS else ()
    if thread is not None:
        seq, step = thread.root.seq, public.step
        stepped = () if step is None else (ResendStepped(seq, step, public.attempt, public.at),)
        return (*reported, *stepped, StatusRaised(seq, public.event, rank, public.at)) if rank else reported
    named = () if public.message_key is None else (MessageNamed(public.seq, public.message_key),)
    return *reported, *named, EventUnmatched(public.seq)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    return (EventUnlisted(thread.root.public.id),)


DELIVERY_EVENT: Final = Kind(
    "event",
    "delivery event",
    _split,
    about=frozenset({"entry"}),
    is_loose=True,
    optional=frozenset({"reason", "code", "event_id"}),
    ignored=frozenset({"channel"}),
    message_key=_message_key,
    find_root=_find_entry,
    ids_by_content=_ids_by_content,
    is_same=_is_same,
    is_manual=lambda _source: False,
    prefers=is_automated,
    refuse=_refuse,
    follows=_follows,
    changes=_changes,
    redacted=_redacted,
    is_decisive=False,
)
