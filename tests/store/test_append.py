"""What is recorded, what is answered, and what is refused."""

import asyncio
from itertools import pairwise
from random import Random

import pytest

from commlog_tui.contract.base import format_instant
from commlog_tui.contract.delivery import DeliveryKind, NewEvent, status_of
from commlog_tui.contract.entry import NewEntry
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import KeyReusedError, NotAutomatedError, NotManualError, UnknownEntryError
from commlog_tui.records.kind import Item
from commlog_tui.store.errors import UnknownLocationError
from commlog_tui.store.protocol import Store
from tests.store.factory import NOON, accepted, ask, call, correction, event, ids, mail, minutes, put

NASTY = [
    "[/b]",
    "\x1b]52;c;AAAA\x07",
    "\u202eabc",
    "👩‍👩‍👧",
    "'; DROP TABLE record; --",
    '"*" OR (',
    "ﬀ İ ß",
    "%_\\",
    "\x7f\t\r\n",
]


async def test_an_entry_comes_back_as_it_was_given(store: Store) -> None:
    customer = {"id": "c-1", "name": "Zoë", "addresses": ("zoe@example.com",), "numbers": ("07700 900123",)}
    reference = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
    given = mail(customer=customer, code="KB-1", reference=reference, body="Dear Zoë", direction="inbound")
    (answer,) = await put(store, given)
    detail = await store.detail("quay", given.id)
    shown = {
        name: getattr(detail.entry, name) for name in ("via", "to", "title", "reference", "code", "body", "sent_at")
    }
    assert shown == {name: getattr(given.entry, name) for name in shown}
    assert (detail.entry.direction, detail.entry.source, detail.entry.actor) == ("inbound", "workflow", "sender")
    assert detail.entry.customer is not None
    assert (detail.entry.customer.name, detail.entry.customer.numbers) == ("Zoë", ("07700 900123",))
    assert detail.receipt == answer.receipt
    assert detail.original is None
    assert len(answer.receipt.leaf_hash) == 64


@pytest.mark.parametrize("text", NASTY)
async def test_nasty_text_comes_back_unchanged_and_is_found(store: Store, text: str) -> None:
    given = call(title=text, body=text, to=text, customer={"id": text, "name": text})
    await put(store, given, call(title="Something else"))
    entry = (await store.detail("quay", given.id)).entry
    assert (entry.title, entry.body, entry.to) == (text, text, text)
    assert given.id in await ids(store, q=text)
    assert given.id in await ids(store, customer_id=text)
    assert (await store.customer("quay", text)).name == text


async def test_positions_are_dense_whatever_is_refused_between(store: Store) -> None:
    entries = [mail() for _ in range(20)]
    stray = AppendEvent(mail().id, mail().id, NewEvent(kind=DeliveryKind.SENT, at=NOON))
    answers = await asyncio.gather(*(store.append("quay", "sender", [stray, entry, stray]) for entry in entries))
    assert all(isinstance(refused, UnknownEntryError) for first, _, last in answers for refused in (first, last))
    assert sorted(accepted(stored).receipt.seq for _, stored, _ in answers) == list(range(1, 21))
    assert (await store.location("quay")).seq == 20
    assert (await store.location("pier")).seq == 0


async def test_the_same_again_gets_the_first_receipt(store: Store) -> None:
    given = mail()
    (first,) = await put(store, given)
    again, twice = await put(store, given, given)
    assert first.created
    assert (again.created, twice.created) == (False, False)
    assert first.receipt == again.receipt == twice.receipt
    assert (await store.location("quay")).seq == 1


async def test_a_key_stands_for_one_content(store: Store) -> None:
    given = mail()
    sent = event(given, "sent")
    await put(store, given, sent)
    answers = await store.append(
        "quay", "sender", [mail(given.id, title="Other"), event(given, "bounced", sent.id), mail(sent.id)]
    )
    assert [type(answer) for answer in answers] == [KeyReusedError] * 3
    assert (await store.location("quay")).seq == 2
    assert (await put(store, mail(given.id, title="Other"), location="pier"))[0].created


async def test_no_other_content_passes_for_the_first(store: Store) -> None:
    given = call(title="m", body="m", to="m", code="m", customer={"id": "m"})
    await put(store, given)
    text = given.entry.model_dump(mode="json")
    others = [{**text, name: value} for name in ("title", "body", "to", "code") for value in ("a", "z", "mm", "M")]
    others += [{**text, "body": None}, {**text, "customer": None}, {**text, "customer": {"id": "m", "name": "m"}}]
    others += [{**text, "via": "sms"}, {**text, "direction": "inbound"}]
    others += [{**text, "sent_at": NOON + minutes(offset)} for offset in (-1, 1)]
    answers = await store.append(
        "quay", "sender", [AppendEntry(given.id, NewEntry.model_validate(other)) for other in others]
    )
    assert [type(answer) for answer in answers] == [KeyReusedError] * len(others)
    assert (await store.location("quay")).seq == 1


