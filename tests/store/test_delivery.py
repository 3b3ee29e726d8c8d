"""Events by message, runs and resolutions in a store: joined, listed, proved, rebuilt, redacted."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.query import ListQuery, ResolutionQuery, RunQuery
from commlog_tui.contract.run import RunState
from commlog_tui.evidence.bundle_reader import read_entries
from commlog_tui.ledger.bundle import FORMAT, Bundle, BundleEntry, ProvenRecord
from commlog_tui.records.errors import MatchedError
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store.errors import CursorError
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile, signed
from tests.store.databases import Database
from tests.store.delivery_factory import by_message, resolution, run_report
from tests.store.factory import QUAY, accepted, ask, mail, put, redaction

MESSAGE: dict[str, Any] = {"message": {"provider": "mail", "id": "m-1"}}


async def test_an_event_that_came_before_its_entry_is_listed_and_joined(store: Store) -> None:
    (first,) = await put(store, by_message("m-1", "bounced", code="5.1.1", to="ADA@example.com"))
    listed = await store.unmatched_events("quay", ListQuery())
    assert [(one.id, one.message and one.message.id) for one in listed.events] == [(first.receipt.id, "m-1")]
    assert (await store.unmatched_events("pier", ListQuery())).events == ()
    entry = mail(kind="reminder", audience="staff", **MESSAGE)
    await put(store, entry)
    assert (await store.unmatched_events("quay", ListQuery())).events == ()
    detail = await store.detail("quay", entry.id)
    assert (detail.entry.status, detail.entry.kind, detail.entry.audience) == ("bounced", "reminder", "staff")
    assert [(one.id, one.code, one.channel) for one in detail.events] == [(first.receipt.id, "5.1.1", "signed-webhook")]
    (row,) = (await ask(store)).entries
    assert row == detail.entry
    (again,) = await put(store, by_message("m-1", "bounced", code="5.1.1", to="ADA@example.com"))
    assert (again.receipt, again.created) == (first.receipt, False)


async def test_an_event_that_comes_after_its_entry_is_about_it(store: Store) -> None:
    ada, bob = mail(**MESSAGE), mail(to="bob@example.com", **MESSAGE)
    await put(store, ada, bob, by_message("m-1", "bounced", to="bob@example.com"))
    await put(store, by_message("m-1", "delivered", to="ada@example.com"))
    assert [(await store.detail("quay", one.id)).entry.status for one in (ada, bob)] == ["delivered", "bounced"]
    feed = await store.feed("quay", 0, 10)
    assert [(one.kind, one.entry and one.entry.id) for one in feed] == [
        ("entry", ada.id), ("entry", bob.id), ("event", bob.id), ("event", ada.id),
    ]  # fmt: skip


async def test_an_event_that_an_entry_repeats_is_redacted_with_the_entry(store: Store) -> None:
    (event,) = await put(store, by_message("m-1", "bounced", detail="no such person"))
    entry = mail(**MESSAGE)
    await put(store, entry)
    alone = AppendRedaction(str(uuid4()), event.receipt.id, NewRedaction(reason="asked"))
    (refused,) = await store.append("quay", "manager", [alone])
    assert isinstance(refused, MatchedError)
    assert [one.detail for one in (await store.detail("quay", entry.id)).events] == ["no such person"]
    await put(store, redaction(entry))
    records = await store.records("quay", 0, 10)
    assert not [record for record in records if "no such person" in (record.personal or "")]


async def test_a_message_of_another_location_is_another_message(store: Store) -> None:
    await put(store, by_message("m-1", "sent"), location="pier")
    entry = mail(**MESSAGE)
    await put(store, entry)
    assert (await store.detail("quay", entry.id)).events == ()
    assert len((await store.unmatched_events("pier", ListQuery())).events) == 1


async def test_runs_are_listed_by_booking_and_status_page_by_page(store: Store) -> None:
    reference = "0f0e0d0c-0b0a-4908-8706-050403020100"
    for number in range(5):
        await put(store, run_report(f"e-{number}", "running", code=f"KB-{number % 2}", reference=reference))
    await put(store, run_report("e-0", "failed", 1, error="No template"), run_report("e-1", "completed", 1))

    async def found(**query: object) -> list[str]:
        return [run.execution for run in (await store.runs("quay", RunQuery.model_validate(query))).runs]

    assert await found() == ["e-4", "e-3", "e-2", "e-1", "e-0"]
    assert await found(code="KB-1") == ["e-3", "e-1"]
    assert await found(status=["failed"]) == ["e-0"]
    assert await found(reference=reference, status=["running"]) == ["e-4", "e-3", "e-2"]
    assert await found(code="none") == []
    assert await found(status=["failed", "completed"], limit=1) == ["e-1"]
    assert await found(status=["failed", "running"]) == ["e-4", "e-3", "e-2", "e-0"]
    first = await store.runs("quay", RunQuery(limit=3, status=(RunState.RUNNING,)))
    assert ([run.execution for run in first.runs], first.older) == (["e-4", "e-3", "e-2"], None)
    first = await store.runs("quay", RunQuery(limit=2))
    assert first.older is not None
    second = await store.runs("quay", RunQuery(limit=3, cursor=first.older))
    assert ([run.execution for run in second.runs], second.older) == (["e-2", "e-1", "e-0"], None)
    assert (second.runs[-1].status, second.runs[-1].error) == ("failed", "No template")
    for query in (RunQuery(cursor=first.older, code="KB-1"), RunQuery(cursor="AAAA")):
        with pytest.raises(CursorError):
            await store.runs("quay", query)
    with pytest.raises(CursorError):
        await store.unmatched_events("quay", ListQuery(cursor=first.older))


async def test_resolutions_are_listed_by_booking_and_are_part_of_their_entry(store: Store) -> None:
    entry = mail()
    await put(store, entry, resolution(entry=entry.id, note="rang"), resolution(code="KB-1", expected="survey"))
    assert [one.note for one in (await store.detail("quay", entry.id)).resolutions or ()] == ["rang"]
    rows = (await store.resolutions("quay", ResolutionQuery())).resolutions
    assert [(one.entry, one.expected) for one in rows] == [(None, "survey"), (entry.id, None)]
    assert len((await store.resolutions("quay", ResolutionQuery(code="KB-1"))).resolutions) == 1
    assert (await store.resolutions("quay", ResolutionQuery(code="KB-2"))).resolutions == ()


async def test_a_redaction_reaches_the_events_that_came_before(store: Store, database: Database) -> None:
    entry = mail(to="lovelace@example.com", **MESSAGE)
    await put(store, by_message("m-1", "bounced", to="lovelace@example.com", detail="no Lovelace here"), entry)
    await put(store, redaction(entry), by_message("m-1", "opened", to="lovelace@example.com"))
    assert [one.kind for one in (await store.detail("quay", entry.id)).events] == ["bounced", "opened"]
    personal = [row.personal for row in await store.records("quay", 0, 10)]
    assert [one is None for one in personal] == [True, True, True, False, False, False]
    await store.close()
    assert database.faults() == []
    assert not database.holds("ovelace")


async def test_runs_unmatched_events_and_resolutions_can_be_redacted(store: Store, database: Database) -> None:
    loose, run, ticked = await put(
        store,
        by_message("m-9", "sent", detail="Lovelace"),
        run_report("e-1", "failed", error="Lovelace", code="LOV-1"),
        resolution(code="LOV-1", expected="survey", note="Lovelace"),
    )
    for one in (loose, run, ticked):
        await put(store, AppendRedaction(mail().id, one.receipt.id, NewRedaction(reason="asked")))
    assert (await store.unmatched_events("quay", ListQuery())).events == ()
    (row,) = (await store.runs("quay", RunQuery())).runs
    assert (row.workflow, row.code, row.error, row.redacted) == ("Redacted", None, None, True)
    assert (await store.runs("quay", RunQuery(code="LOV-1"))).runs == ()
    assert (await store.resolutions("quay", ResolutionQuery(code="LOV-1"))).resolutions == ()
    entry = mail(message={"provider": "mail", "id": "m-9"})
    await put(store, entry)
    assert (await store.detail("quay", entry.id)).events == ()
    await store.close()
    assert database.faults() == []
    assert not database.holds("ovelace")


async def test_a_proof_bundle_of_an_entry_shows_its_matched_event(store: Store, keys: KeyFile) -> None:
    entry = mail(**MESSAGE)
    await put(store, by_message("m-1", "bounced"), entry)
    checkpoint = signed(await store.head("quay"), keys)
    proofs = [await store.proof("quay", seq, checkpoint.size) for seq in (2, 3)]
    records = tuple(
        ProvenRecord(one.record.seq, one.record.record, one.record.salt, one.record.personal, one.path)
        for one in proofs
    )
    bundle = Bundle(
        FORMAT, checkpoint.note, checkpoint.key, checkpoint.introductions, (BundleEntry(entry.id, (2, 3)),), records
    )
    (read,) = read_entries(Bundle.read(bundle.write()))
    assert msgspec.json.decode(msgspec.json.encode(await store.detail("quay", entry.id))) == msgspec.json.decode(
        read.model_dump_json(exclude_unset=True)
    )


async def test_an_entry_and_its_events_recorded_apart_or_together_read_alike(store: Store) -> None:
    entry = mail(**MESSAGE)
    items: list[Item] = [by_message("m-1", "sent"), entry, by_message("m-1", "delivered"), by_message("m-1", "opened")]
    await put(store, *items)
    await store.create_location(QUAY.model_copy(update={"id": "berth"}))
    for item in items:
        (answer,) = await store.append("berth", "sender", [item])
        accepted(answer)
    one, other = [
        [(event.id, event.kind) for event in (await store.detail(at, entry.id)).events] for at in ("quay", "berth")
    ]
    assert one == other
    assert len(one) == 3
