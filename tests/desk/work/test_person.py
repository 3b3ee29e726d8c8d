"""Who is at the keyboard: given at the desk, in every record, remembered and asked for."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Label

from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.person import PersonChooser
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.person import DeskPerson
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.detail_pane import DetailPane
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.steps import SIZES, bar, drawn, until
from tests.desk.work.test_tasks import press, settled, with_call

PEOPLE = ("Noor", "Sam")


async def chosen(pilot: Pilot[None], *keys: str) -> int:
    count = await press(pilot, "I")
    await until(pilot, lambda: isinstance(pilot.app.screen, PersonChooser))
    count += await press(pilot, *keys)
    await until(pilot, lambda: isinstance(pilot.app.screen, LogScreen))
    return count


def persons(log: FakeLog) -> list[str | None]:
    """The names that the log was sent."""
    return log.todo.persons


@pytest.mark.parametrize("size", SIZES)
async def test_two_keys_say_who_and_every_record_says_so(desk: Open, size: tuple[int, int]) -> None:
    log = with_call()
    async with desk(log, people=PEOPLE).run_test(size=size) as pilot:
        await settled(pilot, log)
        await press(pilot, "exclamation_mark", "enter")
        await until(pilot, lambda: len(log.todo.added) == 1)
        assert await chosen(pilot, "1") == 2
        await until(pilot, lambda: "Noor writes" in bar(pilot))
        await press(pilot, "exclamation_mark", "enter")
        await until(pilot, lambda: len(log.todo.added) == 2)
        await chosen(pilot, "0")
        await until(pilot, lambda: "writes" not in bar(pilot))
        await press(pilot, "exclamation_mark", "enter")
        await until(pilot, lambda: len(log.todo.added) == 3)
        assert persons(log) == [None, "Noor", None]


async def test_a_typed_name_is_sanitized_offered_again_and_remembered(desk: Open, tmp_path: Path, outbox: Path) -> None:
    def again() -> DeskApp:
        target = Target("http://127.0.0.1:1", "token", None, outbox, "demo", tmp_path / "desk")
        return DeskApp(lambda: target, Preferences(folder=tmp_path / "desk", people=PEOPLE))

    log = with_call()
    desk(log)
    async with again().run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await press(pilot, "I")
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonChooser))
        await press(pilot, "tab", *"Kim)", "space", "left_parenthesis", *"Boss")
        echo = str(pilot.app.screen.query_one("#echo", Label).render())
        assert echo == "Recorded as: Kim Boss, a name given at the desk"
        await press(pilot, "enter")
        await until(pilot, lambda: "Kim Boss writes" in bar(pilot))
        await press(pilot, "I")
        await until(pilot, lambda: any("3 Kim Boss" in line for line in drawn(pilot)))
    assert DeskPerson.recall(tmp_path / "desk").name == "Kim Boss"
    async with again().run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Kim Boss writes" in bar(pilot))


async def test_it_is_asked_before_writing_after_an_idle_time(desk: Open) -> None:
    log = with_call()
    app = desk(log, people=PEOPLE, ask_person_after=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await chosen(pilot, "1")
        assert isinstance(app, DeskApp)
        app._last_touch -= 301
        await press(pilot, "j")
        assert isinstance(app.screen, LogScreen)
        await press(pilot, "N")
        await until(pilot, lambda: isinstance(app.screen, PersonChooser))
        await press(pilot, "2")
        await until(pilot, lambda: isinstance(app.screen, EntryForm))
        await press(pilot, "escape")
        await until(pilot, lambda: "Sam writes" in bar(pilot))
        await press(pilot, "N")
        await until(pilot, lambda: isinstance(app.screen, EntryForm))


async def test_entries_and_ticks_carry_the_name_through_the_outbox(desk: Open, outbox: Path) -> None:
    log = with_call()
    async with desk(log, people=PEOPLE).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await chosen(pilot, "2")
        saved: list[OutboxItem] = []
        real = Outbox.save

        def save(self: Outbox, item: OutboxItem) -> None:
            saved.append(item)
            real(self, item)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Outbox, "save", save)
            await press(pilot, "N")
            await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
            await press(pilot, "p", *"07700900456", "tab", *"Asked", "ctrl+s")
            await until(pilot, lambda: log.added)
        waiting = [item for item in saved if item.state == "waiting"]
        assert [(item.action, item.person) for item in waiting] == [("entry", "Sam")]


def test_a_file_that_is_damaged_or_missing_names_nobody(tmp_path: Path) -> None:
    assert DeskPerson.recall(None).name == ""
    assert DeskPerson.recall(tmp_path).name == ""
    for content in (b"", b"[]", b'{"name": 7}', b'{"name": "Noor", "known": 7}', b"\xff"):
        (tmp_path / "person.json").write_bytes(content)
        assert DeskPerson.recall(tmp_path).name == ""
    person = DeskPerson.recall(tmp_path)
    for number in range(12):
        person.be(f"Name {number}")
    assert DeskPerson.recall(tmp_path).choices(PEOPLE) == ("Noor", "Sam", *(f"Name {11 - row}" for row in range(7)))


async def test_signing_off_ends_the_name_and_taking_over_gives_the_next(desk: Open) -> None:
    log = with_call()
    async with desk(log, people=PEOPLE).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await chosen(pilot, "1")
        await press(pilot, "H", "s", "enter")
        await until(pilot, lambda: log.todo.signed)
        await press(pilot, "t", *"Sam", "enter")
        await until(pilot, lambda: log.todo.taken)
        await until(pilot, lambda: "taken over by Sam" in pilot.app.screen.query_one("#shift", DetailPane).text)
        await press(pilot, "escape")
        await until(pilot, lambda: "Sam writes" in bar(pilot))
        assert log.todo.shift_persons == ["Noor", "Sam"]
