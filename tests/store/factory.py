"""Entries, and what may be said of them, for the tests of the store."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import NewCorrection, NewEntry, NewRedaction
from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import PageRequest
from commlog_tui.records.correction import AppendCorrection
from commlog_tui.records.decide import Appended
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import PageRow

REAL_LAYOUT = max((Path(__file__).parent / "files").glob("layout-*.db"))
"""A small log as the last version wrote it."""
QUAY = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")
PIER = NewLocation(id="pier", name="Pier Hotel", zone="Europe/London")
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def mail(record_id: str | None = None, **fields: Any) -> AppendEntry:
    """An automated entry, to be changed by fields."""
    sent = {
        "via": "email",
        "to": "ada@example.com",
        "title": "Booking Confirmation",
        "source": "workflow",
        "sent_at": NOON,
    }
    return AppendEntry(record_id or str(uuid4()), NewEntry.model_validate(sent | fields))


def call(record_id: str | None = None, **fields: Any) -> AppendEntry:
    """A manual entry, to be changed by fields."""
    return mail(record_id, **({"via": "phone", "to": "", "title": "Rang about parking", "source": "manual"} | fields))


def event(entry: AppendEntry, kind: str, record_id: str | None = None, **fields: Any) -> AppendEvent:
    """A delivery event of an entry."""
    return AppendEvent(
        record_id or str(uuid4()), entry.id, NewEvent.model_validate({"kind": kind, "at": NOON} | fields)
    )


def correction(entry: AppendEntry, record_id: str | None = None, **changes: Any) -> AppendCorrection:
    """A correction of an entry."""
    answer = NewCorrection.model_validate({"changes": changes, "reason": "misheard"})
    return AppendCorrection(record_id or str(uuid4()), entry.id, answer)


def redaction(
    entry: AppendEntry, record_id: str | None = None, reason: str = "asked to be forgotten"
) -> AppendRedaction:
    """A redaction of an entry."""
    return AppendRedaction(record_id or str(uuid4()), entry.id, NewRedaction(reason=reason))


async def put(store: Store, *items: Item, location: str = "quay") -> list[Appended]:
    """Item items that must all be accepted."""
    return [accepted(answer) for answer in await store.append(location, "sender", items)]


def accepted(answer: Appended | LogError) -> Appended:
    """Return an answer that must be a receipt."""
    assert isinstance(answer, Appended), answer
    return answer


async def ask(store: Store, **query: Any) -> PageRow:
    """Ask for a page of the location ``quay``."""
    return await store.page("quay", PageRequest.model_validate(query))


async def ids(store: Store, **query: Any) -> list[str]:
    """Return the ids of a page."""
    return [entry.id for entry in (await ask(store, **query)).entries]


async def walk(store: Store, **query: Any) -> list[EntryRow]:
    """Return every entry of every page, from the newest to the oldest."""
    page = await ask(store, **query)
    found = list(page.entries)
    while page.older is not None:
        page = await ask(store, **query, cursor=page.older)
        found += page.entries
    return found


def newest_first(items: Iterable[tuple[AppendEntry, int]]) -> list[str]:
    """Return the ids of entries and their seqs in the order of the log."""
    return [item.id for item, seq in sorted(items, key=lambda pair: (pair[0].entry.sent_at, pair[1]), reverse=True)]


def minutes(count: int) -> timedelta:
    """Return that many minutes."""
    return timedelta(minutes=count)
