"""In privacy mode no screen of the desk shows whom anything is about, however it was opened."""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen

from commlog_tui import desk as package
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.worklist import Worklist
from commlog_tui.desk.choosers.location import LocationChooser
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.people.contact_form import ContactForm
from commlog_tui.desk.privacy import PrivacyApp
from commlog_tui.desk.widgets.field import Field
from commlog_tui.desk.widgets.notes import Notes
from tests.desk.conftest import Open
from tests.desk.delivery.test_numbers import FIGURES
from tests.desk.fake_log import HARBOUR, RIVER, FakeLog
from tests.desk.samples import NOW, an_entry
from tests.desk.steps import drawn, rows, until

NAME, ADDRESS, NUMBER, NOTE, TITLE = (
    "Zoë Quay",
    "zoe@quay.example",
    "07700 900123",
    "Allergic to shellfish",
    "Rang: Zoë",
)
SECRETS = ("Zoë", "Quay", "zoe@", "quay.example", "900123", "shellfish")


@dataclass(frozen=True)
class Way:
    """Keys that open a screen on the row of a manual note, and whether it names the guest in clear."""

    keys: str
    names: bool = False
    hidden: bool = True
    """Whether the keys open it in privacy mode, too."""


WAYS = {
    "LogScreen": Way("c", names=True),
    "WhatToSay": Way("i", names=True),
    "WorklistScreen": Way("w", names=True),
    "NumbersScreen": Way("S"),
    "TextScreen": Way("B", names=True, hidden=False),
    "ProofChooser": Way("z", names=True),
    "MadeProofs": Way("Z"),
    "RowValuesScreen": Way("F", names=True),
    "ExportScreen": Way("c E", names=True),
    "SettingsScreen": Way("comma"),
    "KeysScreen": Way("comma end up enter"),
    "SavedViewsScreen": Way("v", names=True),
    "ColumnsScreen": Way("C"),
    "HelpScreen": Way("question_mark"),
    "ProfileChooser": Way("P"),
    "PersonChooser": Way("I"),
    "Prompt": Way("X"),
    "Question": Way("o d", names=True),
    "LeaveScreen": Way("ctrl+q"),
    "LocationChooser": Way(""),
    "ResendForm": Way("j A", names=True),
    "ResendSeveral": Way("j space space A", names=True),
    "HandoverScreen": Way("H", names=True),
    "NewTaskScreen": Way("exclamation_mark", names=True),
    "EntryForm": Way("e", names=True),
    "OutboxScreen": Way("o", names=True),
    "GuestScreen": Way("D", names=True),
    "ContactForm": Way("M", names=True),
    "MergeChooser": Way("D m", names=True),
    "WishChooser": Way("D n"),
}


def screens() -> Iterator[type[Screen[object]]]:
    """Yield every screen of the desk that is opened."""
    found = set[type[Screen[object]]]()
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for one in vars(import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, Screen) and one.__module__.startswith(package.__name__):
                found.add(one)
    yield from (one for one in found if one.__name__ not in {"Dialog", "FieldsScreen"})  # bases of others


SCREENS = {one.__name__: one for one in screens()}


def test_every_screen_of_the_desk_is_opened_here() -> None:
    assert WAYS.keys() == SCREENS.keys()


@pytest.fixture
def log() -> FakeLog:
    customer = {"id": "c-1", "name": NAME, "addresses": [ADDRESS], "numbers": [NUMBER]}
    note = an_entry(1, source="manual", title=TITLE, body=NOTE, to=ADDRESS, via="email", customer=customer)
    sent = [
        an_entry(number, to=ADDRESS, via="email", body=f"Dear {NAME}", customer=customer, status="bounced")
        for number in (2, 3)
    ]
    log = FakeLog([note, *sent], locations=(HARBOUR, RIVER))
    log.figures = FIGURES
    work = {"items": [{"entry": sent[0], "failed_at": NOW, "starts_at": None}], "arrived": [], "next": None}
    log.work = Worklist.model_validate(work)
    log.todo.put(1, NOW - timedelta(hours=1), words=f"Ring {NAME}", to=NUMBER, customer={"id": "c-1", "name": NAME})
    log.again.put(sent[0].id, to=ADDRESS, why=f"{NAME} rang")
    twin = {"id": "c-9", "name": NAME, "addresses": [ADDRESS], "numbers": [NUMBER]}
    log.entries.append(an_entry(4, customer=twin))
    return log


