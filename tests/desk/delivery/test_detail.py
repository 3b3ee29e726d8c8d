"""The detail of a message that did not arrive, live and with the provider's own words one key away."""

from typing import Any

from textual.pilot import Pilot

from commlog_tui.contract.entry import EntryDetail
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, a_detail, an_entry, an_id
from tests.desk.steps import chips, rows, table, toasts, until

WORDS = "550 5.1.1 no such user here"


def an_event(kind: str, **fields: Any) -> dict[str, Any]:
    given = {"id": an_id(700), "seq": 70, "kind": kind, "at": NOW, "detail": None, "to": None}
    return {**given, "actor": "hook", "recorded_at": NOW, **fields}


def bounced() -> EntryDetail:
    event = an_event("bounced", code="5.1.1", detail=WORDS, to="zoe@old.example")
    entry = an_entry(1, via="email", to="zoe@example.com", status="bounced")
    return a_detail(entry, events=[event])


def detail(pilot: Pilot[None]) -> DetailPane:
    return pilot.app.screen.query_one(DetailPane)


def a_log(count: int = 5) -> FakeLog:
    log = FakeLog([bounced().entry, *(an_entry(number) for number in range(2, count + 1))])
    log.details[an_id(1)] = bounced()
    return log


async def test_why_and_what_to_do_are_said_and_the_raw_words_are_one_key_away(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "The mailbox does not exist" in detail(pilot).text)
        assert "to zoe@old.example" in detail(pilot).text
        assert WORDS not in detail(pilot).text
        await pilot.press("R")
        await until(pilot, lambda: WORDS in detail(pilot).text)
        await pilot.press("R")
        await until(pilot, lambda: WORDS not in detail(pilot).text)


async def test_in_a_narrow_window_the_key_for_the_raw_words_opens_the_detail(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("R")
        await until(pilot, lambda: detail(pilot).display and WORDS in detail(pilot).text)


async def test_with_names_hidden_the_cause_stays_and_the_words_do_not(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("h", "R")
        await until(pilot, lambda: "The mailbox does not exist" in detail(pilot).text)
        assert WORDS not in detail(pilot).text
        assert "old.example" not in detail(pilot).text


async def test_an_event_updates_the_row_and_the_detail_and_moves_nothing(desk: Open) -> None:
    log = FakeLog([an_entry(number, status="sent", body="Line.\n" * 60) for number in range(1, 60)])
    async with desk(log).run_test(size=(140, 24)) as pilot:
        await rows(pilot)
        await pilot.press(*["j"] * 30)
        await until(pilot, lambda: "Booking Reminder 31" in detail(pilot).text and "Receipt" in detail(pilot).text)
        await pilot.press("enter", *["j"] * 20)
        await until(pilot, lambda: detail(pilot).scroll_offset.y == 20)
        before = table(pilot).scroll_offset, table(pilot).row, pilot.app.screen.focused
        entry = log.entries[30].model_copy(update={"status": an_entry(status="bounced").status})
        log.entries[30] = entry
        log.details[entry.id] = a_detail(entry, events=[an_event("bounced", code="30006")])
        log.tell(entry, "event")
        await until(pilot, lambda: "landline" in detail(pilot).text or "bounced" in detail(pilot).text)
        await until(pilot, lambda: "could not be delivered to the phone" in detail(pilot).text)
        assert table(pilot).entry == entry
        assert (table(pilot).scroll_offset, table(pilot).row, pilot.app.screen.focused) == before
        assert detail(pilot).scroll_offset.y == 20
        await pilot.press("q", "j")
        await until(pilot, lambda: detail(pilot).scroll_offset.y == 0)


async def test_yesterdays_failed_texts_take_four_keys(desk: Open) -> None:
    log = a_log(40)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("p", "p", "a", "2")
        await until(pilot, lambda: chips(pilot) == ["sms", "yesterday", "did not arrive"])
        await until(pilot, lambda: any(one.via == ("sms",) and "bounced" in one.status for one, _ in log.asked))
        await pilot.press("a")
        await until(pilot, lambda: chips(pilot)[-1] == "on its way")
        await pilot.press("a")
        await until(pilot, lambda: chips(pilot)[-1] == "delivered")
        await pilot.press("a")
        await until(pilot, lambda: chips(pilot) == ["sms", "yesterday"])
        assert not toasts(pilot)
