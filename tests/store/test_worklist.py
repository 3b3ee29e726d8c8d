"""The list of what did not arrive, and how entries leave it."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.resolution import AppendResolution
from commlog_tui.store.errors import CursorError
from commlog_tui.store.protocol import Store
from tests.store.factory import NOON, call, event, mail, minutes, put, redaction

REFERENCE = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
NOW = NOON + timedelta(hours=6)
EMPTY: tuple[list[str], list[str]] = ([], [])


async def listed(store: Store, now: object = NOW) -> tuple[list[str], list[str]]:
    """Return the ids of what is open, and of what was delivered after all."""
    answer = await store.worklist("quay", WorklistQuery(), now)  # type: ignore[arg-type] # an instant
    return [item.entry.id for item in answer.items], [item.entry.id for item in answer.arrived]


def resolution(entry: AppendEntry) -> AppendResolution:
    return AppendResolution(str(uuid4()), NewResolution(entry=entry.id, note="rang them"))


@pytest.mark.parametrize("status", ["bounced", "rejected", "failed", "complained"])
async def test_what_did_not_arrive_is_listed_until_it_is_resolved(store: Store, status: str) -> None:
    sent = mail(starts_at=NOON + timedelta(days=2))
    await put(store, sent, mail(), call(), event(sent, "sent"), event(sent, status, at=NOON + minutes(3)))
    (item,) = (await store.worklist("quay", WorklistQuery(), NOW)).items
    assert (item.entry.id, item.entry.status, item.failed_at) == (sent.id, status, NOON + minutes(3))
    assert (item.starts_at, item.arrived_at) == (NOON + timedelta(days=2), None)
    await put(store, resolution(sent))
    assert await listed(store) == EMPTY


@pytest.mark.parametrize("status", ["skipped", "canceled", "sent", "delivered", "queued", "opened"])
async def test_what_was_decided_or_is_under_way_is_not_listed(store: Store, status: str) -> None:
    sent = mail()
    await put(store, sent, event(sent, status))
    assert await listed(store) == EMPTY


async def test_soonest_booking_first_then_the_newest(store: Store) -> None:
    days = {"later": 5, "soon": 1, "begun": -1, "long ago": -31}
    entries = {name: mail(starts_at=NOW + timedelta(days=number)) for name, number in days.items()}
    entries |= {
        "older": mail(sent_at=NOON - minutes(9)),
        "newer": mail(),
        "too old": mail(sent_at=NOW - timedelta(days=31)),
        "twin": mail(starts_at=NOW + timedelta(days=5), sent_at=NOON + minutes(1)),
    }
    await put(store, *entries.values(), *(event(one, "failed") for one in entries.values()))
    names = {entry.id: name for name, entry in entries.items()}
    expected = ["begun", "soon", "twin", "later", "newer", "older"]
    assert [names[one] for one in (await listed(store))[0]] == expected
    found, cursor = list[str](), None
    while True:
        page = await store.worklist("quay", WorklistQuery(limit=1, cursor=cursor), NOW)
        found += [names[item.entry.id] for item in page.items]
        cursor = page.next
        if cursor is None:
            break
        with pytest.raises(CursorError):
            await store.worklist("pier", WorklistQuery(cursor=cursor), NOW)
    assert found == expected


async def test_a_later_delivery_ticks_off_by_itself_and_says_so_for_a_day(store: Store) -> None:
    sent = mail()
    await put(store, sent, event(sent, "failed"))
    await put(store, event(sent, "delivered", at=NOON + minutes(30)))
    assert await listed(store) == ([], [sent.id])
    assert await listed(store, NOON + timedelta(days=1, minutes=29)) == ([], [sent.id])
    assert await listed(store, NOON + timedelta(days=1, minutes=31)) == EMPTY
    await put(store, event(sent, "bounced"))
    assert await listed(store) == ([sent.id], [])


async def test_a_deferred_message_is_listed_when_it_takes_long(store: Store) -> None:
    sent = mail()
    await put(store, sent, event(sent, "deferred"))
    assert await listed(store, NOON + timedelta(hours=3)) == EMPTY
    assert await listed(store, NOON + timedelta(hours=5)) == ([sent.id], [])
    for hours, seconds in ((3, 3_600), (5, None)):
        now = NOON + timedelta(hours=hours)
        assert (await store.worklist("quay", WorklistQuery(), now)).changes_in == seconds
    await put(store, event(sent, "delivered"))
    assert (await store.worklist("quay", WorklistQuery(), NOON + timedelta(hours=3))).changes_in is None


@pytest.mark.parametrize("order", permutations(range(4)))
async def test_a_later_message_that_was_delivered_ticks_off_the_earlier_one(
    store: Store, order: tuple[int, ...]
) -> None:
    first = mail(kind="reminder", reference=REFERENCE)
    again = mail(kind="reminder", reference=REFERENCE, sent_at=NOON + minutes(60))
    other = mail(kind="survey", reference=REFERENCE, sent_at=NOON + minutes(90))
    await put(store, first, again, other)
    events = [event(first, "bounced"), event(again, "sent"), event(again, "delivered"), event(other, "delivered")]
    for index in order:
        await put(store, events[index])
    assert await listed(store) == ([], [first.id])
    (item,) = (await store.worklist("quay", WorklistQuery(), NOW)).arrived
    assert item.arrived_at == NOON + minutes(60)
    assert await listed(store, NOON + timedelta(days=2)) == EMPTY
    await put(store, event(other, "bounced"), event(again, "bounced"))
    assert set((await listed(store))[0]) == {first.id, again.id, other.id}


async def test_a_redaction_takes_an_entry_off_and_a_rebuild_does_not_bring_it_back(store: Store) -> None:
    forgotten, other = mail(), mail()
    await put(store, forgotten, other, event(forgotten, "failed"), event(other, "failed"), redaction(forgotten))
    await put(store, event(forgotten, "bounced"))
    assert await listed(store) == ([other.id], [])
    await store.rebuild()
    assert await listed(store) == ([other.id], [])
