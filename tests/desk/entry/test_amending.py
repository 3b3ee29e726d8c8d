"""Amending what is there.

Where the cursor is, who is recognized, what is picked, and which drafts are discarded.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.channels import CHANNELS
from commlog_tui.contract.customer import Customer, CustomerMatches
from commlog_tui.desk.choosers.question import Question
from commlog_tui.desk.entry.fields import LABELS, guest_of
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.entry.outbox_screen import OutboxScreen
from commlog_tui.desk.widgets.channel_field import ChannelField
from commlog_tui.desk.widgets.customer_field import CustomerField
from commlog_tui.desk.widgets.notes import Notes
from tests.desk.conftest import Open
from tests.desk.entry.test_form import fault, form, value
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, an_entry, an_id
from tests.desk.steps import bar, drawn, rows, until

ADAM = {"id": "c-2", "name": "Adam Reed", "numbers": ["+44 7700 900555"], "addresses": ["adam@example.com"]}


def a_customer(number: int, *numbers: str, addresses: tuple[str, ...] = ()) -> Customer:
    return Customer(id=f"c-{number}", name=f"Guest {number}", numbers=numbers, addresses=addresses, last_seen=NOW)


def customer(pilot: Pilot[None]) -> dict[str, Any] | None:
    return pilot.app.screen.query_one(CustomerField).customer


async def test_what_is_typed_into_a_correction_goes_on_at_its_end(desk: Open) -> None:
    log = FakeLog([an_entry(1, source="manual", body="Gate code given.\nWill ring back.", title="Rang", code="HB-1")])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot, "e")
        for name in ("to", "title", "code", "customer"):
            pilot.app.screen.set_focus(pilot.app.screen.query_one(f"#{name}"))
            await pilot.press("X")
            assert value(pilot, name).endswith("X"), name
        notes = pilot.app.screen.query_one(Notes)
        pilot.app.screen.set_focus(notes)
        await pilot.press("ctrl+j", *"Did")
        assert notes.text == "Gate code given.\nWill ring back.\nDid"


async def test_a_number_that_a_channel_filled_in_is_amended_at_its_end(desk: Open) -> None:
    async with desk(FakeLog([an_entry()])).run_test(size=(80, 24)) as pilot:
        await form(pilot, "n")
        await pilot.press("p")
        pilot.app.screen.set_focus(pilot.app.screen.query_one("#to"))
        await pilot.press("backspace", "4")
        assert value(pilot, "to") == "07700 900124"


@pytest.mark.parametrize("typed", ["07700 900555", "+447700900555", "00447700900555"])
async def test_a_number_typed_in_an_empty_form_finds_its_guest(
    desk: Open, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    log = FakeLog([an_entry(1), an_entry(2, customer=ADAM)])
    found_by_number(log, monkeypatch)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot, "N")
        await pilot.press("p", *typed, "enter", *"Rang")
        await until(pilot, lambda: customer(pilot) == {"id": "c-2", "name": "Adam Reed"})
        assert value(pilot, "customer") == "Adam Reed"
        assert "known by" in fault(pilot, "customer")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: log.added)
        found = log.added[0][1].customer
        assert found is not None
        assert found.id == "c-2"


async def test_a_guest_who_was_recognized_goes_with_the_number_and_stays_when_picked(
    desk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FakeLog([an_entry(1), an_entry(2, customer=ADAM)])
    found_by_number(log, monkeypatch)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot, "N")
        await pilot.press("p", *"07700 900555", "enter")
        await until(pilot, lambda: customer(pilot))
        await pilot.press("up", "backspace", "9")
        assert customer(pilot) is None
        assert value(pilot, "customer") == ""
        assert not fault(pilot, "customer")
        pilot.app.screen.set_focus(pilot.app.screen.query_one("#customer"))
        await pilot.press(*"zo", "enter")
        await until(pilot, lambda: (chosen := customer(pilot)) and chosen["id"] == "c-1")
        pilot.app.screen.set_focus(pilot.app.screen.query_one("#to"))
        await pilot.press("backspace", "5", "tab")
        await pilot.pause()
        assert (chosen := customer(pilot))
        assert chosen["id"] == "c-1"


def found_by_number(log: FakeLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find by the end of a number, too, as the service does."""
    people = log._people

    async def customers(location: str, q: str, limit: int = 20) -> Any:
        digits = "".join(filter(str.isdigit, q)).lstrip("0")
        by_name = [one for one in people() if q.lower() in (one.name or "").lower()]
        having = [
            one for one in people() if digits and any(digits[-9:] in known.replace(" ", "") for known in one.numbers)
        ]
        return CustomerMatches(customers=tuple(having or by_name), more=False)

    monkeypatch.setattr(log, "customers", customers)


