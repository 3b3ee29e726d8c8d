"""A number that calls: in the search, at the start of the desk, in headings; tasks about an entry."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from commlog_tui.contract.customer_record import NewPreference
from commlog_tui.desk.people.caller_lines import is_reach
from commlog_tui.desk.people.caller_strip import CallerStrip
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import drawn, rows, table, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)])
ZOE = {"id": "c-1", "name": "Zoë Quay", "numbers": ("07700 900123",)}


async def a_log() -> FakeLog:
    log = FakeLog([an_entry(customer=ZOE, to="07700900123", title="Reminder"), an_entry(2, customer=None)])
    log.todo.put(1, NOW, words="Ring back", customer={"id": "c-1", "name": "Zoë Quay"}, entry=log.entries[0].id)
    await log.people.add_preference("demo", "p", NewPreference(customer_id="c-1", via="sms", words="by STOP"))
    return log


def strip(pilot: Pilot[None]) -> str:
    return "".join(one.text for one in pilot.app.screen.query(CallerStrip))


def screen(pilot: Pilot[None]) -> str:
    return "\n".join(drawn(pilot))


@SIZES
async def test_a_number_is_a_guest_in_two_keys_beyond_its_digits(desk: Open, size: tuple[int, int]) -> None:
    async with desk(await a_log()).run_test(size=size) as pilot:
        await rows(pilot)
        await pilot.press("slash", *"07700900123", "enter")
        await until(pilot, lambda: "Zoë Quay" in strip(pilot))
        for words in ("no texts (by STOP", "Reminder, ", "! Ring back, due"):
            assert words in strip(pilot)
            assert words in screen(pilot)
        assert pilot.app.screen.focused is table(pilot)
        await pilot.press("x")
        await until(pilot, lambda: not strip(pilot))


async def test_typing_goes_on_while_who_is_calling_is_asked_for(desk: Open) -> None:
    log = await a_log()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("slash", *"07700900123", *["ctrl+u"], *"reminder")
        await until(pilot, lambda: pilot.app.screen.query_one("#q", Input).value == "reminder")
        await until(pilot, lambda: not strip(pilot))


async def test_nothing_of_the_caller_shows_in_privacy_mode(desk: Open) -> None:
    async with desk(await a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("slash", *"07700900123", "enter")
        await until(pilot, lambda: "Ring back" in screen(pilot))
        await pilot.press("h")
        await until(pilot, lambda: "Zoë" not in screen(pilot) and "Ring back" not in screen(pilot))


@pytest.mark.parametrize("hidden_first", [True, False])
async def test_nothing_of_the_caller_shows_below_a_field_in_privacy_mode(desk: Open, hidden_first: bool) -> None:
    app = desk(await a_log())
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        if hidden_first:
            await pilot.press("h")
        await pilot.press("N", "p", *"07700900123")
        await until(pilot, lambda: "Ring back" in strip(pilot))
        if not hidden_first:
            await until(pilot, lambda: "Ring back, due" in screen(pilot))
            app.set_private(private=True)  # as after some minutes without a key
        await until(pilot, lambda: "Ring back, due" not in screen(pilot) and "c-1" not in screen(pilot))


@SIZES
async def test_the_desk_begins_with_whoever_calls(desk: Open, size: tuple[int, int]) -> None:
    async with desk(await a_log(), call="07700 900123").run_test(size=size) as pilot:
        await until(pilot, lambda: "History of Zoë Quay" in screen(pilot))
        await until(pilot, lambda: "no texts (by STOP" in screen(pilot))
        assert "! Ring back, due" in screen(pilot)


async def test_a_number_of_nobody_is_searched_for(desk: Open) -> None:
    log = await a_log()
    async with desk(log, call="020 7946 0000").run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any(query.q == "020 7946 0000" for query, _ in log.asked))
        await until(pilot, lambda: "020 7946 0000" in screen(pilot))


async def test_the_detail_lists_what_is_to_do_about_an_entry(desk: Open) -> None:
    async with desk(await a_log()).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        pane = pilot.app.screen.query_one(DetailPane)
        await until(pilot, lambda: "Ring back" in pane.text)
        assert "To do about it" in pane.text
        await pilot.press("down")
        await until(pilot, lambda: "To do about it" not in pane.text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07700 900", True),
        ("+44 7700", True),
        ("12345", False),
        ("a@b.example", True),
        ("a@b", False),
        ("HB-123456", False),
    ],
)
def test_what_is_enough_of_a_number_or_address(text: str, expected: bool) -> None:
    assert is_reach(text) is expected
