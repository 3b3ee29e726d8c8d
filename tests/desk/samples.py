"""Entries, details and pages to show."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commlog_tui.contract.entry import Entry, EntryDetail
from commlog_tui.contract.page import Page

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 3, 9, 14, 5, tzinfo=UTC)
REFERENCE = "0d9c6a52-6a4e-4f0e-8f6f-3f8f2b6f7c11"


def an_id(number: int) -> str:
    return f"7d3a1c9e-5b0f-4a6e-9c61-{number:012d}"


def an_entry(number: int = 1, **fields: Any) -> Entry:
    given: dict[str, Any] = {
        "id": an_id(number),
        "location": "demo",
        "seq": number,
        "via": "sms",
        "to": "07700 900123",
        "title": f"Booking Reminder {number}",
        "reference": REFERENCE,
        "code": None,
        "customer": {"id": "c-1", "name": "Zoë Quay", "addresses": ["zoe@example.com"], "numbers": ["07700 900123"]},
        "source": "workflow",
        "actor": "booking system",
        "direction": "outbound",
        "body": None,
        "sent_at": NOW - timedelta(hours=number),
        "recorded_at": NOW,
        "status": "delivered",
        "corrected": False,
    }
    return Entry.model_validate(given | fields)


def nasty_entry(number: int, text: str) -> Entry:
    """An entry with the text in every field that holds text, past the contract's own checks.

    The desk trusts nobody.
    """
    entry = an_entry(number)
    customer = entry.customer
    assert customer is not None
    nasty = customer.model_copy(update={"id": text, "name": text, "addresses": (text,), "numbers": (text,)})
    fields = dict.fromkeys(("via", "to", "title", "code", "actor", "body", "reference"), text)
    return entry.model_copy(update={**fields, "customer": nasty})


def a_detail(entry: Entry, **fields: Any) -> EntryDetail:
    receipt = {"id": entry.id, "location": "demo", "seq": entry.seq, "leaf_hash": "ab" * 32, "recorded_at": NOW}
    given: dict[str, Any] = {"entry": entry, "original": None, "events": (), "corrections": (), "receipt": receipt}
    return EntryDetail.model_validate(given | fields)


def a_page(entries: Iterable[Entry]) -> Page:
    rows = tuple(entries)
    total = {"count": len(rows), "exact": True}
    given = {"entries": rows, "first": 1 if rows else 0, "total": total, "newer": None, "older": None, "oldest": None}
    return Page.model_validate(given)


def printed(page: Page) -> dict[str, Any]:
    """A page as another process prints it for a desk that is being loaded."""
    location = {"id": "demo", "name": "Harbour Boats", "zone": LONDON.key}
    return {"page": page.model_dump(mode="json"), "location": location, "channels": [], "user": "Ada"}
