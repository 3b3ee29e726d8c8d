"""Saved filters say whom they are about.

What was saved in a view of somebody is brought back as theirs, wherever one is.
"""

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.commands.find import ONLY_THE_VIEW
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.widgets.chip_bar import ChipBar
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import REFERENCE, an_entry
from tests.desk.steps import chips, rows, table, toasts, until

ADAM = {"id": "c-2", "name": "Adam"}


def a_log() -> FakeLog:
    return FakeLog(
        [an_entry(1), an_entry(2, customer=ADAM, reference=None, code="HB-1"), an_entry(3, via="email"), an_entry(4)]
    )


async def save(pilot: Pilot[None], name: str) -> None:
    await pilot.press("s", *name, "enter")
    await until(pilot, lambda: any("Saved" in toast for toast in toasts(pilot)))
    pilot.app.clear_notifications()


async def bring_back(pilot: Pilot[None], row: int = 0) -> None:
    await pilot.press("v")
    await until(pilot, lambda: pilot.app.screen.query(OptionList))
    await pilot.press(*["down"] * row, "enter")
    await until(pilot, lambda: pilot.app.screen.query(ChipBar))


def views(pilot: Pilot[None]) -> int:
    return len(pilot.app.screen_stack)


@pytest.mark.parametrize(
    ("key", "words", "query"),
    [
        ("c", "Zoë Quay", EntryQuery(customer_id="c-1")),
        ("b", f"ref {REFERENCE[:8]}…", EntryQuery(reference=REFERENCE)),
    ],
)
async def test_what_is_saved_in_a_view_is_brought_back_with_whom_it_is_of(
    desk: Open, key: str, words: str, query: EntryQuery
) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press(key)
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await save(pilot, "whole")
        await pilot.press("1")
        await until(pilot, lambda: len(chips(pilot)) == 1)
        await save(pilot, "with channel")
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 1)
        await bring_back(pilot)
        await until(pilot, lambda: chips(pilot) == [words] and log.asked[-1][0] == query)
        await bring_back(pilot, 1)
        await until(pilot, lambda: chips(pilot) == ["sms", words])
        await until(pilot, lambda: log.asked[-1][0] == query.model_copy(update={"via": ("sms",)}))


async def test_a_booking_known_by_its_code_is_saved_by_its_code(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("down", "b")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await save(pilot, "booking")
        await bring_back(pilot)
        assert chips(pilot) == []
        await pilot.press("q")
        await bring_back(pilot)
        await until(pilot, lambda: chips(pilot) == ["“HB-1”"] and log.asked[-1][0].q == "HB-1")


async def test_in_another_view_they_lead_to_the_log_and_in_their_own_they_add_nothing(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await pilot.press("1")
        await save(pilot, "zoe")
        await bring_back(pilot)
        assert chips(pilot) == ["sms"]
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 1)
        await pilot.press("down", "c", "b")
        await until(pilot, lambda: views(pilot) == 3 and table(pilot).entry)
        await bring_back(pilot)
        await until(pilot, lambda: views(pilot) == 1 and chips(pilot) == ["sms", "Zoë Quay"])
        assert isinstance(pilot.app.screen, LogScreen)
        await until(pilot, lambda: log.asked[-1][0].customer_id == "c-1")


async def test_filters_of_nobody_are_used_in_the_view_one_is_in(desk: Open) -> None:
    log = a_log()
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("2")
        await save(pilot, "mail")
        await pilot.press("x", "c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await bring_back(pilot)
        await until(pilot, lambda: log.asked[-1][0] == EntryQuery(customer_id="c-1", via=("email",)))
        assert views(pilot) == 2


async def test_in_a_view_nothing_says_that_nothing_is_filtered(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await pilot.press("x", "backspace")
        assert toasts(pilot) == [ONLY_THE_VIEW, ONLY_THE_VIEW]
