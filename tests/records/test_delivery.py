"""Events before and after their entry, runs and resolutions: joins, repeats, orders and redactions."""

from datetime import timedelta
from itertools import permutations

import msgspec
import pytest

from commlog_tui.contract.delivery import NewEvent, NewMessageEvent
from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.identity import message_event_id
from commlog_tui.contract.resolution import Resolution
from commlog_tui.contract.run import Run
from commlog_tui.records.changes import EventUnlisted, EventUnmatched, RunChanged
from commlog_tui.records.delivery_event import AppendEvent, unmatched_event_row
from commlog_tui.records.errors import KeyReusedError, MatchedError, RedactedError
from commlog_tui.records.kind import Item
from commlog_tui.records.record import Thread
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.records.resolution import resolution_row
from commlog_tui.records.run import run_row
from tests.records.delivery_items import ADA, BOB, detail, fields_of, mail, receipts, redaction, report, run
from tests.records.golden import item_of
from tests.records.memory import START, MemoryLog
from tests.records.test_decide import uuid


@pytest.mark.parametrize("together", [True, False])
def test_entry_and_events_join_in_every_order(together: bool) -> None:
    items = [mail(1), report("sent"), report("bounced", code="5.1.1"), report("opened", None)]
    for order in permutations(items):
        log = MemoryLog()
        for batch in [order] if together else [[item] for item in order]:
            receipts(log, *batch)
        found = detail(log, 1)
        assert found.entry.status == "bounced"
        assert sorted((event.kind.value, event.code, event.channel) for event in found.events) == [
            ("bounced", "5.1.1", "signed-webhook"), ("opened", None, "signed-webhook"),
            ("sent", None, "signed-webhook"),
        ]  # fmt: skip
        assert {event.actor for event in found.events} == {"sender"}
        unmatched = [change for change in log.changes if isinstance(change, EventUnmatched)]
        assert (
            len(unmatched) == sum(isinstance(change, EventUnlisted) for change in log.changes) == order.index(items[0])
        )


def test_the_recipient_chooses_among_entries_of_one_message() -> None:
    log = MemoryLog()
    receipts(log, report("bounced", "BOB@example.com"), report("complained", None), mail(1, ADA), mail(2, BOB))
    assert [event.kind for event in detail(log, 1).events] == ["complained"], "no recipient: about all of them"
    assert {event.kind.value for event in detail(log, 2).events} == {"bounced", "complained"}
    receipts(log, report("delivered", ADA))
    assert {event.kind.value for event in detail(log, 1).events} == {"delivered", "complained"}
    (again,) = receipts(log, report("sent", "carol@example.com"))
    assert log.records[again.receipt.seq - 1].public.root is None, "nobody's yet"


def test_numbers_are_compared_as_numbers_of_the_location() -> None:
    log = MemoryLog()
    receipts(log, report("delivered", "+447700900123"), mail(1, "07700 900123", via="sms"))
    assert detail(log, 1).entry.status == "delivered"


IMPORTED: list[Item] = [mail(1, events=[fields_of("bounced", event_id="e-1", detail="other words")])]
ABOUT_THE_ENTRY: list[Item] = [
    mail(1),
    AppendEvent(None, uuid(1), NewEvent.model_validate(fields_of("bounced", event_id="e-1", detail="other words"))),
]


@pytest.mark.parametrize("again", [IMPORTED, ABOUT_THE_ENTRY, [mail(1)]], ids=["import", "about", "entry"])
def test_a_loose_event_that_comes_again_about_its_entry_is_a_repeat(again: list[Item]) -> None:
    log = MemoryLog()
    (first,) = receipts(log, report("bounced", event_id="e-1"))
    for _ in range(2):
        answers = receipts(log, *again, report("bounced", event_id="e-1", at=START + timedelta(minutes=3)))
        assert [event.id for event in detail(log, 1).events] == [first.receipt.id]
        assert (answers[-1].receipt, answers[-1].created) == (first.receipt, False)
        assert [record.public.kind for record in log.records] == ["event", "entry", "match"]


def test_an_import_and_a_webhook_of_the_same_event_have_one_id() -> None:
    event = NewEvent.model_validate(fields_of("delivered", event_id="e-1"))
    for item in (report("delivered", event_id="e-1"), *IMPORTED):
        log = MemoryLog()
        receipts(log, item)
        (recorded,) = (record for record in log.records if record.public.kind == "event")
        assert recorded.public.id == message_event_id("mail", "1@example.com", event)
    plain = NewEvent.model_validate(fields_of("delivered", " ADA@Example.com"))
    assert message_event_id("mail", "1", plain) == message_event_id("mail", "1", plain.model_copy(update={"to": ADA}))
    assert message_event_id("mail", "1", plain) == "a72e458f-bc03-8b9f-bc73-906c36f9f7b3"


def test_one_event_of_a_message_to_two_people_is_recorded_about_both() -> None:
    log = MemoryLog()
    events = [fields_of("delivered", None, event_id="e-1")]
    receipts(log, mail(1, ADA, events=events), mail(2, BOB, events=events))
    assert [detail(log, number).entry.status.value for number in (1, 2)] == ["delivered", "delivered"]
    count = len(log.records)
    receipts(log, mail(2, BOB, events=events), report("delivered", None, event_id="e-1"))
    assert len(log.records) == count


