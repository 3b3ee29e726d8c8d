"""What is recorded about customers: corrected addresses, own customers, merges, preferences."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from commlog_tui.contract.customer_record import MergeStep, PreferenceQuery, local_customer_id
from commlog_tui.contract.entry import NewEntry, NewRedaction
from commlog_tui.contract.query import CustomerQuery, PageRequest
from commlog_tui.contract.task import TaskQuery
from commlog_tui.records.decide import Appended
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import KeyReusedError, LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store.errors import UnknownCustomerError
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import PersonRow
from tests.store.factory import NOON
from tests.store.people_factory import contact, customer, merge, preference
from tests.store.work_factory import task

REASON = NewRedaction(reason="request")
OLD, NEW = "zoe@gmial.com", "zoe@gmail.com"


async def add(store: Store, item: Item, location: str = "quay") -> Appended | LogError:
    (answer,) = await store.append(location, "Desk", [item])
    return answer


def entry(number: int = 1, customer_id: str | None = "c-1", **fields: Any) -> AppendEntry:
    content = {"via": "email", "to": OLD, "title": "Hello", "source": "workflow", "sent_at": NOON} | fields
    if customer_id is not None:
        content["customer"] = {"id": customer_id, "name": "Zoe"}
    return AppendEntry(str(UUID(int=number)), NewEntry.model_validate(content))


async def titles(store: Store, **query: Any) -> list[str]:
    page = await store.page("quay", PageRequest.model_validate(query))
    assert page.total.count == len(page.entries)
    return [one.title for one in page.entries]


async def found(store: Store, q: str) -> list[PersonRow]:
    return list((await store.customers("quay", CustomerQuery(q=q))).customers)


async def test_a_corrected_address_comes_first_and_the_old_one_stays_findable(store: Store) -> None:
    await add(store, entry())
    answer = await add(store, contact(2, "c-1", old=OLD, new=NEW, reason="misspelt"))
    assert isinstance(answer, Appended)
    await add(store, entry(3, sent_at=NOON + timedelta(hours=1)))  # the booking system still has the old one
    person = await store.customer("quay", "c-1")
    assert (person.name, person.addresses, person.replaced) == ("Zoe", (NEW, OLD), (OLD,))
    assert [one.id for q in ("gmial", "gmail") for one in await found(store, q)] == ["c-1", "c-1"]
    assert await titles(store, q="zoe@gmail.com") == ["Hello", "Hello"]
    records = await store.people.customer_records("quay", "c-1")
    (row,) = records.contacts
    assert (row.old, row.new, row.reason, row.actor, row.customer_id) == (OLD, NEW, "misspelt", "Desk", "c-1")
    await add(store, contact(4, "c-1", old=NEW, new=OLD))
    assert (await store.customer("quay", "c-1")).addresses == (OLD, NEW)


async def test_a_customer_was_seen_when_the_last_correction_was_recorded(store: Store) -> None:
    for number, new in ((1, "zoe@example.com"), (2, "zoe@mail.example")):
        answer = await add(store, contact(number, "c-1", new=new))
        assert isinstance(answer, Appended)
        person = await store.customer("quay", "c-1")
        assert person.last_seen == answer.receipt.recorded_at
        assert person.addresses[0] == new


async def test_an_address_that_only_a_correction_has_finds_what_goes_to_it(store: Store) -> None:
    await add(store, entry())
    await add(store, contact(2, "c-1", new="07700 900123"))
    await add(store, entry(3, None, via="sms", to="+44 7700 900123", title="Text"))
    assert sorted(await titles(store, customer_id="c-1")) == ["Hello", "Text"]
    assert (await store.customer("quay", "c-1")).numbers == ("07700 900123",)


async def test_a_repeat_has_its_receipt_and_other_content_is_refused(store: Store) -> None:
    items: list[Item] = [
        contact(2, "c-1", new=NEW),
        customer(3, name="Ana"),
        merge(4, "local-1", "c-1"),
        preference(5, customer_id="c-1"),
    ]
    for item in items:
        first, again = await add(store, item), await add(store, item)
        assert isinstance(first, Appended)
        assert isinstance(again, Appended)
        assert (again.receipt, again.created) == (first.receipt, False)
    assert isinstance(await add(store, contact(2, "c-1", new=OLD)), KeyReusedError)


async def test_a_customer_of_our_own_is_found_and_marked_and_apart_from_others_of_the_name(store: Store) -> None:
    one, other = customer(2, name="Ana Silva", numbers=("07700 900123",)), customer(3, name="Ana Silva")
    await add(store, one)
    await add(store, other)
    await add(store, entry(4, local_customer_id(one.id), via="phone", to="07700 900123"))
    people = await found(store, "ana silva")
    assert {person.id for person in people} == {local_customer_id(one.id), local_customer_id(other.id)}
    assert all(person.local for person in people)
    assert [person.id for person in await found(store, "900123")] == [local_customer_id(one.id)]
    assert not (await store.people.customer_records("pier", local_customer_id(one.id))).made


async def test_merged_customers_are_one_until_they_are_separated(store: Store) -> None:
    made = customer(2, name="Zoe", numbers=("07700 900999",))
    local = local_customer_id(made.id)
    await add(store, made)
    await add(store, entry(3, "c-1", title="Booked", to="zoe@example.com"))
    await add(store, entry(4, local, title="Rang", via="phone", to="07700 900999"))
    await add(store, entry(5, None, title="Text", via="sms", to="07700900999"))
    await add(store, entry(6, "c-2", title="Other", to="other@example.com"))
    await add(store, task(7, customer={"id": local}))
    assert await titles(store, customer_id="c-1") == ["Booked"]
    await add(store, merge(8, local, "c-1"))
    for one in (local, "c-1"):
        assert sorted(await titles(store, customer_id=one)) == ["Booked", "Rang", "Text"]
        assert sorted(await titles(store, customer_id=one, q="zoe")) == ["Booked", "Rang"]
        assert await titles(store, not_customer_id=[one]) == ["Other"]
        person = await store.customer("quay", one)
        assert (person.merged, person.local) == (("c-1",), True) if one == local else ((local,), False)
        assert (person.addresses, person.numbers) == (("zoe@example.com",), ("07700 900999",))
        assert {known.numbers for known in await found(store, "zoe") if known.id != "c-2"} == {("07700 900999",)}
        assert [row.words for row in (await store.work.tasks("quay", TaskQuery(customer_id=one))).tasks] == ["No. 7"]
        assert set((await store.people.customer_records("quay", one)).customer_ids) == {"c-1", local}
    await add(store, merge(9, "c-1", local, step=MergeStep.SEPARATED, reason="two people"))
    assert await titles(store, customer_id="c-1") == ["Booked"]
    assert sorted(await titles(store, customer_id=local)) == ["Rang", "Text"]
    assert (await store.customer("quay", "c-1")).numbers == ()
    steps = [row.step for row in (await store.people.customer_records("quay", "c-1")).merges]
    assert steps == ["merged", "separated"]


async def preferences(store: Store, **query: str) -> list[tuple[str | None, str | None, bool]]:
    rows = (await store.people.preferences("quay", PreferenceQuery.model_validate(query))).preferences
    return [(row.words, row.via, row.allowed) for row in rows]


async def test_the_last_preference_of_a_channel_holds(store: Store) -> None:
    await add(store, entry())
    await add(store, preference(2, customer_id="c-1", via="sms", words="no texts"))
    await add(store, preference(3, customer_id="c-1", via="email", words="no e-mail"))
    assert await preferences(store, customer_id="c-1") == [("no texts", "sms", False), ("no e-mail", "email", False)]
    await add(store, preference(4, customer_id="c-1", via="sms", allowed=True, words="texts again"))
    assert await preferences(store, customer_id="c-1") == [("no e-mail", "email", False), ("texts again", "sms", True)]
    await add(store, preference(5, customer_id="c-1", words="nothing at all"))
    assert await preferences(store, customer_id="c-1") == [("nothing at all", None, False)]
    person = await store.customer("quay", "c-1")
    assert [row.words for row in person.preferences] == ["nothing at all"]


@pytest.mark.parametrize(("text", "expected"), [("STOP", False), (" stop. ", False), ("Start", True)])
async def test_a_text_that_says_stop_or_start_is_a_preference_of_its_number(
    store: Store, text: str, expected: bool
) -> None:
    await add(store, entry(1, to="07700 900123", via="phone"))
    stop = entry(2, None, via="sms", to="+447700900123", title="Text", body=text, direction="inbound")
    await add(store, stop)
    await add(store, stop)
    ((words, via, allowed),) = await preferences(store, to="07700 900123")
    assert (words, via, allowed) == (
        f"opted {'in' if expected else 'out'} by {text.strip(' .').upper()}",
        "sms",
        expected,
    )
    assert len(await preferences(store, customer_id="c-1")) == 1
    (row,) = (await store.customer("quay", "c-1")).preferences
    assert row.said_at == NOON


@pytest.mark.parametrize(
    "fields", [{"body": "please stop"}, {"direction": "outbound", "body": "STOP"}, {"via": "email", "body": "STOP"}]
)
async def test_other_messages_say_nothing_about_preferences(store: Store, fields: dict[str, str]) -> None:
    content = {"via": "sms", "to": "07700 900123", "direction": "inbound"} | fields
    await add(store, entry(1, None, **content))
    assert await preferences(store, to="07700 900123") == []


async def filled(store: Store) -> str:
    made = customer(2, name="Quentin Xylo", numbers=("07700 900777",))
    local = local_customer_id(made.id)
    for item in (
        entry(1, "c-1"),
        made,
        contact(3, "c-1", old=OLD, new="secret@example.net", reason="private words"),
        merge(4, local, "c-1"),
        preference(5, customer_id="c-1", words="private words"),
        preference(6, to="07700 900777", words="private words"),
    ):
        assert isinstance(await add(store, item), Appended)
    return local


async def test_a_redacted_customer_takes_everything_along(store: Store) -> None:
    local = await filled(store)
    for customer_id in ("c-1", local):
        await store.redact_customer("quay", "Manager", str(UUID(int=100 + len(customer_id))), customer_id, REASON)
    for q in ("secret", "xylo", "900777", "gmial"):
        assert await found(store, q) == []
    for customer_id in ("c-1", local):
        records = await store.people.customer_records("quay", customer_id)
        assert (records.contacts, records.made, records.merges, records.preferences) == ((), (), (), ())
        with pytest.raises(UnknownCustomerError):
            await store.customer("quay", customer_id)
    assert await preferences(store, to="07700 900777") == []
    await store.rebuild()
    assert await found(store, "xylo") == []


async def test_rebuilding_and_redacting_an_entry_leave_what_records_say(store: Store) -> None:
    local = await filled(store)
    before = await store.people.customer_records("quay", "c-1"), await store.customer("quay", local)
    await store.rebuild()
    assert (await store.people.customer_records("quay", "c-1"), await store.customer("quay", local)) == before
    await store.append("quay", "Manager", [AppendRedaction(str(UUID(int=900)), str(UUID(int=1)), REASON)])
    person = await store.customer("quay", "c-1")
    assert (person.addresses, person.merged) == (("secret@example.net", OLD), (local,))
    assert [one.id for one in await found(store, "secret")] == ["c-1"]


async def test_retention_leaves_what_is_recorded_about_those_who_are_written_to(store: Store) -> None:
    local = await filled(store)
    await add(store, entry(7, "c-1", title="Later", sent_at=datetime.now(UTC) + timedelta(days=85)))
    await store.set_retention("quay", 1)
    later = datetime.now(UTC) + timedelta(days=90)
    await store.redact_due(later, trust_clock=True)
    assert [row.words for row in (await store.customer("quay", "c-1")).preferences] == ["private words"]
    records = await store.people.customer_records("quay", "c-1")
    assert (len(records.contacts), len(records.merges)) == (1, 1)
    assert await preferences(store, to="07700 900777") == []
    assert not (await store.people.customer_records("quay", local)).made
    await store.redact_due(later + timedelta(days=90), trust_clock=True)
    assert await found(store, "secret") == []
    assert (await store.redact_due(later + timedelta(days=90), trust_clock=True)).redacted == 0