@pytest.mark.parametrize(
    ("typed", "found", "expected"),
    [
        ("07700 900555", [a_customer(1, "+44 7700 900555")], 1),
        ("(212) 555-0178", [a_customer(1, "+1 212-555-0178")], 1),
        ("+44 7700 900555", [a_customer(1, "07700900555")], 1),
        ("ANNA@Example.com", [a_customer(1, addresses=("anna@example.com",))], 1),
        ("07700 900555", [a_customer(1, "07700 900555"), a_customer(2, "+447700900555")], None),
        ("900555", [a_customer(1, "07700 900555")], None),
        ("07700 900555", [a_customer(1, "07700 900556")], None),
        ("anna@example.com", [a_customer(1, addresses=("joanna@example.com",))], None),
        ("0000000", [a_customer(1, "07700 900555")], None),
        ("Front door", [a_customer(1, "07700 900555")], None),
        ("", [], None),
    ],
)
def test_only_one_guest_who_has_the_very_address_or_number_is_named(
    typed: str, found: list[Customer], expected: int | None
) -> None:
    guest = guest_of(typed, found)
    assert (guest.id if guest else None) == (f"c-{expected}" if expected else None)


@pytest.mark.parametrize("way", ["typed ahead", "first match", "from the list"])
async def test_the_enter_that_picks_a_customer_goes_on_to_the_next_field(desk: Open, way: str) -> None:
    log = FakeLog([an_entry(1), an_entry(2, customer=ADAM)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await form(pilot, "N")
        pilot.app.screen.set_focus(pilot.app.screen.query_one("#customer"))
        await pilot.press(*"adam")
        if way != "typed ahead":
            await until(pilot, lambda: pilot.app.screen.query_one("#matches").display)
        await pilot.press(*(["down"] if way == "from the list" else []), "enter")
        await until(pilot, lambda: customer(pilot) == {"id": "c-2", "name": "Adam Reed"})
        await until(pilot, lambda: pilot.app.screen.focused is pilot.app.screen.query_one("#direction"))


async def test_a_draft_is_discarded_in_the_list_and_a_correction_says_so(desk: Open, outbox: Path) -> None:
    stored = Outbox(outbox)
    draft: dict[str, Any] = {"location": "demo", "state": "draft"}
    stored.save(OutboxItem(**draft, content={"fields": {"title": "Half a"}}, saved_at=NOW))
    corrected: dict[str, Any] = {
        "action": "correction",
        "entry_id": an_id(1),
        "content": {"fields": {"title": "Wrong day"}},
    }
    stored.save(OutboxItem(**draft, **corrected, saved_at=NOW + timedelta(minutes=1)))
    content = {"via": "phone", "title": "Rang", "source": "manual", "sent_at": "2026-11-03T09:00:00Z"}
    stored.save(
        OutboxItem(location="demo", state="refused", reason="No.", content=content, saved_at=NOW + timedelta(minutes=2))
    )
    async with desk(FakeLog([an_entry(1, source="manual")])).run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "3 kept" in bar(pilot))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        await until(pilot, lambda: any("Correction: Wrong day" in line for line in drawn(pilot)))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        assert len(stored.items()) == 3
        await pilot.press("j", "d")
        await until(pilot, lambda: any("Correction: Wrong day" in line for line in drawn(pilot)))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count == 2)
        await pilot.press("d")
        await until(pilot, lambda: any("Only drafts" in line for line in drawn(pilot)))
        assert {item.state for item in stored.items()} == {"draft", "refused"}
        await pilot.press("escape")
        await until(pilot, lambda: "2 kept" in bar(pilot))


async def test_the_last_draft_discarded_closes_the_list(desk: Open, outbox: Path) -> None:
    Outbox(outbox).save(OutboxItem(location="demo", state="draft", content={"fields": {"title": "Half a"}}))
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Question))
        await pilot.press("enter")
        await until(
            pilot, lambda: not isinstance(pilot.app.screen, OutboxScreen | Question) and "kept" not in bar(pilot)
        )


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_the_hint_names_every_channel_and_all_of_it_is_seen(desk: Open, size: tuple[int, int]) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=size) as pilot:
        await form(pilot, "N")
        hint = LABELS["via"][1]
        assert any(hint in line for line in drawn(pilot))
        for letter, name in CHANNELS.items():
            assert f"{letter} {name}" in hint
            field = pilot.app.screen.query_one(ChannelField)
            field.fill("")
            pilot.app.screen.set_focus(field)
            await pilot.press(letter)
            assert field.value == name
        assert isinstance(pilot.app.screen, EntryForm)