async def test_an_entry_sent_again_adds_the_events_that_are_new(store: Store) -> None:
    sent, delivered = {"kind": "sent", "at": NOON}, {"kind": "delivered", "at": NOON + minutes(1), "detail": "250 ok"}
    given = mail(events=[sent])
    (first,) = await put(store, given)
    (again,) = await put(store, mail(given.id, events=[sent, delivered, delivered]))
    detail = await store.detail("quay", given.id)
    assert (first.receipt, again.created) == (again.receipt, False)
    assert [(answer.kind, answer.detail) for answer in detail.events] == [("sent", None), ("delivered", "250 ok")]
    assert detail.entry.status == "delivered"


async def test_who_may_be_corrected_and_who_reported(store: Store) -> None:
    automated, manual = mail(), call()
    items: list[Item] = [
        automated,
        manual,
        correction(automated, title="No"),
        event(manual, "sent"),
        correction(mail(), title="No"),
    ]
    answers = await store.append("quay", "sender", items)
    assert [type(answer) for answer in answers[2:]] == [NotManualError, NotAutomatedError, UnknownEntryError]
    assert (await store.location("quay")).seq == 2


async def test_a_correction_changes_what_is_shown_found_and_counted(store: Store) -> None:
    given = call(title="Rang about parking", customer={"id": "c-1", "name": "Ada"}, code="KB-1")
    later = NOON + minutes(60 * 24)
    changed = correction(
        given, title="Rang about mooring", via="in-person", customer={"id": "c-2"}, code=None, sent_at=later
    )
    await put(store, given, changed)
    detail = await store.detail("quay", given.id)
    entry = detail.entry
    assert (entry.title, entry.via, entry.code, entry.sent_at) == ("Rang about mooring", "in-person", None, later)
    assert entry.corrected
    assert detail.original is not None
    assert (detail.original.title, detail.original.via, detail.original.sent_at) == (
        "Rang about parking",
        "phone",
        NOON,
    )
    assert detail.corrections[0].changes["sent_at"] == format_instant(later)
    assert (
        await ids(store, q="mooring")
        == await ids(store, customer_id="c-2")
        == await ids(store, via=["in-person"])
        == [given.id]
    )
    assert await ids(store, q="parking") == await ids(store, customer_id="c-1") == await ids(store, via=["phone"]) == []
    assert [(channel.via, channel.count) for channel in (await store.location("quay")).channels] == [("in-person", 1)]


async def test_corrections_add_up(store: Store) -> None:
    given = call(to="07700 900123", title="One")
    await put(store, given)
    await put(store, correction(given, title="Two"))
    assert await ids(store, q="two") == [given.id]
    again = correction(given, code="KB-2")
    assert [answer.created for answer in await put(store, again, again)] == [True, False]
    entry = (await store.detail("quay", given.id)).entry
    assert (entry.title, entry.code, entry.to) == ("Two", "KB-2", "07700 900123")


async def test_status_does_not_depend_on_the_order_of_events(store: Store) -> None:
    random = Random(1)
    for _ in range(40):
        kinds = random.sample(list(DeliveryKind), random.randint(0, 6))
        given = mail()
        await put(store, given, *(event(given, kind.value) for kind in kinds))
        assert (await store.detail("quay", given.id)).entry.status == status_of(kinds).value


async def test_another_locations_entries_are_unknown(store: Store) -> None:
    given = mail()
    await put(store, given)
    with pytest.raises(UnknownEntryError):
        await store.detail("pier", given.id)
    (answer,) = await store.append("pier", "sender", [event(given, "sent")])
    assert isinstance(answer, UnknownEntryError)
    assert (await ask(store)).total.count == 1
    with pytest.raises(UnknownLocationError):
        await store.append("nowhere", "sender", [given])


async def test_the_feed_tells_every_record_in_order(store: Store) -> None:
    given, other = mail(), call()
    await put(store, given, event(given, "sent"), other, correction(other, title="Rang again"))
    answer = await store.feed("quay", 1, 10)
    assert [(row.seq, row.kind, row.entry and row.entry.id) for row in answer] == [
        (2, "event", given.id),
        (3, "entry", other.id),
        (4, "correction", other.id),
    ]
    assert answer[2].entry is not None
    assert answer[2].entry.title == "Rang again"
    assert [row.seq for row in await store.feed("quay", 0, 2)] == [1, 2]
    assert all(later.seq == earlier.seq + 1 for earlier, later in pairwise(answer))


async def test_events_are_told_in_the_order_they_happened(store: Store) -> None:
    given = mail()
    await put(
        store, given, event(given, "delivered", at=NOON + minutes(2)), event(given, "sent", at=NOON, detail="250 ok")
    )
    events = (await store.detail("quay", given.id)).events
    assert [(answer.kind, answer.seq, answer.detail) for answer in events] == [
        ("sent", 3, "250 ok"),
        ("delivered", 2, None),
    ]


async def test_thousands_at_once(store: Store) -> None:
    content = NewEntry.model_validate(mail().entry)
    answers = await put(store, *(AppendEntry(mail().id, content) for _ in range(3_000)))
    assert [answer.receipt.seq for answer in answers] == list(range(1, 3_001))
    assert (await ask(store)).total.count == 3_000


async def test_a_call_that_is_refused_takes_nothing_of_its_neighbours(store: Store) -> None:
    calls = [store.append(location, "sender", [mail()]) for location in ("quay", "nowhere") * 5]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(answer) for answer in answers] == [list, UnknownLocationError] * 5
    assert (await store.location("quay")).seq == (await ask(store)).total.count == 5
