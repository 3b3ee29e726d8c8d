"""Keys that come faster than they can be drawn all act, in their order."""

import asyncio
from functools import partial
from unittest.mock import patch

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message
from textual.pilot import Pilot

from commlog_tui.desk.key_reading import KeyRun, merged
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.widgets import log_table
from commlog_tui.desk.widgets.log_table import LogTable
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry, an_id
from tests.desk.steps import rows, table, until


def _keys(typed: str) -> list[tuple[str, int]]:
    events: list[Message] = [*merged([*XTermParser().feed(typed)])]
    assert all(isinstance(event, Key) for event in events)
    return [(event.key, getattr(event, "count", 1)) for event in events if isinstance(event, Key)]


def test_moves_that_follow_each_other_are_one_event() -> None:
    assert _keys("\x1b[B" * 3 + "\x1b[A" + "jjkaa") == [
        ("down", 3),
        ("up", 1),
        ("j", 2),
        ("k", 1),
        ("a", 1),
        ("a", 1),
    ]


def test_a_run_knows_its_character() -> None:
    (event,) = merged([Key("j", "j"), Key("j", "j")])
    assert isinstance(event, KeyRun)
    assert event.character == "j"


@pytest.mark.parametrize("seconds", [0, 60])
async def test_all_keys_of_a_run_act_over_the_ends_of_pages(
    desk: Open, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_table, "PASSING_SECONDS", seconds)
    log = FakeLog([an_entry(number) for number in range(1, 201)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        for key, count, wanted in (("down", 3, 4), ("j", 130, 134), ("k", 100, 34), ("down", 1, 35), ("up", 500, 1)):
            pilot.app.post_message(KeyRun(key, None, count))
            await until(pilot, partial(_is_on, pilot, wanted))
            assert isinstance(pilot.app.screen, LogScreen)
            assert pilot.app.screen.state.entry == an_entry(wanted)


async def test_pages_that_a_run_passes_over_are_not_drawn_nor_their_details_asked_for(
    desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_table, "PASSING_SECONDS", 60)
    log = FakeLog([an_entry(number) for number in range(1, 1001)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        with patch.object(LogTable, "show", autospec=True, side_effect=LogTable.show) as shown:
            for count, wanted in ((700, 701), (-650, 51), (1, 52)):
                pilot.app.post_message(KeyRun("down" if count > 0 else "up", None, abs(count)))
                await until(pilot, partial(_is_on, pilot, wanted))
        assert shown.call_count == 2
        assert an_id(351) not in log.detailed


async def test_a_page_passed_over_is_shown_where_the_next_does_not_come(desk: Open) -> None:
    log = FakeLog([an_entry(number) for number in range(1, 1001)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "100" in [cursor for _, cursor in log.asked])
        log.gates[None] = gate = asyncio.Event()
        pilot.app.post_message(KeyRun("down", None, 700))
        await until(pilot, partial(_is_on, pilot, 150))
        await pilot.press("down")
        gate.set()
        await until(pilot, partial(_is_on, pilot, 702))


def _is_on(pilot: Pilot[None], number: int) -> bool:
    return table(pilot).entry == an_entry(number)
