"""The form saves what was typed and given, not how it was shown; and asks about what is unusual."""

import pytest
from textual.widgets import Input

from commlog_tui.desk.widgets.notes import Notes
from tests.desk.conftest import Open
from tests.desk.entry.test_form import fault, form, value
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import until

FAMILY = "👨\u200d👩\u200d👧 क्\u200dष a\u200b\u2066b\u2069"


async def test_an_edited_title_keeps_its_joiners_and_invisible_characters(desk: Open) -> None:
    log = FakeLog(
        [
            an_entry(
                via="phone",
                source="manual",
                status="logged",
                title=FAMILY,
                to=f"07700{chr(0x202C)}900123",
                body=f"{FAMILY}\r\nx",
            )
        ]
    )
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await form(pilot, "e")
        title = pilot.app.screen.query_one("#title", Input)
        title.focus()
        await pilot.press("end", *"!!", "home", *"Re ")
        notes = pilot.app.screen.query_one(Notes)
        notes.focus()
        notes.move_cursor(notes.document.end)
        await pilot.press("y")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: log.corrected)
    changes = log.corrected[0][1].changes
    assert changes.model_dump(exclude_unset=True) == {"title": f"Re {FAMILY}!!", "body": f"{FAMILY}\r\nxy"}


async def test_a_recipient_taken_over_from_an_entry_is_saved_as_it_was(desk: Open) -> None:
    number = "\u202a+44 7700 900123\u202c"
    log = FakeLog([an_entry(via="sms", to=number)])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await form(pilot, "n")
        await pilot.press("p", *"Rang", "ctrl+s")
        await until(pilot, lambda: log.added)
    assert log.added[0][1].to == number


@pytest.mark.parametrize(
    ("letter", "direction"), [("p", "inbound"), ("i", "inbound"), ("e", "outbound"), ("s", "outbound")]
)
async def test_the_direction_is_the_channel_s_until_it_is_typed(desk: Open, letter: str, direction: str) -> None:
    async with desk(FakeLog([an_entry()])).run_test(size=(140, 40)) as pilot:
        await form(pilot)
        await pilot.press(letter)
        assert value(pilot, "direction") == direction
        pilot.app.screen.query_one("#direction", Input).value = "i"
        pilot.app.screen.query_one("#via", Input).focus()
        await pilot.press("ctrl+u", "e")
        assert value(pilot, "direction") == "i"


async def test_a_channel_that_was_never_used_is_asked_for(desk: Open) -> None:
    log = FakeLog([an_entry()])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await form(pilot)
        await pilot.press(*"fax", "enter", "enter", *"Directions", "ctrl+s")
        await until(pilot, lambda: "has never been used here" in fault(pilot, "via"))
        assert not log.added
        await pilot.press("ctrl+s")
        await until(pilot, lambda: log.added)
    assert log.added[0][1].via == "fax"


async def test_a_letter_before_a_number_makes_it_none(desk: Open) -> None:
    log = FakeLog([an_entry()])
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await form(pilot)
        await pilot.press("p", *"p07700 900123", "enter", *"Rang", "ctrl+s")
        await until(pilot, lambda: fault(pilot, "to").startswith("holds more than a number"))
        assert not log.added
