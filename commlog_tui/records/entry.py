"""Kind ``entry``: one message or conversation, a root."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.contract.identity import id_of_event
from commlog_tui.records.changes import Change, EntryAdded, EntryRedacted
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry_fields import Personal, first_fields, history, personal_of
from commlog_tui.records.instants import micros
from commlog_tui.records.kind import Item, Kind
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.rows import CustomerRow


@dataclass(frozen=True, slots=True)
class AppendEntry:
    """An entry to record under this id; its events are recorded after it, each once."""

    kind: ClassVar[str] = "entry"
    about: ClassVar[str | None] = None

    id: str
    entry: NewEntry


def _split(item: AppendEntry, _thread: Thread | None) -> tuple[dict[str, Any], Personal]:
    entry, customer = item.entry, item.entry.customer
    public = {
        "kind": "entry",
        "via": entry.via,
        "source": entry.source.value,
        "direction": entry.direction.value,
        "sent_at": micros(entry.sent_at),
    }
    named = None if customer is None else CustomerRow(customer.id, customer.name, customer.addresses, customer.numbers)
    personal = Personal(
        to=entry.to, title=entry.title, body=entry.body, code=entry.code, reference=entry.reference, customer=named
    )
    return public, personal


def _later(item: AppendEntry, record_id: str) -> tuple[Item, ...]:
    return tuple(AppendEvent(id_of_event(record_id, event), record_id, event) for event in item.entry.events)


def _is_manual(source: str) -> bool:
    return source == Source.MANUAL.value


def _changes(record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    public, personal = record.public, personal_of(record)
    fields = None if personal is None else first_fields(public, personal)
    return (EntryAdded(public.seq, public.via, public.source, public.sent_at, fields),)


def _redacted(thread: Thread) -> tuple[Change, ...]:
    public = thread.root.public
    had = [fields for _, fields in history(thread)]
    return (EntryRedacted(public.seq, public.via, public.sent_at, had),) if had else ()


ENTRY: Final = Kind("entry", "entry", _split, is_manual=_is_manual, later=_later, changes=_changes, redacted=_redacted)
