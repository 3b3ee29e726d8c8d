"""A new guest in the entry form, who is calling, and what whoever is named does not want."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Label, OptionList

from commlog_tui.contract.customer_record import NewPreference, local_customer_id
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.people.caller_strip import CallerStrip
from commlog_tui.desk.widgets.customer_field import CustomerField
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import rows, until

ZOE = {"id": "c-1", "name": "Zoë Quay", "addresses": ("zoe@example.com",), "numbers": ("07700 900123",)}
OTHER = {"id": "c-2", "name": "Zoë Quay", "numbers": ("07700 900456",)}


async def form(pilot: Pilot[None], key: str = "N") -> None:
    await rows(pilot)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm) and pilot.app.screen.focused)


def options(pilot: Pilot[None]) -> list[str]:
    found = pilot.app.screen.query_one("#matches", OptionList)
    return [str(found.get_option_at_index(index).prompt) for index in range(found.option_count)]


def line(pilot: Pilot[None], name: str) -> str:
    labels = pilot.app.screen.query(f"#{name}-fault").results(Label)
    return "".join(str(label.render()) for label in labels if label.display)


def caller(pilot: Pilot[None]) -> str:
    return "".join(strip.text for strip in pilot.app.screen.query(CallerStrip))


async def to_customer(pilot: Pilot[None], name: str) -> None:
    pilot.app.screen.set_focus(pilot.app.screen.query_one("#customer"))
    await pilot.press(*name)


async def test_a_name_that_nobody_has_makes_a_guest_with_the_number(desk: Open) -> None:
    log = FakeLog([an_entry(customer=ZOE)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await pilot.press("p", *"07700 900999", "enter", *"Rang")
        await to_customer(pilot, "Ana Silva")
        await until(pilot, lambda: "A new guest: Ana Silva" in options(pilot))
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: log.added)
        await until(pilot, lambda: log.people.made)
    (key, entry), (made,) = log.added[0], log.people.made
    assert (made.name, made.numbers, made.addresses) == ("Ana Silva", ("07700 900999",), ())
    assert made.customer_id.startswith("local-")
    assert made.customer_id != local_customer_id(key)
    assert entry.customer is not None
    assert (entry.customer.id, entry.customer.name) == (made.customer_id, "Ana Silva")


async def test_those_who_are_known_are_offered_first_and_chosen_only_explicitly(desk: Open) -> None:
    log = FakeLog([an_entry(customer=ZOE), an_entry(2, customer=OTHER)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await to_customer(pilot, "zoë quay")
        await until(pilot, lambda: len(options(pilot)) == 4)
        first, second, new, _ = options(pilot)
        assert {first, second} == {"Zoë Quay  07700 900123  zoe@example.com  c-1", "Zoë Quay  07700 900456  c-2"}
        assert new == "A new guest: zoë quay"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen.focused, OptionList))
        await pilot.press("down", "enter")
        people, chosen = pilot.app.screen.query_one(CustomerField), second.rpartition("  ")[2]
        await until(pilot, lambda: people.customer == {"id": chosen, "name": "Zoë Quay"})


@pytest.mark.parametrize("typed", ["07700 900999", "zoe@nowhere.example"])
async def test_a_number_or_address_is_no_name(desk: Open, typed: str) -> None:
    async with desk(FakeLog([an_entry(customer=ZOE)])).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await to_customer(pilot, typed)
        await until(pilot, lambda: options(pilot))
        assert [one for one in options(pilot) if "new guest" in one] == []


async def test_who_is_calling_shows_while_the_number_is_typed(desk: Open) -> None:
    log = FakeLog([an_entry(customer=ZOE, title="Reminder")])
    log.todo.put(1, NOW, words="Ring back", customer={"id": "c-1", "name": "Zoë Quay"})
    await log.people.add_preference("demo", "p", NewPreference(customer_id="c-1", via="sms", words="by STOP"))
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await pilot.press("p", *"07700900123")
        await until(pilot, lambda: "Zoë Quay" in caller(pilot))
        assert "no texts (by STOP" in caller(pilot)
        assert "Reminder" in caller(pilot)
        assert "! Ring back, due" in caller(pilot)
        await pilot.press("ctrl+u", *"nobody")
        await until(pilot, lambda: not caller(pilot))


async def test_what_a_guest_does_not_want_is_said_in_the_form(desk: Open) -> None:
    log = FakeLog([an_entry(customer=ZOE)])
    await log.people.add_preference("demo", "p", NewPreference(customer_id="c-1", via="sms", words="by STOP"))
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot, "n")
        await until(pilot, lambda: "no texts (by STOP" in line(pilot, "wishes"))