@pytest.mark.parametrize("later", ["older", "newer"])
def test_clients_that_know_fewer_fields_repeat_each_other(later: str) -> None:
    full = mail(1, kind="reminder", starts_at=START, audience="staff", attachments=[
        {"name": "a.pdf", "size": 1, "sha256": "0" * 64}
    ])  # fmt: skip
    plain, log = mail(1, message=None), MemoryLog()
    first, second = (full, plain) if later == "older" else (plain, full)
    (receipt,) = receipts(log, first)
    (again,) = receipts(log, second)
    assert (again.receipt, again.created) == (receipt.receipt, False)
    log = MemoryLog()
    log.append(full)
    (refused,) = log.append(mail(1, kind="survey"))
    assert isinstance(refused, KeyReusedError)
    (refused,) = log.append(mail(1, message=2))
    assert isinstance(refused, KeyReusedError)


def test_a_redaction_takes_matches_and_the_events_they_name_and_later_ones_are_recorded_bare() -> None:
    log = MemoryLog()
    receipts(log, report("sent"), report("bounced", BOB), mail(1), redaction(11, 1), report("opened"))
    kinds = [
        (record.public.kind, record.personal is not None and b"secret" in record.personal) for record in log.records
    ]
    assert kinds == [
        ("event", False), ("event", True), ("entry", False), ("match", False), ("redaction", False),
        ("redaction", False), ("event", False),
    ]  # fmt: skip
    assert log.records[-1].public.root == uuid(1)
    assert [event.kind.value for event in detail(log, 1).events] == ["sent", "opened"]
    count = len(log.records)
    receipts(log, redaction(11, 1), report("sent"), report("opened"), mail(1))
    assert len(log.records) == count


@pytest.mark.parametrize("entries", [(1,), (1, 2)])
def test_an_event_is_redacted_with_the_entries_that_repeat_it(entries: tuple[int, ...]) -> None:
    log = MemoryLog()
    (event,) = receipts(log, report("bounced", None))
    receipts(log, *(mail(number, to) for number, to in zip(entries, (ADA, BOB), strict=False)))
    count = len(log.records)
    alone = AppendRedaction(uuid(31), event.receipt.id, NewRedaction(reason="asked"))
    (refused,) = log.append(alone)
    assert isinstance(refused, MatchedError)
    assert uuid(1) in str(refused)
    assert len(log.records) == count
    for number in entries:
        receipts(log, redaction(10 + number, number))
    assert not [record for record in log.records if record.personal is not None and b"secret" in record.personal]
    assert isinstance(log.append(alone)[0], RedactedError)


@pytest.mark.parametrize("together", [True, False])
def test_an_event_without_an_entry_is_redacted_alone_and_never_matches(together: bool) -> None:
    log = MemoryLog()
    (event,) = receipts(log, report("bounced"))
    alone = AppendRedaction(uuid(31), event.receipt.id, NewRedaction(reason="asked"))
    first = receipts(log, alone, mail(1)) if together else [*receipts(log, alone), *receipts(log, mail(1))]
    assert detail(log, 1).events == ()
    assert receipts(log, alone)[0].receipt == first[0].receipt
    assert not [one for one in log.records if one.public.kind != "entry" and b"secret" in (one.personal or b"")]


def test_a_run_is_what_its_latest_report_says() -> None:
    reports = [
        run(
            "running", 0, trigger="booking", code="KB-1", starts_at=START, steps=[{"name": "Wait", "status": "waiting"}]
        ),
        run("paused", 1),
        run("failed", 2, error="No template", steps=[{"name": "Send", "status": "failed", "at": START}]),
    ]
    for order in permutations(reports):
        log = MemoryLog()
        for item in order:
            (first,) = receipts(log, item)
            (again,) = receipts(log, item)
            assert (again.receipt, again.created) == (first.receipt, False)
        row = run_row(log.thread(log.records[0].public.id))
        found = Run.model_validate_json(msgspec.json.encode(row))
        assert (found.status, found.error, found.code, found.trigger) == ("failed", "No template", "KB-1", "booking")
        assert [step.name for step in found.steps] == ["Send"]
        assert (found.at - found.began_at, found.starts_at) == (timedelta(minutes=2), START)
        assert log.changes[-1] == RunChanged(1, "failed", None, "KB-1")
        receipts(log, AppendRedaction(uuid(11), row.id, NewRedaction(reason="asked")), run("completed", 3))
        bare = run_row(log.thread(row.id))
        assert (bare.status, bare.workflow, bare.code, bare.steps, bare.redacted) == (
            "completed", "Redacted", None, (), True,
        )  # fmt: skip


def test_resolutions_are_about_an_entry_or_an_expected_message() -> None:
    log = MemoryLog()
    expected = item_of({"kind": "resolution", "id": uuid(21), "content": {"code": "KB-1", "expected": "survey"}})
    about = item_of({"kind": "resolution", "id": uuid(22), "content": {"entry": uuid(1), "note": "rang"}})
    receipts(log, expected, mail(1), about)
    (found,) = detail(log, 1).resolutions
    assert (found.id, found.entry, found.note) == (uuid(22), uuid(1), "rang")
    row = resolution_row(log.records[0])
    loose = Resolution.model_validate_json(msgspec.json.encode(row))
    assert (loose.entry, loose.code, loose.expected) == (None, "KB-1", "survey")
    receipts(log, redaction(11, 1), AppendRedaction(uuid(12), uuid(21), NewRedaction(reason="asked")))
    assert (detail(log, 1).resolutions[0].note, resolution_row(log.records[0]).code) == (None, None)


def test_an_unmatched_event_names_its_message() -> None:
    log = MemoryLog()
    receipts(log, report("sent"))
    row = unmatched_event_row(Thread(log.records[0]).root)
    assert row.message is not None
    assert (row.message.provider, row.message.id, row.kind) == ("mail", "1@example.com", "sent")
    body = {"kind": "sent", "at": "2026-11-03T12:00:00Z", "message": {"provider": "mail", "id": "1"}}
    assert NewMessageEvent.model_validate(body).event == NewEvent.model_validate(
        {name: value for name, value in body.items() if name != "message"}
    )