@pytest.fixture
def likes(tmp_path: Path, outbox: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setattr("commlog_tui.desk.pager.pager_command", lambda _: None)
    Outbox(outbox).save(OutboxItem(location="demo", content={"fields": {"title": TITLE}}, state="draft"))
    content, about = {"to": ADDRESS, "why": NOTE}, an_entry(2).id
    Outbox(outbox).save(
        OutboxItem(location="demo", action="resend", entry_id=about, content=content, state="refused", reason="Not so.")
    )
    (tmp_path / "proofs").mkdir()
    (tmp_path / "proofs" / "proof-customer-c-1-20261103-091405.pdf").write_bytes(b"")
    return {"proof_folder": tmp_path / "proofs", "export_folder": tmp_path / "exports", "machine_folder": tmp_path}


def leaks(pilot: Pilot[None]) -> list[str]:
    shown = "\n".join(drawn(pilot))
    return [one for one in SECRETS if one in shown]


async def settle(pilot: Pilot[None]) -> None:
    """Wait until nothing is asked, found or drawn any more."""
    workers = pilot.app.workers
    await until(pilot, lambda: not [one for one in workers if one.node is pilot.app.screen and one.is_running])
    for _ in range(3):
        await pilot.pause()


async def opened(pilot: Pilot[None], name: str) -> None:
    for key in WAYS[name].keys.split():
        before = pilot.app.screen
        await pilot.press(key)
        await pilot.pause()
        if isinstance(before, ModalScreen):
            await settle(pilot)
    if name == "LocationChooser":
        await pilot.app.push_screen(LocationChooser((HARBOUR, RIVER)))
    await until(pilot, lambda: type(pilot.app.screen) is SCREENS[name])
    await settle(pilot)


async def save_a_view(pilot: Pilot[None]) -> None:
    """Have a saved view that is named after the guest."""
    await pilot.press("c", "s", *"Zoe", "enter", "q")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


@pytest.mark.parametrize("name", sorted(WAYS))
async def test_no_screen_names_anybody_in_privacy_mode(
    desk: Open, log: FakeLog, likes: dict[str, Path], name: str
) -> None:
    way = WAYS[name]
    async with desk(log, "demo", **likes).run_test(size=(140, 40), notifications=True) as pilot:
        await rows(pilot)
        await save_a_view(pilot)
        if way.hidden:
            await pilot.press("h")
            await opened(pilot, name)
            assert not leaks(pilot), "opened while names are hidden"
            await pilot.press("f9")
            await settle(pilot)
        else:
            await opened(pilot, name)
        if way.names and type(pilot.app.screen) is SCREENS[name]:
            await until(pilot, lambda: leaks(pilot))
        await pilot.press("f9")
        await settle(pilot)
        assert not leaks(pilot), "open when names were hidden"
        fields = [one for one in pilot.app.screen.query(Field) if one.value]
        assert all(one.value in {*one.common} or one.is_plain or one.is_hidden for one in fields)


async def test_what_is_hidden_is_saved_in_clear_and_what_is_typed_is_shown(desk: Open, log: FakeLog) -> None:
    async with desk(log, "demo").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("h", "e")
        await until(pilot, lambda: type(pilot.app.screen) is EntryForm)
        assert pilot.app.screen.focused is pilot.app.screen.query_one("#title")
        await pilot.press(*"Rang back")
        assert "Rang back" in "\n".join(drawn(pilot))
        pilot.app.screen.set_focus(pilot.app.screen.query_one(Notes))
        await pilot.press(*" and nuts")
        shown = "\n".join(drawn(pilot))
        assert "and nuts" in shown
        assert "shellfish" not in shown
        await pilot.press("ctrl+s")
        await until(pilot, lambda: log.corrected)
        changes = log.corrected[0][1].changes.model_dump(exclude_unset=True)
        assert changes == {"title": "Rang back", "body": f"{NOTE} and nuts"}


async def test_undo_brings_back_what_is_hidden_as_dots(desk: Open, log: FakeLog) -> None:
    async with desk(log, "demo").run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("h", "M")
        await until(pilot, lambda: type(pilot.app.screen) is ContactForm)
        field = pilot.app.screen.query_one("#new", Field)
        await pilot.press("x")
        assert (field.value, field.is_hidden) == ("x", False)
        await pilot.press("ctrl+z")
        assert (field.value, field.is_hidden) == (ADDRESS, True)
        assert not leaks(pilot)


async def test_names_hidden_while_one_types_hide_what_was_typed_too(desk: Open, log: FakeLog) -> None:
    async with desk(log, "demo").run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        await pilot.press("N")
        await until(pilot, lambda: type(pilot.app.screen) is EntryForm)
        pilot.app.screen.set_focus(pilot.app.screen.query_one("#title", Field))
        await pilot.press(*"Zoë rang")
        pilot.app.screen.set_focus(pilot.app.screen.query_one(Notes))
        await pilot.press(*"shellfish", "ctrl+j", *"Quay")
        assert leaks(pilot)
        assert isinstance(pilot.app, PrivacyApp)
        pilot.app.set_private(private=True)  # as after a while without a key
        await settle(pilot)
        assert not leaks(pilot)
        await pilot.press(*" today")
        assert "today" in "\n".join(drawn(pilot))
        await pilot.press("f9")
        await until(pilot, lambda: "Quay today" in "\n".join(drawn(pilot)))


async def test_a_notification_of_a_name_goes_when_names_are_hidden(desk: Open, log: FakeLog) -> None:
    async with desk(log, "demo").run_test(size=(80, 24), notifications=True) as pilot:
        await rows(pilot)
        pilot.app.notify(f"Saved: {ADDRESS}", markup=False)
        pilot.app.notify("The log is not there.", severity="error", markup=False)
        await until(pilot, lambda: leaks(pilot))
        await pilot.press("f9")
        await settle(pilot)
        assert [one.message for one in pilot.app._notifications] == ["The log is not there."]
