"""What a clerk does with a guest waiting: against the real service, in as few keys as promised.

Words typed do not count.
"""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import Entry
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.target import Target
from tests.desk.steps import bar, chips, table, until
from tests.patience import PATIENCE


class Clerk:
    """Presses keys and counts them; types words, which nobody counts."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.pressed = 0

    async def press(self, *keys: str) -> None:
        self.pressed += len(keys)
        await self.pilot.press(*keys)

    async def words(self, text: str) -> None:
        await self.pilot.press(*text)

    def head(self) -> str:
        return str(self.pilot.app.screen.query_one("#head", Static).render())

    def entry(self) -> Entry:
        entry = table(self.pilot).entry
        assert entry is not None
        return entry

    async def until(self, condition: Any) -> None:
        await until(self.pilot, condition)


async def newest(target: Target, **query: Any) -> Entry:
    client = LogClient(target.base_url, target.token, timeout=PATIENCE)
    page = await client.page("demo", EntryQuery(**query))
    await client.aclose()
    return page.entries[0]


async def opened(clerk: Clerk) -> None:
    await clerk.until(lambda: table(clerk.pilot).entry)


async def test_a_guest_is_found_by_the_last_six_digits_of_a_number_in_two_keys(target: Target) -> None:
    guest = await newest(target, via=("sms",))
    digits = "".join(character for character in guest.to if character.isdigit())[-6:]
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        await clerk.press("slash")
        await clerk.words(digits)
        await clerk.press("enter")
        await clerk.until(lambda: chips(pilot) == [f"“{digits}”"] and table(pilot).has_focus)
        await clerk.until(lambda: clerk.entry().to.replace(" ", "").endswith(digits))
        assert clerk.pressed == 2


async def test_history_booking_and_back_to_the_same_row_and_page_take_one_key_each(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        await pilot.press("right_square_bracket", "down", "down")
        await clerk.until(lambda: bar(pilot).startswith("51"))
        while clerk.entry().customer is None or clerk.entry().reference is None:
            await pilot.press("down")
        here = clerk.entry()
        for key, name in (("c", "History of"), ("b", "Booking")):
            before = clerk.pressed
            await clerk.press(key)
            await clerk.until(lambda name=name: name in clerk.head() and table(pilot).entry)
            assert clerk.pressed == before + 1
            await clerk.press("q")
            await clerk.until(lambda: clerk.head().startswith("Harbour Boats"))
            assert clerk.pressed == before + 2
            assert clerk.entry() == here
            assert bar(pilot).startswith("51")


async def test_yesterdays_texts_take_three_keys_and_undoing_one(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        screen = pilot.app.screen
        assert isinstance(screen, LogScreen)
        place = screen.session.place
        digit = next(str(number) for number, channel in enumerate(place.channels, 1) if channel.via == "sms")
        await clerk.press(digit, "p", "p")
        await clerk.until(lambda: chips(pilot) == ["sms", "yesterday"])
        assert clerk.pressed == 3
        await clerk.press("x")
        await clerk.until(lambda: not chips(pilot) and table(pilot).entry)
        assert clerk.pressed == 4


async def test_a_date_is_gone_to_in_two_keys(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        await clerk.press("t")
        await clerk.words("2026-10-20")
        await clerk.press("enter")
        await clerk.until(lambda: f"{clerk.entry().sent_at:%m-%d}" == "10-20")
        assert clerk.pressed == 2


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_a_call_with_the_guest_on_screen_is_logged_in_four_keys_and_corrected_in_three(
    target: Target, size: tuple[int, int]
) -> None:
    guest = await newest(target, via=("sms",))
    assert guest.customer is not None
    async with DeskApp(lambda: target).run_test(size=size) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        while clerk.entry().id != guest.id:
            await pilot.press("down")
        await clerk.press("n", "p")
        await clerk.words("Asked about parking")
        await clerk.press("ctrl+s")
        await clerk.until(lambda: clerk.entry().title == "Asked about parking")
        assert clerk.pressed <= 4
        logged = clerk.entry()
        assert (logged.via, logged.to, logged.reference) == ("phone", guest.to, guest.reference)
        assert logged.customer is not None
        assert logged.customer.id == guest.customer.id
        clerk.pressed = 0
        await clerk.press("e")
        await clerk.until(lambda: isinstance(pilot.app.screen, EntryForm))
        await clerk.words(", twice")
        await clerk.press("ctrl+s")
        await clerk.until(lambda: clerk.entry().title == "Asked about parking, twice")
        assert clerk.pressed <= 3


async def test_a_call_with_somebody_new_needs_enter_and_less_than_twelve_keys(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        await clerk.press("N", "p")
        for text in ("07700 900321", "Wants a kayak", "Rings again"):
            await clerk.words(text)
            await clerk.press("enter")
        while isinstance(pilot.app.screen, EntryForm):
            await clerk.press("enter")
        await clerk.until(lambda: clerk.entry().title == "Wants a kayak")
        assert clerk.pressed < 12
        assert (clerk.entry().to, clerk.entry().body) == ("07700 900321", "Rings again")


async def test_the_address_really_used_is_copied_in_one_key(target: Target) -> None:
    async with DeskApp(lambda: target).run_test(size=(80, 24)) as pilot:
        clerk = Clerk(pilot)
        await opened(clerk)
        while not clerk.entry().to:
            await pilot.press("down")
        await clerk.press("y")
        await clerk.until(lambda: pilot.app.clipboard == clerk.entry().to)
        assert clerk.pressed == 1
