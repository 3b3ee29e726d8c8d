"""Turning pages and typing ahead: at once where it can be, and nothing lost where it can't."""

import asyncio

from textual.events import Key
from textual.widgets import Input

from commlog_tui.desk.entry.form import EntryForm
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry, an_id
from tests.desk.steps import bar, rows, table, until

SIZE = (140, 40)


def a_log(count: int = 400) -> FakeLog:
    return FakeLog([an_entry(number) for number in range(1, count + 1)])


def asked(log: FakeLog) -> list[str | None]:
    return [cursor for _, cursor in log.asked]


async def test_a_page_fetched_ahead_is_shown_before_the_log_answers_again(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=SIZE) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "100" in asked(log))
        log.gates[None] = asyncio.Event()
        await pilot.press("right_square_bracket")
        assert table(pilot).entry == an_entry(51)
        await pilot.press("right_square_bracket")
        assert table(pilot).entry == an_entry(101)
        log.gates[None].set()


async def test_keys_pressed_while_a_page_is_on_its_way_count_from_its_first_row(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=SIZE) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "100" in asked(log))
        log.gates[None] = gate = asyncio.Event()
        for _ in range(230):
            pilot.app.post_message(Key("down", None))
        await until(pilot, lambda: "150" in asked(log))
        gate.set()
        await until(pilot, lambda: (entry := table(pilot).entry) and entry.id == an_id(231))
        await pilot.press("up")
        assert table(pilot).entry == an_entry(230)


async def test_at_the_last_page_keys_beyond_its_end_are_not_owed(desk: Open) -> None:
    async with desk(a_log(60)).run_test(size=SIZE) as pilot:
        await rows(pilot)
        await pilot.press("G")
        await until(pilot, lambda: table(pilot).entry == an_entry(60))
        await pilot.press("down", "down", "down", "up")
        assert table(pilot).entry == an_entry(59)


async def test_what_was_fetched_before_a_record_is_not_shown_after_it(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=SIZE) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "100" in asked(log))
        log.entries[50] = bounced = an_entry(51, status="bounced")
        log.tell(bounced, "event")
        await until(pilot, log.told.empty)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "51–100" in bar(pilot))  # noqa: RUF001 - as shown
        assert table(pilot).entry == bounced


async def test_turning_the_page_does_not_undo_a_question_on_its_way(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=SIZE) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "100" in asked(log))
        log.gates["Reminder 77"] = gate = asyncio.Event()
        await pilot.press("slash", *"Reminder 77")
        await until(pilot, lambda: log.asked[-1][0].q == "Reminder 77")
        await pilot.press("enter", "right_square_bracket")
        gate.set()
        await until(pilot, lambda: table(pilot).entry == an_entry(77))


async def test_keys_pressed_before_the_first_page_are_kept_for_it(desk: Open) -> None:
    log = a_log()
    log.gates[None] = gate = asyncio.Event()
    async with desk(log).run_test(size=SIZE) as pilot:
        for _ in range(3):
            pilot.app.post_message(Key("j", "j"))
        await until(pilot, lambda: log.asked)
        assert table(pilot).entry is None
        gate.set()
        await until(pilot, lambda: table(pilot).entry == an_entry(4))


async def test_what_is_typed_while_the_form_opens_is_in_it_in_order(desk: Open) -> None:
    async with desk(a_log()).run_test(size=SIZE) as pilot:
        await rows(pilot)
        for key in ("n", "enter", "enter", *"Rang"):
            pilot.app.post_message(Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
        await until(pilot, lambda: pilot.app.screen.query_one("#title", Input).value == "Rang")
