"""The line of keys says what they do where one is, and fits the smallest window."""

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.widgets.key_bar import KeyBar
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import rows, table, until
from tests.snapshots.story import Story, morning


def keys(pilot: Pilot[None]) -> str:
    screen = next(one for one in reversed(pilot.app.screen_stack) if isinstance(one, LogScreen))
    return str(screen.query_one(KeyBar).render())


async def test_a_wide_window_says_more_keys_and_none_is_cut(desk: Open) -> None:
    async with desk(Story(morning())).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        assert keys(pilot).split()[:2] == ["/", "Search"]
        assert keys(pilot).endswith("? Help ")
        assert "Proof" not in keys(pilot)
        for width in (40, 80, 100, 140, 200):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            assert cell_len(keys(pilot)) <= width
            assert keys(pilot).endswith("? Help ")
        assert "z Proof" in keys(pilot)


async def test_where_there_is_a_way_back_it_is_said(desk: Open) -> None:
    async with desk(Story(morning())).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        assert "q Back" not in keys(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "q Back" in keys(pilot))
        await pilot.press("q", "c")
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1 and table(pilot).entry)
        assert "q Back" in keys(pilot)


async def test_in_a_field_it_says_the_keys_that_are_no_text_there(desk: Open) -> None:
    async with desk(Story(morning())).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("slash")
        await until(pilot, lambda: "Enter To the table" in keys(pilot))
        assert "Filters" not in keys(pilot)
        text = set()
        for _ in range(8):
            assert "Esc" in keys(pilot)
            assert cell_len(keys(pilot)) <= pilot.app.size.width
            text.add(keys(pilot))
            await pilot.press("tab")
            await pilot.pause()
        assert len(text) == 5  # fields, channels, statuses, words to choose from, the customer
        await pilot.press("escape")
        await until(pilot, lambda: "f Filters" in keys(pilot))


async def test_below_another_screen_it_is_silent(desk: Open) -> None:
    async with desk(Story(morning())).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
        await until(pilot, lambda: not keys(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "n New" in keys(pilot))


@pytest.mark.parametrize(("key", "words"), [("h", "h Hide"), ("f", "f Filters")])
async def test_a_click_does_what_the_key_does(desk: Open, key: str, words: str) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(240, 60)) as pilot:
        await rows(pilot)
        screen = pilot.app.screen
        at = cell_len(keys(pilot).partition(words)[0])
        await pilot.click(KeyBar, offset=(at, 0))
        done = {"h": lambda: screen.has_class("-private"), "f": lambda: not screen.query_one("#side").display}[key]
        await until(pilot, done)
