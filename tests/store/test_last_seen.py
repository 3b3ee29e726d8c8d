"""When a customer was last seen is when the newest of what is theirs now happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from commlog_tui.contract.query import CustomerQuery
from commlog_tui.records.correction import AppendCorrection
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store.protocol import Store
from tests.store.databases import Database
from tests.store.factory import NOON, call, correction, put, redaction
from tests.store.people_factory import contact, merge

ADA: Final = {"id": "c-1", "name": "Ada"}
BOB: Final = {"id": "c-2", "name": "Bob"}
DAY: Final = timedelta(days=1)
HOME, WORK = "ada@example.com", "ada@work.example"


def _id(number: int) -> str:
    return str(UUID(int=number))


def talk(number: int, at: datetime, **fields: Any) -> AppendEntry:
    """Return a numbered conversation with Ada."""
    return call(_id(number), **({"to": HOME, "customer": ADA, "sent_at": at} | fields))


OLD, NEW = talk(1, NOON - 90 * DAY), talk(2, NOON)
NEAR = talk(3, NOON - timedelta(hours=1))


def change(number: int, entry: AppendEntry, **changes: Any) -> AppendCorrection:
    return correction(entry, _id(number), **changes)


def gone(number: int, entry: AppendEntry) -> AppendRedaction:
    return redaction(entry, _id(number))


CASES: Final[dict[str, tuple[Sequence[Item], datetime, datetime | None]]] = {
    "away": ([OLD, NEW, change(11, NEW, customer=BOB)], NOON - 90 * DAY, NOON),
    "away, near": ([OLD, NEAR, NEW, change(11, NEW, customer=BOB)], NEAR.entry.sent_at, NOON),
    "away and back": (
        [OLD, NEW, change(11, NEW, customer=BOB), change(12, NEW, customer=ADA)], NOON, NOON
    ),
    "twice": (
        [OLD, NEAR, NEW, change(11, NEW, customer=BOB), change(12, NEAR, customer=BOB)], NOON - 90 * DAY, NOON
    ),
    "from one to another and on": (
        [OLD, NEW, change(11, NEW, customer=BOB), change(12, NEW, customer={"id": "c-3"})], NOON - 90 * DAY, NOON
    ),
    "an older one": ([OLD, NEW, change(11, OLD, customer=BOB)], NOON, NOON - 90 * DAY),
    "the only one": ([NEW, change(11, NEW, customer=BOB)], NOON, NOON),
    "both": (
        [OLD, NEW, change(11, NEW, customer=BOB), change(12, OLD, customer=BOB)], NOON, NOON
    ),
    "both, the newest last": (
        [OLD, NEW, change(11, OLD, customer=BOB), change(12, NEW, customer=BOB)], NOON, NOON
    ),
    "to nobody": ([OLD, NEW, change(11, NEW, customer=None)], NOON - 90 * DAY, None),
    "to an earlier time": ([OLD, NEW, change(11, NEW, sent_at=NOON - 100 * DAY)], NOON - 90 * DAY, None),
    "to a later time": ([OLD, NEW, change(11, OLD, sent_at=NOON + DAY)], NOON + DAY, None),
    "redacted": ([OLD, NEW, gone(11, NEW)], NOON - 90 * DAY, None),
    "away and redacted": ([OLD, NEW, change(11, NEW, customer=BOB), gone(12, NEW)], NOON - 90 * DAY, None),
    "away, another redacted": (
        [OLD, NEAR, NEW, change(11, NEW, customer=BOB), gone(12, NEAR)], NOON - 90 * DAY, NOON
    ),
    "the only one left is away": ([OLD, NEW, change(11, NEW, customer=BOB), gone(12, OLD)], NOON, NOON),
    "merged": (
        [OLD, NEW, change(11, NEW, customer=BOB), merge(12, "c-2", "c-1")], NOON - 90 * DAY, NOON
    ),
    "separated": (
        [
            OLD, merge(10, "c-2", "c-1"), NEW, change(11, NEW, customer=BOB),
            merge(12, "c-2", "c-1", step="separated"),
        ],
        NOON - 90 * DAY,
        NOON,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_last_seen_is_of_what_is_theirs_now(database: Database, store: Store, case: str) -> None:
    """Whether everything is appended at once or each by itself, and after a rebuild."""
    items, ada, bob = CASES[case]
    await put(store, *items, location="quay")
    for item in items:
        await put(store, item, location="pier")

    async def look() -> None:
        for location in ("quay", "pier"):
            assert (await store.customer(location, "c-1")).last_seen == ada
            if bob is not None:
                assert (await store.customer(location, "c-2")).last_seen == bob

    await look()
    before = database.projections()
    await store.rebuild()
    assert database.projections() == before
    await look()


async def order(store: Store, q: str = "") -> list[str]:
    return [one.id for one in (await store.customers("quay", CustomerQuery(q=q))).customers]


@pytest.mark.parametrize("q", ["", "guest"])
async def test_customers_are_in_the_order_of_what_is_theirs_now(store: Store, q: str) -> None:
    def guest(number: int, at: datetime) -> AppendEntry:
        return talk(number, at, customer={"id": f"c-{number}", "name": f"Guest {number}"})

    await put(store, *(guest(number, NOON - number * 40 * DAY) for number in range(1, 7)))
    await put(store, *(change(10 + number, guest(number, NOON), customer={"id": "c-6"}) for number in (1, 3)))
    assert await order(store, q) == ["c-6", "c-2", "c-4", "c-5", "c-1", "c-3"]
    first = await store.customers("quay", CustomerQuery(q=q, limit=2))
    assert ([one.id for one in first.customers], first.more) == (["c-6", "c-2"], True)


async def test_who_has_but_a_record_about_them_is_in_the_order_too(store: Store) -> None:
    await put(store, talk(1, NOON), contact(2, "c-9", new="zoe@example.com"))
    seen = {one: (await store.customer("quay", one)).last_seen for one in ("c-1", "c-9")}
    assert await order(store) == sorted(seen, key=lambda one: seen[one], reverse=True)
    limited = await store.customers("quay", CustomerQuery(q="", limit=1))
    assert [one.id for one in limited.customers] == (await order(store))[:1]


async def test_addresses_are_in_the_order_in_which_they_are_used_now(store: Store) -> None:
    await put(store, talk(1, NOON - 50 * DAY, to=WORK), talk(2, NOON - DAY), talk(3, NOON, to=WORK))
    assert (await store.customer("quay", "c-1")).addresses == (WORK, HOME)
    await put(store, change(11, talk(3, NOON), to=HOME))
    assert (await store.customer("quay", "c-1")).addresses == (HOME, WORK)
    await put(store, change(12, talk(3, NOON), to=WORK))
    assert (await store.customer("quay", "c-1")).addresses == (WORK, HOME)


async def test_a_misspelt_address_comes_after_the_right_one(store: Store) -> None:
    await put(store, talk(1, NOON, to="a@example.com"), change(2, talk(1, NOON), to=HOME))
    assert (await store.customer("quay", "c-1")).addresses == (HOME, "a@example.com")


async def test_words_in_the_place_of_a_recipient_are_no_number(store: Store) -> None:
    await put(store, talk(1, NOON, to="Front desk"), talk(2, NOON, to="07700 900123"))
    person = await store.customer("quay", "c-1")
    assert (person.addresses, person.numbers) == ((), ("07700 900123",))


@pytest.mark.parametrize("is_known", [False, True])
async def test_a_name_is_that_of_the_newest_entry_in_whatever_order_they_come(store: Store, is_known: bool) -> None:
    """Also where the store has forgotten who it met."""

    def named(number: int, at: datetime, name: str) -> AppendEntry:
        return talk(number, at, customer={"id": "c-1", "name": name})

    minute = timedelta(minutes=1)
    await put(store, named(1, NOON, "Ada"), named(2, NOON + 9 * minute, "Ada Hill"))
    for number, (after, name) in enumerate([(5, "Ada Old"), (12, "Ada Hill-Lee"), (9, "Ada Hill"), (11, "Ada")]):
        if not is_known:
            await store.rebuild()
        await put(store, named(10 + number, NOON + after * minute, name))
    assert (await store.customer("quay", "c-1")).name == "Ada Hill-Lee"
