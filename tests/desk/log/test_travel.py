"""The way back and forward leads to the page and the row, as in a browser."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import SIZES, chips, rows, table, toasts, until


def a_log() -> FakeLog:
    customers = ({"id": f"c-{number % 3}", "name": f"Guest {number % 3}"} for number in range(1, 61))
    return FakeLog([an_entry(number, customer=one) for number, one in enumerate(customers, 1)])


def views(pilot: Pilot[None]) -> int:
    return len(pilot.app.screen_stack)


def spot(pilot: Pilot[None]) -> tuple[str, str, list[str]]:
    entry = table(pilot).entry
    return str(pilot.app.screen.query_one("#head", Static).render()), entry.id if entry else "", chips(pilot)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("jump", [["G"], ["t", *"-2", "enter"], ["x"], ["c"], ["b"]], ids=lambda keys: keys[0])
@pytest.mark.parametrize(("back", "forward"), [("q", "Q"), ("alt+left", "alt+right")])
async def test_back_and_forward(desk: Open, size: tuple[int, int], jump: list[str], back: str, forward: str) -> None:
    async with desk(a_log(), page_size=25).run_test(size=size, notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("1", "right_square_bracket")
        await until(pilot, lambda: chips(pilot) == ["sms"] and spot(pilot)[1] == an_entry(26).id)
        await pilot.press("down", "down", "down")
        before = spot(pilot)
        assert before[1] == an_entry(29).id
        await pilot.press(jump[0])
        await pilot.pause()
        await pilot.press(*jump[1:])
        await until(pilot, lambda: spot(pilot) != before and table(pilot).entry)
        await pilot.press("down")
        there = spot(pilot)
        await pilot.press(back)
        await until(pilot, lambda: spot(pilot) == before)
        await pilot.press(forward)
        await until(pilot, lambda: spot(pilot) == there)
        await pilot.press(back)
        await until(pilot, lambda: spot(pilot) == before)


async def test_forward_opens_closed_views_again_one_after_the_other_with_their_filters(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await pilot.press("1", "down")
        await until(pilot, lambda: chips(pilot) == ["sms"])
        await pilot.press("b")
        await until(pilot, lambda: views(pilot) == 3 and table(pilot).entry)
        booking = spot(pilot)
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 2)
        history = spot(pilot)
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 1)
        await pilot.press("Q")
        await until(pilot, lambda: spot(pilot) == history)
        await pilot.press("Q")
        await until(pilot, lambda: spot(pilot) == booking)
        assert views(pilot) == 3


async def test_another_jump_ends_the_way_forward(desk: Open) -> None:
    async with desk(a_log()).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await pilot.press("q")
        await until(pilot, lambda: views(pilot) == 1)
        await pilot.press("b")
        await until(pilot, lambda: views(pilot) == 2 and table(pilot).entry)
        await pilot.press("Q")
        assert toasts(pilot) == ["Nothing was gone back from; q goes back."]
