"""The newest page as it is read without the store: the same entries as the store's own page."""

import asyncio
import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.query import PageRequest
from commlog_tui.store.sqlite.newest_page import _unpacked, newest_page
from commlog_tui.store.sqlite.store import SqliteStore
from commlog_tui.text.first_page import first_page
from tests.store.factory import QUAY, accepted, call, correction, event, mail, put, redaction

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=300)
    | st.binary(max_size=300),
    lambda values: st.lists(values, max_size=17) | st.dictionaries(st.text(max_size=40), values, max_size=3),
)


@given(st.lists(VALUES, max_size=4))
def test_message_pack_is_read_as_msgspec_writes_it(values: list[Any]) -> None:
    assert _unpacked(msgspec.msgpack.encode(values)) == values


@given(st.binary(max_size=40))
def test_other_bytes_are_refused_or_are_an_array(data: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(_unpacked(data), list)


SHA = "ab" * 32
CUSTOMER = {"id": "c-1", "name": "Zoë Ångström", "addresses": ["zoe@example.org"], "numbers": ["+44 7700 900123"]}
BOOKING = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


async def _filled(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the newest page of a log with an entry of every sort: as read, and as the store has it."""
    store = SqliteStore.open(path)
    await store.create_location(QUAY)
    entries = [
        mail(title="Plain"),
        mail(to="zoe@example.org", customer=CUSTOMER, code="HB-1", reference=BOOKING, body="Line\nline"),
        mail(customer={"id": BOOKING, "name": None}, kind="reminder", starts_at="2026-11-28T10:00:00Z"),
        mail(message={"provider": "twilio", "id": "SM1"}, audience="staff"),
        mail(attachments=[{"name": "Invoice.pdf", "size": 70_000, "sha256": SHA}], title="x" * 400),
        call(title="To be corrected", direction="inbound"),
        call(title="To be redacted", body="secret"),
        call(title="Corrected, then redacted"),
        mail(title="Did not arrive"),
        mail(via="carrier-pigeon", title="{}"),
    ]
    await put(store, *entries)
    await put(
        store,
        correction(entries[5], title="Corrected", customer=CUSTOMER),
        correction(entries[7], body="secret"),
        event(entries[8], "bounced"),
    )
    for entry in (entries[6], entries[7]):
        accepted((await put(store, redaction(entry)))[0])
    expected = json.loads(msgspec.json.encode(await store.page("quay", PageRequest(limit=8))))
    place = json.loads(msgspec.json.encode(await store.location("quay")))
    read = newest_page(path, "", 8)
    await store.close()
    assert read["channels"] == place["channels"]
    assert read["location"] == place["location"]
    return read, {"page": expected, **place}


def test_the_newest_page_is_the_stores_own(tmp_path: Path) -> None:
    read, expected = asyncio.run(_filled(tmp_path / "log.db"))
    ours, stores = (first_page({**one, "user": "Ada"}) for one in (read, expected))
    assert ours.page.entries == stores.page.entries
    assert {entry.title for entry in ours.page.entries} >= {"Corrected", "Redacted", "Did not arrive"}
    assert (ours.page.first, ours.page.total, ours.page.newer) == (1, stores.page.total, None)
    assert (ours.page.older is None) == (stores.page.older is None)
    assert all(isinstance(entry.sent_at, datetime) for entry in ours.page.entries)
