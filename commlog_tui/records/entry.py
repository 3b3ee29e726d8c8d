"""Kind ``entry``: one message or conversation, a root."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from msgspec import UNSET

from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.contract.identity import id_of_event, message_key
from commlog_tui.records.changes import Change, EntryAdded, EntryRedacted, MessageNamed, ResendRemoved
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry_fields import Personal, first_fields, history, personal_of
from commlog_tui.records.instants import micros, optional_micros
from commlog_tui.records.kind import Item, Kind, Lookup, stated
from commlog_tui.records.match import matches_of
from commlog_tui.records.preference import opt_out_of
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import AttachmentRow, CustomerRow, MessageRow

_MANUAL: Final = Source.MANUAL.value


@dataclass(frozen=True, slots=True)
class AppendEntry:
    """An entry to record under this id; its events are recorded after it, each once."""

    kind: ClassVar[str] = "entry"
    about: ClassVar[str | None] = None

    id: str
    entry: NewEntry
    resend_of: str | None = None
    """Id of the entry that it sends again."""


def _split(item: AppendEntry, _thread: Thread | None) -> tuple[dict[str, Any], Personal]:
    entry, customer = item.entry, item.entry.customer
    public: dict[str, Any] = {
        "kind": "entry",
        "via": entry.via,
        "source": entry.source.value,
        "direction": entry.direction.value,
        "sent_at": micros(entry.sent_at),
    }
    if entry.kind or entry.starts_at or entry.audience or entry.message or item.resend_of:
        public |= stated(
            message_kind=entry.kind,
            starts_at=optional_micros(entry.starts_at),
            audience=entry.audience and entry.audience.value,
            message_key=_message_key(item),
            resend_of=item.resend_of,
        )
    named = None if customer is None else CustomerRow(customer.id, customer.name, customer.addresses, customer.numbers)
    personal = Personal(
        to=entry.to,
        title=entry.title,
        body=entry.body,
        code=entry.code,
        reference=entry.reference,
        customer=named,
        message=UNSET if entry.message is None else MessageRow(entry.message.provider, entry.message.id),
        attachments=tuple([AttachmentRow(one.name, one.size, one.sha256) for one in entry.attachments]) or UNSET,
    )
    return public, personal


def _message_key(item: AppendEntry) -> str | None:
    message = item.entry.message
    return None if message is None else message_key(message.provider, message.id)


def _later(item: AppendEntry, record_id: str) -> tuple[Item, ...]:
    if not item.entry.events:
        return ()
    message = item.entry.message
    return tuple(
        AppendEvent(id_of_event(record_id, event) if message is None else None, record_id, event, message)
        for event in item.entry.events
    )


def _follows(item: AppendEntry, record: Record, _thread: Thread | None, log: Lookup) -> tuple[Item, ...]:
    stop = opt_out_of(item.id, item.entry)
    return matches_of(record, log) if stop is None else (*matches_of(record, log), stop)


def _reads(item: AppendEntry) -> tuple[str, ...]:
    stop = opt_out_of(item.id, item.entry)
    return () if stop is None else (stop.id,)


def _is_manual(source: str) -> bool:
    return source == _MANUAL


def _changes(record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    public, personal = record.public, personal_of(record)
    fields = None if personal is None else first_fields(public, personal)
    added = EntryAdded(
        public.seq, public.via, public.source, public.sent_at, fields, public.message_kind, public.starts_at
    )
    return (added,) if public.message_key is None else (added, MessageNamed(public.seq, public.message_key))


def _redacted(thread: Thread) -> tuple[Change, ...]:
    public = thread.root.public
    had = [fields for _, fields in history(thread)]
    unsent = (ResendRemoved(public.seq),) if public.resend_of is not None else ()
    return (EntryRedacted(public.seq, public.via, public.sent_at, had), *unsent) if had else unsent


ENTRY: Final = Kind(
    "entry",
    "entry",
    _split,
    is_manual=_is_manual,
    optional=frozenset({"message_kind", "starts_at", "audience", "message_key", "message", "attachments", "resend_of"}),
    message_key=_message_key,
    later=_later,
    reads=_reads,
    follows=_follows,
    changes=_changes,
    redacted=_redacted,
)
