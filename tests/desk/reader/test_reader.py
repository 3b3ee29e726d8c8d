"""A view of the log without Textual: what it claims was answered, or the state says otherwise."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commlog_tui.client.errors import RefusedError, UnreachableError
from commlog_tui.client.outbox import OutboxItem, SendReport
from commlog_tui.contract.page import FeedItem
from commlog_tui.contract.problem import Problem
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.filters import Filters, FiltersError
from commlog_tui.desk.reader import source
from commlog_tui.desk.reader.reader import LogReader
from commlog_tui.desk.reader.state import Position, Scope
from tests.desk.fake_log import FakeLog
from tests.desk.reader.conftest import Read, a_session, until
from tests.desk.samples import NOW, a_detail, an_entry

BOOKING = "11111111-6a4e-4f0e-8f6f-3f8f2b6f7c11"
ADAM = {"id": "c-2", "name": "Adam", "addresses": [], "numbers": []}


def titles(reader: LogReader) -> list[str]:
    return [entry.title for entry in reader.state.entries]


def a_log(count: int = 5) -> FakeLog:
    return FakeLog([an_entry(number, via="email" if number % 2 else "sms") for number in range(1, count + 1)])


async def test_filters_are_claimed_at_once_and_answered_by_the_log(read: Read) -> None:
    log = a_log()
    reader = await read(log)
    log.gates[None] = asyncio.Event()
    reader.ask(Filters(via=("sms",)))
    assert reader.state.claimed == Filters(via=("sms",))
    assert reader.state.answered == Filters()
    assert reader.state.loading
    assert reader.state.is_local
    log.gates[None].set()
    await until(lambda: reader.state.answered == Filters(via=("sms",)))
    assert titles(reader) == ["Booking Reminder 2", "Booking Reminder 4"]
    assert (reader.state.loading, reader.state.is_local) == (False, False)


async def test_filters_set_while_the_service_is_away_show_what_is_known_to_match(read: Read) -> None:
    log = a_log()
    reader = await read(log)
    log.failing = UnreachableError()
    reader.ask(Filters(q="zzz"))
    await until(lambda: reader.state.trouble)
    assert titles(reader) == []
    assert reader.state.is_local
    assert reader.state.answered is None
    reader.ask(Filters(via=("email",)))
    # at once: it is known to be away
    assert titles(reader) == ["Booking Reminder 1", "Booking Reminder 3", "Booking Reminder 5"]
    assert reader.state.is_local


async def test_without_filters_again_everything_known_is_back_and_the_log_is_asked(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_RETRY_SECONDS", 0.01)
    log = a_log()
    reader = await read(log)
    log.failing = UnreachableError()
    reader.ask(Filters(q="zzz"))
    await until(lambda: reader.state.trouble)
    reader.ask(Filters())
    assert len(titles(reader)) == 5
    log.failing = None
    await until(lambda: reader.state.trouble is None)
    assert not reader.state.is_local


async def test_what_the_log_refuses_is_not_claimed_for_the_page_before(read: Read) -> None:
    log = a_log()
    reader = await read(log)
    log.failing = RefusedError(Problem(type="urn:x", title="Bad Request", status=400, detail="No."))
    reader.ask(Filters(via=("whatsapp",)))
    await until(lambda: reader.state.trouble)
    assert reader.state.trouble is not None
    assert reader.state.trouble.is_final
    assert titles(reader) == []
    assert reader.state.is_local


async def test_an_answer_that_takes_long_is_not_waited_for_with_the_old_rows(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commlog_tui.desk.reader.reader._SLOW_SECONDS", 0.0)
    log = a_log()
    log.entries[2] = an_entry(3, title="Refund")
    reader = await read(log)
    log.gates["refund"] = asyncio.Event()
    reader.ask(Filters(q="refund"))
    await until(lambda: reader.state.slow)
    assert titles(reader) == ["Refund"]
    assert reader.state.is_local
    log.gates["refund"].set()
    await until(lambda: not reader.state.is_local)
    assert not reader.state.slow


async def test_an_answer_that_comes_too_late_changes_nothing(read: Read) -> None:
    log = a_log()
    reader = await read(log)
    log.gates["Reminder 1"] = asyncio.Event()
    reader.ask(Filters(q="Reminder 1"))
    await until(lambda: len(log.asked) == 2)
    reader.ask(Filters(q="Reminder 2"))
    await until(lambda: reader.state.answered == Filters(q="Reminder 2"))
    log.gates["Reminder 1"].set()
    await asyncio.sleep(0.01)
    assert reader.state.claimed == Filters(q="Reminder 2")
    assert titles(reader) == ["Booking Reminder 2"]


async def test_filters_that_cannot_be_asked_for_change_nothing(read: Read) -> None:
    reader = await read(a_log())
    with pytest.raises(FiltersError):
        reader.ask(Filters(since="3 nov", until="1 nov"))
    with pytest.raises(FiltersError):
        reader.ask(Filters(reference="no uuid"))
    assert reader.state.claimed == Filters()


@pytest.mark.parametrize(
    ("filters", "belongs", "other"),
    [
        (Filters(status=("bounced",)), {"status": "bounced"}, {"status": "delivered"}),
        (Filters(via=("sms",)), {"via": "sms"}, {"via": "email"}),
        (Filters(q="refund"), {"title": "Refund"}, {"title": "Survey"}),
        (Filters(q="07700 900 999"), {"to": "+44 7700 900999"}, {"to": "07700 900123"}),
        (Filters(source="manual"), {"source": "manual"}, {"source": "system"}),
        (Filters(customer="c-2"), {"customer": ADAM}, {}),
        (Filters(since="today"), {"sent_at": NOW}, {"sent_at": NOW - timedelta(days=3)}),
        (Filters(until="yesterday"), {"sent_at": NOW - timedelta(days=3)}, {"sent_at": NOW}),
        (Filters(reference=BOOKING), {"reference": BOOKING}, {}),
    ],
)
async def test_only_new_entries_that_match_all_filters_are_counted(
    read: Read, filters: Filters, belongs: dict[str, object], other: dict[str, object]
) -> None:
    reader = await read(a_log())
    reader.ask(filters)
    await until(lambda: reader.state.answered == filters)
    unlike = {"customer": {"id": "c-9", "name": "Eve", "addresses": [], "numbers": []}}
    reader.record(FeedItem(seq=90, kind="entry", entry=an_entry(90, **unlike | other)))
    assert not reader.state.arrived
    reader.record(FeedItem(seq=91, kind="entry", entry=an_entry(91, **unlike | belongs)))
    assert reader.state.arrived == {an_entry(91).id}


async def test_an_entry_counts_as_new_once_an_event_makes_it_match(read: Read) -> None:
    reader = await read(a_log())
    reader.ask(Filters(status=("bounced",)))
    await until(lambda: reader.state.answered == Filters(status=("bounced",)))
    reader.record(FeedItem(seq=90, kind="entry", entry=an_entry(90, status="sent")))
    assert not reader.state.arrived
    reader.record(FeedItem(seq=91, kind="delivery-event", entry=an_entry(90, status="bounced")))
    assert reader.state.arrived == {an_entry(90).id}
    reader.record(FeedItem(seq=92, kind="delivery-event", entry=an_entry(90, status="delivered")))
    assert not reader.state.arrived


async def test_in_the_history_of_a_customer_only_their_entries_are_counted(read: Read) -> None:
    reader = await read(a_log(), Scope(EntryQuery(customer_id="c-1"), "History", Filters(customer="c-1")))
    reader.record(FeedItem(seq=90, kind="entry", entry=an_entry(90, customer=ADAM, to="adam@example.com")))
    assert not reader.state.arrived
    reader.record(FeedItem(seq=91, kind="entry", entry=an_entry(91, customer=None, to="+44 7700 900123")))
    reader.record(FeedItem(seq=92, kind="entry", entry=an_entry(92)))
    assert an_entry(92).id in reader.state.arrived


async def test_a_known_entry_is_shown_as_it_now_stands_and_no_row_moves(read: Read) -> None:
    reader = await read(a_log())
    reader.move_to(2)
    reader.record(FeedItem(seq=90, kind="delivery-event", entry=an_entry(1, via="email", status="bounced")))
    assert reader.state.entries[0].status == "bounced"
    assert reader.state.entry is not None
    assert reader.state.entry.id == an_entry(3).id
    assert reader.state.cursor.keep == an_entry(3).id


async def test_it_goes_to_a_date_and_back_to_the_page_and_the_row(read: Read) -> None:
    reader = await read(a_log(30), page_size=5)
    assert reader.turn("older")
    await until(lambda: titles(reader)[0] == "Booking Reminder 6")
    reader.move_to(3)
    reader.jump(Filters(), Position(before=NOW - timedelta(hours=20)))
    await until(lambda: titles(reader)[0] == "Booking Reminder 21")
    away = reader.spot
    back = reader.history.back(away)
    assert back is not None
    reader.return_to(back)
    await until(lambda: titles(reader)[0] == "Booking Reminder 6")
    assert reader.state.row == 3
    assert not reader.history.can_go_back
    assert reader.history.forward(reader.spot) == away


async def test_turning_needs_no_request_for_what_was_prefetched(read: Read) -> None:
    log = a_log(30)
    reader = await read(log, page_size=5)
    await until(lambda: len(log.asked) == 3)
    assert reader.turn("older")
    assert titles(reader)[0] == "Booking Reminder 6"
    await until(lambda: len(log.asked) == 5)
    await asyncio.sleep(0)
    assert reader.turn("newer", "last")
    assert reader.state.row == 4
    assert not reader.turn("newer")


async def test_a_refresh_stays_on_the_row(read: Read) -> None:
    log = a_log()
    reader = await read(log)
    reader.move_to(3)
    log.entries.insert(0, an_entry(99))
    reader.refresh()
    await until(lambda: len(titles(reader)) == 6)
    assert reader.state.row == 4


async def test_it_goes_to_what_was_just_written_here(read: Read) -> None:
    log = a_log()
    reader = await read(log)
    item = OutboxItem(location="demo", content={})
    reader.await_written(item.key)
    log.entries.insert(1, an_entry(50))
    receipt = a_detail(an_entry(50)).receipt
    reader.sent(SendReport(sent=((item, receipt),), refused=(), waiting=0, error=None))
    await until(lambda: len(titles(reader)) == 6)
    assert reader.state.row == 1


async def test_what_each_filter_keeps_away_is_said_where_nothing_is_left(read: Read) -> None:
    reader = await read(a_log())
    reader.ask(Filters(q="Reminder 1", via=("sms",)))
    await until(lambda: reader.state.loosened)
    assert reader.state.loosened == ("without “Reminder 1”: 2", "without sms: 1")


async def test_the_connection_lost_and_back_asks_again(read: Read) -> None:
    log = a_log()
    reader = await read(log)
    reader.connection(connected=False)
    assert reader.state.trouble is not None
    assert len(titles(reader)) == 5
    assert reader.state.shown_at == datetime.now(UTC)
    log.entries.insert(0, an_entry(99))
    reader.connection(connected=True)
    await until(lambda: len(titles(reader)) == 6)
    assert reader.state.trouble is None


async def test_without_a_session_it_asks_nothing_and_with_one_it_begins(tmp_path: Path) -> None:
    reader = LogReader()
    assert not reader.turn("older")
    reader.refresh()
    reader.load_details()
    assert reader.state.page is None
    reader.start(await a_session(a_log(), tmp_path))
    await until(lambda: reader.state.page)
    reader.close()


async def test_a_fault_of_its_own_is_reported(read: Read, faults: list[BaseException]) -> None:
    log = a_log()
    reader = await read(log)
    log.failing = ZeroDivisionError()  # type: ignore[assignment] # which no client raises
    reader.refresh()
    await until(lambda: faults)
    assert isinstance(faults.pop(), ZeroDivisionError)
    assert not reader.state.loading
