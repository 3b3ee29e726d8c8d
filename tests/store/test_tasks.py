"""Tasks and handovers in a store: lists, pages, redaction, rebuild, retention."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from commlog_tui.contract.entry import NewEntry, NewRedaction
from commlog_tui.contract.identity import namespaced_id
from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.task import TaskQuery, TaskState
from commlog_tui.records.decide import Appended
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.errors import KeyReusedError, LogError, RedactedError, TaskDoneError, UnknownEntryError
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store.errors import CursorError
from commlog_tui.store.protocol import Store
from tests.store.factory import NOON
from tests.store.work_factory import change, handover, taking, task

REASON = NewRedaction(reason="request")
ENTRY = str(UUID(int=1))


async def add(store: Store, item: Item, location: str = "quay") -> Appended | LogError:
    (answer,) = await store.append(location, "Desk", [item])
    return answer


def entry(number: int = 1, *, source: str = "manual") -> AppendEntry:
    content = {"via": "phone", "to": "07700 900123", "title": "Asked", "source": source, "sent_at": NOON}
    return AppendEntry(str(UUID(int=number)), NewEntry.model_validate(content))


async def words(store: Store, **query: Any) -> list[str]:
    return [one.words for one in (await store.work.tasks("quay", TaskQuery.model_validate(query))).tasks]


async def test_open_tasks_come_soonest_due_first_and_done_ones_latest(store: Store) -> None:
    for number, minutes in ((10, 30), (11, 10), (12, 20)):
        await add(store, task(number, minutes))
    await add(store, task(13, 5), "pier")
    assert await words(store) == ["No. 11", "No. 12", "No. 10"]
    await add(store, change(20, 11, change="postponed", due_at=NOON + timedelta(hours=2)))
    assert await words(store) == ["No. 12", "No. 10", "No. 11"]
    await add(store, change(21, 12, change="done"))
    await add(store, change(22, 10, change="done"))
    assert await words(store) == ["No. 11"]
    assert await words(store, state="done") == ["No. 10", "No. 12"]
    await add(store, change(23, 12, change="reopened"))
    assert await words(store) == ["No. 12", "No. 11"]
    assert await words(store, due_before=NOON + timedelta(minutes=21)) == ["No. 12"]


@pytest.mark.parametrize("state", list(TaskState))
async def test_pages_have_every_task_once_also_with_equal_due_times(store: Store, state: TaskState) -> None:
    for number in range(10, 17):
        await add(store, task(number, number // 3))
        if state is TaskState.DONE:
            await add(store, change(100 + number, number, change="done"))
    found, query = [], TaskQuery(limit=2, state=state)
    while True:
        page = await store.work.tasks("quay", query)
        found += [one.words for one in page.tasks]
        if page.next is None:
            break
        query = query.model_copy(update={"cursor": page.next})
    assert sorted(found) == sorted(await words(store, state=state, limit=200))
    assert len(set(found)) == 7
    first = await store.work.tasks("quay", TaskQuery(limit=2, state=state))
    with pytest.raises(CursorError):
        await store.work.tasks("pier", TaskQuery(limit=2, state=state, cursor=first.next))


async def test_tasks_are_found_by_what_they_are_about(store: Store) -> None:
    reference = str(UUID(int=0xABC))
    await add(store, entry())
    await add(store, task(10, entry=ENTRY, to="07700 900123"))
    await add(store, task(11, reference=reference, code="HB-1"))
    await add(store, task(12, customer={"id": "c-1", "name": "Ada"}, assignee="Sam"))
    assert await words(store, entry=ENTRY) == ["No. 10"]
    assert await words(store, reference=reference) == await words(store, code="HB-1") == ["No. 11"]
    assert await words(store, customer_id="c-1") == ["No. 12"]
    assert await words(store, customer_id="c-1", code="HB-1") == []
    one = await store.work.task("quay", str(UUID(int=12)))
    assert (one.assignee, one.customer and one.customer.name, one.state) == ("Sam", "Ada", "open")
    with pytest.raises(UnknownEntryError):
        await store.work.task("pier", str(UUID(int=12)))


async def test_the_history_has_every_change_with_its_words(store: Store) -> None:
    await add(store, task(10, assignee="Sam"))
    await add(store, change(20, 10, change="given", words="to whoever is there"))
    await add(store, change(21, 10, change="done", words="she knows"))
    one = await store.work.task("quay", str(UUID(int=10)))
    assert (one.assignee, one.state) == (None, "done")
    assert [(step.change, step.words) for step in one.changes] == [
        ("given", "to whoever is there"),
        ("done", "she knows"),
    ]


async def test_a_done_task_is_neither_postponed_nor_given_but_done_again_is_no_trouble(store: Store) -> None:
    await add(store, task(10))
    first = await add(store, change(20, 10, change="done"))
    assert isinstance(await add(store, change(21, 10, change="postponed", due_at=NOON)), TaskDoneError)
    assert isinstance(await add(store, change(22, 10, change="given", assignee="Sam")), TaskDoneError)
    assert isinstance(await add(store, change(23, 10, change="done")), Appended)
    again = await add(store, change(20, 10, change="done"))
    assert isinstance(first, Appended)
    assert isinstance(again, Appended)
    assert (again.receipt, again.created) == (first.receipt, False)


async def test_a_repeated_postponement_gets_its_receipt_also_after_the_task_was_done(store: Store) -> None:
    await add(store, task(10))
    first = await add(store, change(20, 10, change="postponed", due_at=NOON))
    await add(store, change(21, 10, change="done"))
    again = await add(store, change(20, 10, change="postponed", due_at=NOON))
    assert isinstance(first, Appended)
    assert isinstance(again, Appended)
    assert again.receipt == first.receipt
    assert isinstance(await add(store, change(20, 10, change="postponed", due_at=NOON + timedelta(1))), KeyReusedError)


async def test_a_task_needs_its_entry_and_changes_their_task(store: Store) -> None:
    await add(store, entry(), "pier")
    assert isinstance(await add(store, task(10, entry=ENTRY)), UnknownEntryError)
    assert isinstance(await add(store, change(20, 10, change="done")), UnknownEntryError)
    await add(store, entry())
    assert isinstance(await add(store, change(20, 1, change="done")), UnknownEntryError)


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "at once"])
async def test_a_redacted_entry_takes_its_tasks_along(store: Store, together: bool) -> None:
    items: list[Item] = [
        entry(),
        task(10, entry=ENTRY, to="07700 900123"),
        change(20, 10, change="given", assignee="Sam", words="ring Ada"),
        task(11),
        AppendRedaction(str(UUID(int=30)), ENTRY, REASON),
    ]
    for some in [items] if together else [[one] for one in items]:
        await store.append("quay", "Desk", some)
    assert await words(store) == ["No. 11"]
    one = await store.work.task("quay", str(UUID(int=10)))
    assert one.redacted
    assert (one.words, one.to, one.entry, one.assignee) == ("Redacted", None, None, None)
    assert [step.words for step in one.changes] == [None]
    assert all(b"Ada" not in (record.personal or "").encode() for record in await store.records("quay", 0, 100))
    assert isinstance(await add(store, task(12, entry=ENTRY)), RedactedError)
    again = await add(store, task(10, entry=ENTRY, to="07700 900123"))
    assert isinstance(again, Appended)
    assert not again.created


async def test_a_task_finds_its_entry_by_its_key_where_two_share_it(store: Store) -> None:
    await add(store, entry(source="workflow"))
    await add(store, entry())
    apart = namespaced_id(ENTRY, manual=True)
    await add(store, task(10, entry=apart))
    await add(store, task(11, entry=ENTRY))
    await add(store, AppendRedaction(str(UUID(int=30)), apart, REASON))
    assert await words(store) == ["No. 11"]


async def test_a_customers_redaction_and_retention_reach_tasks_and_handovers(store: Store) -> None:
    await add(store, task(10, customer={"id": "c-1", "name": "Ada"}))
    await add(store, task(11))
    await add(store, handover(12, words="Ada"))
    assert await store.redact_customer("quay", "Boss", "key", "c-1", REASON) == 1
    assert await words(store) == ["No. 11"]
    await store.set_retention("quay", 1)
    run = await store.redact_due(datetime.now(UTC) + timedelta(days=90), trust_clock=True)
    assert run.redacted == 2
    assert await words(store) == []
    assert (await store.work.handover("quay", str(UUID(int=12)))).redacted
    assert (await store.redact_due(datetime.now(UTC) + timedelta(days=90), trust_clock=True)).redacted == 0


async def test_handovers_come_newest_first_with_who_took_them_over(store: Store) -> None:
    for number in (10, 11, 12):
        await add(store, handover(number, words=f"No. {number}", counts={"tasks": 2}))
    await add(store, taking(20, 12, name="Sam", words="thanks"))
    page = await store.work.handovers("quay", ListQuery(limit=2))
    assert [one.words for one in page.handovers] == ["No. 12", "No. 11"]
    assert [(one.name, one.words) for one in page.handovers[0].taken] == [("Sam", "thanks")]
    assert page.handovers[0].counts.tasks == 2
    rest = await store.work.handovers("quay", ListQuery(limit=2, cursor=page.older))
    assert ([one.words for one in rest.handovers], rest.older) == (["No. 10"], None)
    await add(store, AppendRedaction(str(UUID(int=30)), str(UUID(int=12)), REASON))
    redacted = await store.work.handover("quay", str(UUID(int=12)))
    assert (redacted.words, redacted.taken[0].name, redacted.redacted) == (None, None, True)


async def test_a_rebuild_makes_the_same_lists(store: Store) -> None:
    await add(store, entry())
    items: list[Item] = [
        task(10, 5, entry=ENTRY),
        task(11, 1, customer={"id": "c-1"}),
        task(12, 3, code="HB-1"),
        change(20, 11, change="postponed", due_at=NOON + timedelta(days=1)),
        change(21, 12, change="done"),
        handover(13),
        AppendRedaction(str(UUID(int=30)), ENTRY, REASON),
    ]
    await store.append("quay", "Desk", items)

    async def lists() -> list[Any]:
        tasks = [await store.work.tasks("quay", TaskQuery(state=state)) for state in TaskState]
        return [*tasks, await store.work.handovers("quay", ListQuery())]

    before = await lists()
    rebuilt = await store.rebuild()
    assert rebuilt.unreadable == []
    assert await lists() == before
    assert isinstance(await add(store, AppendRedaction(str(UUID(int=31)), str(UUID(int=11)), REASON)), Appended)
    assert await words(store) == []
