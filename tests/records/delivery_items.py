"""Entries, events by message and runs to record in tests."""

from datetime import timedelta
from typing import Any

import msgspec

from commlog_tui.contract.delivery import EventChannel, NewEvent, NewMessage
from commlog_tui.contract.entry import EntryDetail, NewEntry, NewRedaction
from commlog_tui.contract.run import NewRun
from commlog_tui.records.decide import Appended
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.entry_state import detail_of
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.records.run import AppendRun
from tests.records.memory import START, MemoryLog
from tests.records.test_decide import uuid

ADA, BOB = "ada@example.com", "bob@example.com"


def mail(number: int, to: str = ADA, message: int | None = 1, **more: Any) -> AppendEntry:
    fields = {"via": "email", "to": to, "title": "secret title", "source": "workflow", "sent_at": START}
    named = None if message is None else {"provider": "mail", "id": f"{message}@example.com"}
    return AppendEntry(uuid(number), NewEntry.model_validate(fields | {"message": named} | more))


def fields_of(kind: str, to: str | None = ADA, event_id: str | None = None, **more: Any) -> dict[str, Any]:
    fields = {"kind": kind, "at": START, "to": to, "event_id": event_id, "detail": "secret detail"}
    return fields | more


def report(kind: str, to: str | None = ADA, message: int = 1, **more: Any) -> AppendEvent:
    named = NewMessage(provider="mail", id=f"{message}@example.com")
    event = NewEvent.model_validate(fields_of(kind, to, **more))
    return AppendEvent(None, None, event, named, EventChannel.SIGNED_WEBHOOK)


def redaction(number: int, about: int) -> AppendRedaction:
    return AppendRedaction(uuid(number), uuid(about), NewRedaction(reason="asked"))


def run(status: str, minutes: int = 0, **more: Any) -> AppendRun:
    fields = {"execution": "e-1", "workflow": "Reminder", "status": status, "at": START + timedelta(minutes=minutes)}
    return AppendRun(NewRun.model_validate(fields | more))


def receipts(log: MemoryLog, *items: Item) -> list[Appended]:
    answers = log.append(*items)
    assert all(isinstance(answer, Appended) for answer in answers), answers
    return [answer for answer in answers if isinstance(answer, Appended)]


def detail(log: MemoryLog, number: int) -> EntryDetail:
    return EntryDetail.model_validate_json(msgspec.json.encode(detail_of(log.thread(uuid(number)))))
