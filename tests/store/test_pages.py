"""Pages, cursors, filters and totals."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.contract.delivery import Status
from commlog_tui.contract.query import PageRequest
from commlog_tui.store import totals
from commlog_tui.store.errors import CursorError
from commlog_tui.store.protocol import Store
from tests.store.factory import NOON, ask, call, correction, event, ids, mail, minutes, newest_first, put, walk

REFERENCE = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


async def test_an_empty_log(store: Store) -> None:
    page = await ask(store)
    assert (page.entries, page.first, page.total.count, page.total.exact) == ((), 0, 0, True)
    assert (page.newer, page.older, page.oldest) == (None, None, None)


@pytest.mark.parametrize("seed", range(4))
async def test_every_entry_once_and_in_order_while_others_arrive(store: Store, seed: int) -> None:
    random = Random(seed)
    items = [mail(sent_at=NOON + minutes(random.randrange(8))) for _ in range(40)]
    answers = await put(store, *items)
    page, found = await ask(store, limit=7), list[str]()
    while True:
        found += [entry.id for entry in page.entries]
        await put(store, mail(sent_at=NOON + minutes(100 + len(found))))
        if page.older is None:
            break
        page = await ask(store, limit=7, cursor=page.older)
    expected = newest_first(zip(items, (answer.receipt.seq for answer in answers), strict=True))
    assert found == expected


async def test_there_and_back_again(store: Store) -> None:
    await put(store, *(mail(sent_at=NOON + minutes(number)) for number in range(23)))
    pages_down = [await ask(store, limit=5)]
    while (older := pages_down[-1].older) is not None:
        pages_down.append(await ask(store, limit=5, cursor=older))
    assert [page.first for page in pages_down] == [1, 6, 11, 16, 21]
    assert pages_down[-1].oldest is None
    back = pages_down[-1]
    for expected in reversed(pages_down[:-1]):
        assert back.newer is not None
        back = await ask(store, limit=5, cursor=back.newer)
        assert (back.entries, back.first) == (expected.entries, expected.first)
    assert back.newer is None


async def test_the_page_at_an_instant_begins_before_it_and_leads_both_ways(store: Store) -> None:
    await put(store, *(mail(sent_at=NOON + minutes(number)) for number in range(12)))
    there = await ask(store, limit=3, at=NOON + minutes(8))
    assert [entry.sent_at for entry in there.entries] == [NOON + minutes(number) for number in (7, 6, 5)]
    assert there.first == 5
    assert there.newer is not None
    back = await ask(store, limit=3, cursor=there.newer)
    assert [entry.sent_at for entry in back.entries] == [NOON + minutes(number) for number in (10, 9, 8)]
    assert back.first == 2
    older = await ask(store, limit=3, cursor=there.older)
    assert (older.entries[0].sent_at, older.first) == (NOON + minutes(4), 8)


@pytest.mark.parametrize(("at", "first", "newer"), [(-5, 10, True), (0, 10, True), (50, 1, False)])
async def test_an_instant_beyond_the_log_gives_its_nearest_end(store: Store, at: int, first: int, newer: bool) -> None:
    await put(store, *(mail(sent_at=NOON + minutes(number)) for number in range(12)))
    page = await ask(store, limit=3, at=NOON + minutes(at))
    assert (page.first, len(page.entries), page.newer is not None) == (first, 3, newer)


async def test_an_instant_within_filters(store: Store) -> None:
    await put(
        store, *(mail(sent_at=NOON + minutes(number), via="sms" if number % 2 else "email") for number in range(12))
    )
    page = await ask(store, limit=2, via=["sms"], since=NOON + minutes(2), at=NOON + minutes(7))
    assert [entry.sent_at for entry in page.entries] == [NOON + minutes(number) for number in (5, 3)]
    assert (page.first, page.older) == (4, None)
    assert (await ask(store, limit=2, via=["phone"], at=NOON)).entries == ()


async def test_where_a_page_is_stays_unknown_on_the_way_back_from_an_uncounted_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "CAP", 5)
    await put(store, *(mail(sent_at=NOON + minutes(number), title=f"Tide {number}") for number in range(12)))
    oldest = await ask(store, limit=3, q="tide", cursor=(await ask(store, limit=3, q="tide")).oldest)
    assert (oldest.first, oldest.total.exact) == (0, False)
    assert (await ask(store, limit=3, q="tide", cursor=oldest.newer)).first == 0


async def test_the_oldest_page(store: Store) -> None:
    await put(store, *(mail(sent_at=NOON + minutes(number)) for number in range(12)))
    first = await ask(store, limit=5)
    last = await ask(store, limit=5, cursor=first.oldest)
    assert [entry.sent_at for entry in last.entries] == [NOON + minutes(number) for number in range(4, -1, -1)]
    assert (last.first, last.older, last.oldest) == (8, None, None)
    assert last.newer is not None
    assert (await ask(store, limit=5, cursor=last.newer)).first == 3


async def test_reaching_the_top_gives_the_full_newest_page(store: Store) -> None:
    await put(store, *(mail(sent_at=NOON + minutes(number)) for number in range(12)))
    second = await ask(store, limit=5, cursor=(await ask(store, limit=5)).older)
    newest = mail(sent_at=NOON + minutes(99))
    await put(store, newest)
    near_top = await ask(store, limit=5, cursor=second.newer)
    top = near_top if near_top.newer is None else await ask(store, limit=5, cursor=near_top.newer)
    assert (top.first, len(top.entries), top.entries[0].id) == (1, 5, newest.id)


async def test_a_cursor_is_for_its_question_only(store: Store) -> None:
    for location in ("quay", "pier"):
        await put(store, *(mail() for _ in range(3)), location=location)
    cursor = (await ask(store, limit=1)).older
    assert len((await ask(store, limit=2, cursor=cursor)).entries) == 2
    with pytest.raises(CursorError):
        await ask(store, limit=1, cursor=cursor, via=["email"])
    with pytest.raises(CursorError):
        await store.page("pier", PageRequest(limit=1, cursor=cursor))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"via": ["email"]}, "ab"),
        ({"via": ["email", "sms", "fax", "sms"]}, "abc"),
        ({"via": ["fax"]}, ""),
        ({"since": NOON + minutes(1)}, "bcd"),
        ({"until": NOON + minutes(1)}, "a"),
        ({"since": NOON + minutes(1), "until": NOON + minutes(3)}, "bc"),
        ({"to": "+44 7700 900123"}, "c"),
        ({"to": "ADA@example.com"}, "ab"),
        ({"reference": REFERENCE}, "bd"),
        ({"reference": REFERENCE, "via": ["email", "sms"]}, "b"),
        ({"status": ["delivered"]}, "a"),
        ({"status": ["delivered"], "via": ["sms"]}, ""),
        ({"status": ["delivered", "bounced", "delivered"]}, "ab"),
        ({"status": ["logged", "bounced"], "via": ["email", "phone"]}, "bd"),
        ({"status": ["bounced", "logged"], "reference": REFERENCE}, "bd"),
        ({"status": ["bounced", "logged"], "customer_id": "c-1"}, "bcd"),
        ({"status": ["bounced", "logged"], "customer_id": "c-1", "via": ["email", "sms"]}, "bc"),
        ({"status": ["bounced", "delivered"], "to": "ada@example.com"}, "ab"),
        ({"status": ["bounced", "logged"], "q": "confirmation"}, "bc"),
        ({"status": [status.value for status in Status]}, "abcd"),
        ({"source": "manual"}, "d"),
        ({"kind": "confirmation"}, "ab"),
        ({"kind": "confirmation", "via": ["email", "sms"], "status": ["bounced", "logged"]}, "b"),
        ({"kind": "reminder", "via": ["sms", "phone"]}, "c"),
        ({"kind": "reminder", "customer_id": "c-1", "q": "confirmation"}, "c"),
        ({"kind": "confirmation", "reference": REFERENCE}, "b"),
        ({"kind": "survey"}, ""),
        ({"source": "workflow", "q": "confirmation", "via": ["email"], "since": NOON + minutes(1)}, "b"),
        ({"customer_id": "c-1"}, "abcd"),
        ({"customer_id": "c-1", "via": ["email", "phone"]}, "abd"),
        ({"customer_id": "c-1", "q": "parking"}, "d"),
        ({"customer_id": "c-1", "reference": REFERENCE, "source": "manual"}, "d"),
        ({"title": "booking  CONFIRMATION"}, "abc"),
        ({"title": "Booking"}, ""),
        ({"title": "Booking Confirmation", "via": ["email"], "not_status": ["bounced"]}, "a"),
        ({"code": "kb-é7"}, "d"),
        ({"code": "KB"}, ""),
        ({"not_via": ["email"]}, "cd"),
        ({"not_via": ["fax"]}, "abcd"),
        ({"not_via": ["email", "phone"], "not_status": ["bounced"]}, "c"),
        ({"not_status": ["sent", "logged"]}, "ab"),
        ({"not_source": ["manual"]}, "abc"),
        ({"not_kind": ["reminder"]}, "abd"),
        ({"not_kind": ["reminder"], "since": NOON + minutes(1)}, "bd"),
        ({"not_to": ["ADA@example.com"]}, "cd"),
        ({"not_to": ["+44 7700 900123", "nobody@example.com"]}, "abd"),
        ({"not_customer_id": ["c-2"]}, "cd"),
        ({"not_customer_id": ["c-1"]}, ""),
        ({"not_customer_id": ["c-2", "c-9"], "not_via": ["phone"]}, "c"),
        ({"not_reference": [REFERENCE]}, "ac"),
        ({"not_title": ["booking confirmation"]}, "d"),
        ({"not_title": ["Nobody wrote this"], "via": ["sms"]}, "c"),
        ({"not_title": ["Booking Confirmation"], "q": "parking"}, "d"),
        ({"q": "confirmation", "not_to": ["07700 900123"]}, "ab"),
        ({"q": "confirmation", "not_via": ["sms"], "title": "Booking Confirmation"}, "ab"),
        ({"not_code": ["kb-e7"]}, "abc"),
        ({"not_day": ["2026-11-03"]}, ""),
        ({"not_day": ["2026-11-02", "2026-11-04"], "until": NOON + minutes(1)}, "a"),
    ],
)
async def test_filters_combine(store: Store, query: dict[str, Any], expected: str) -> None:
    customer = {"id": "c-1", "addresses": ["ada@example.com"], "numbers": ["07700 900123"]}
    items = {
        "a": mail(kind="confirmation"),
        "b": mail(kind="confirmation", sent_at=NOON + minutes(1), reference=REFERENCE, customer={"id": "c-2"}),
        "c": mail(kind="reminder", via="sms", to="07700 900123", sent_at=NOON + minutes(2)),
        "d": call(sent_at=NOON + minutes(3), reference=REFERENCE, customer=customer, code="KB-É7"),
    }
    events = event(items["a"], "delivered"), event(items["b"], "bounced")
    await put(store, *items.values(), *events, mail(kind="reminder"), location="pier")
    await put(store, *items.values(), *events)
    names = {item.id: name for name, item in items.items()}
    page = await ask(store, **query)
    assert "".join(sorted(names[entry.id] for entry in page.entries)) == expected
    assert (page.total.count, page.total.exact) == (len(expected), True)
    assert "".join(sorted(names[entry.id] for entry in await walk(store, **query, limit=1))) == expected


async def test_days_of_23_and_25_hours_are_counted_whole(store: Store) -> None:
    zone = ZoneInfo("Europe/London")
    for day in (datetime(2026, 3, 29, tzinfo=zone), datetime(2026, 10, 25, tzinfo=zone)):
        start, end = day.astimezone(UTC), (day + timedelta(days=1)).astimezone(UTC)
        hours = int((end - start) / timedelta(hours=1))
        await put(store, *(mail(sent_at=start + timedelta(hours=hour)) for hour in range(-1, hours + 1)))
        page = await ask(store, since=start, until=end, limit=200)
        assert (len(page.entries), page.total.count, page.total.exact) == (hours, hours, True)
        assert hours in {23, 25}


async def test_totals_follow_corrections(store: Store) -> None:
    given = call()
    midnight = NOON.replace(hour=0)
    await put(store, given, call())
    await put(store, correction(given, sent_at=NOON - timedelta(days=1)))
    assert (await ask(store, since=midnight)).total.count == 1
    assert (await ask(store, until=midnight, via=["phone"])).total.count == 1


async def test_beyond_the_cap_a_total_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "CAP", 5)
    await put(store, *(mail() for _ in range(6)))
    page = await ask(store, to="ada@example.com", limit=2)
    assert (page.total.count, page.total.exact) == (5, False)
    assert (await ask(store)).total.exact
    assert len(await ids(store, to="ada@example.com")) == 6
