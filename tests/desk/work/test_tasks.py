"""Tasks at the desk: made in four keys, done in two, and due in the bar."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from textual.pilot import Pilot
from textual.widgets import Label, OptionList

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox
from commlog_tui.contract.location import Role
from commlog_tui.desk.choosers.prompt import Prompt
from commlog_tui.desk.delivery.worklist import TASK_HINT, WorklistScreen
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.entry.ring_back import RingBack
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.widgets.detail_pane import DetailPane
from commlog_tui.desk.work.new_task import CHOICES, NewTaskScreen
from tests.desk.conftest import Open
from tests.desk.delivery.test_worklist import a_log
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW, REFERENCE, an_entry
from tests.desk.steps import SIZES, at_fault, bar, drawn, rows, toasts, until

HOUR = timedelta(hours=1)
ZOE = {"id": "c-1", "name": "Zoë Quay"}


def with_call(**fields: Any) -> FakeLog:
    known = {"via": "phone", "to": "07700 900123", "source": "manual", "reference": REFERENCE, "code": "HB-1"}
    return FakeLog([an_entry(1, **(known | fields))])


async def settled(pilot: Pilot[None], log: FakeLog) -> None:
    """Wait until the desk has read the open tasks."""
    await rows(pilot)
    await until(pilot, lambda: log.todo.asked)


async def press(pilot: Pilot[None], *keys: str) -> int:
    """Press keys one after the other as a person does, and return how many they were."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    return len(keys)


def lines(pilot: Pilot[None]) -> list[str]:
    return [str(option.prompt) for option in pilot.app.screen.query_one(OptionList).options]


@pytest.mark.parametrize("size", SIZES)
async def test_a_task_to_ring_back_takes_at_most_four_keys(desk: Open, size: tuple[int, int]) -> None:
    log = with_call()
    async with desk(log).run_test(size=size) as pilot:
        await settled(pilot, log)
        keys = await press(pilot, "exclamation_mark", "down", "down", "enter")
        await until(pilot, lambda: log.todo.added)
        assert keys <= 4
        (task,) = log.todo.added
        entry = log.entries[0]
        assert (task.words, task.due_at) == ("Ring back", NOW + timedelta(minutes=30))
        assert (task.entry, task.to, task.reference, task.code) == (entry.id, entry.to, REFERENCE, "HB-1")
        assert isinstance(pilot.app.screen, LogScreen)
        assert any(words.startswith("Task: Ring back, Tue 3 Nov 2026") for words in toasts(pilot))


async def test_the_default_is_accepted_with_enter_and_what_is_typed_takes_its_place(desk: Open) -> None:
    log = with_call()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await press(pilot, "exclamation_mark", "enter")
        await until(pilot, lambda: len(log.todo.added) == 1)
        assert log.todo.added[0].due_at == NOW + HOUR
        await press(pilot, "exclamation_mark", *"tomorrow", "space", "9", "tab", *"Sam", "enter")
        await until(pilot, lambda: len(log.todo.added) == 2)
        assert log.todo.added[1].due_at.isoformat() == "2026-11-04T09:00:00+00:00"
        assert log.todo.added[1].assignee == "Sam"


async def test_what_is_not_understood_is_explained_and_not_saved(desk: Open, outbox: Path) -> None:
    log = with_call()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await press(pilot, "exclamation_mark", *"08:00", "enter")
        assert isinstance(pilot.app.screen, NewTaskScreen)
        echo = pilot.app.screen.query_one("#echo", Label)
        assert "has passed" in str(echo.render())
        assert echo.has_class("fault")
        await press(pilot, "escape")
        assert (log.todo.added, Outbox(outbox).items()) == ([], ())


async def test_the_arrows_go_round_the_usual_times(desk: Open) -> None:
    log = with_call()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await press(pilot, "exclamation_mark")
        field = pilot.app.screen.query_one("#due")
        seen = []
        for _ in CHOICES:
            await press(pilot, "down")
            seen.append(field.value)  # type: ignore[attr-defined] # an Input
        assert seen == [*CHOICES[1:], CHOICES[0]]
        await press(pilot, "up")
        assert field.value == CHOICES[-1]  # type: ignore[attr-defined] # an Input


async def test_without_an_entry_the_task_is_about_nothing(desk: Open) -> None:
    log = FakeLog([])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: log.todo.asked)
        await press(pilot, "exclamation_mark", "enter")
        await until(pilot, lambda: log.todo.added)
        assert log.todo.added[0].entry is None


async def test_an_auditor_is_told_why_not(desk: Open) -> None:
    log = FakeLog([an_entry(1)], role=Role.AUDITOR)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await press(pilot, "exclamation_mark")
        await until(pilot, lambda: toasts(pilot))
        assert toasts(pilot) == ["A task cannot be recorded with your token's role."]


async def test_due_tasks_are_counted_in_the_bar_when_their_time_comes(desk: Open) -> None:
    log = with_call()
    log.todo.put(1, NOW - HOUR)
    log.todo.put(2, NOW + timedelta(seconds=0.2))
    with time_machine.travel(NOW, tick=True):
        async with desk(log).run_test(size=(140, 40)) as pilot:
            await settled(pilot, log)
            await until(pilot, lambda: "2 due, w" in bar(pilot))
            assert log.todo.asked == 1


@pytest.mark.parametrize("signal", ["", "flash", "bell"])
async def test_a_task_that_becomes_due_signals_as_set(desk: Open, signal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log, rung = with_call(), []
    log.todo.put(1, NOW - HOUR)
    app = desk(log, due_signal=signal)
    monkeypatch.setattr(app, "bell", lambda: rung.append(1))
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot, log)
        await until(pilot, lambda: "1 due, w" in bar(pilot))
        log.todo.put(2, NOW - HOUR)
        log.tell(None, "task")
        await until(pilot, lambda: "2 due, w" in bar(pilot))
        assert len(rung) == (signal == "bell")
        due = [one for one in toasts(pilot) if "Due now" in one]
        assert due == (["Due now: Task 2. w shows it."] if signal == "flash" else [])


@pytest.mark.parametrize("size", SIZES)
async def test_due_tasks_lead_the_worklist_and_are_done_in_two_keys(desk: Open, size: tuple[int, int]) -> None:
    log = a_log(2)
    log.todo.put(1, NOW - HOUR, customer=ZOE, to="07700 900123", assignee="Sam", words="Ring back")
    log.todo.put(2, NOW + 3 * HOUR, words="Look for the key")
    async with desk(log).run_test(size=size) as pilot:
        await settled(pilot, log)
        keys = await press(pilot, "w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))
        found = lines(pilot)
        assert found[0].startswith("! due 3 Nov 08:14")
        assert "Ring back  ·  Zoë Quay  ·  07700 900123  ·  for Sam" in found[0]
        assert found[1].startswith("✗")
        assert found[2].startswith("✗")
        assert found[3].startswith("○ due 3 Nov 12:14")
        assert str(pilot.app.screen.query_one(".hint", Label).render()) == TASK_HINT
        assert "For     Sam" in pilot.app.screen.query_one(DetailPane).text
        await until(pilot, lambda: any("Ring back" in line for line in drawn(pilot)))
        keys += await press(pilot, "space")
        await until(pilot, lambda: log.todo.changed)
        assert keys == 2
        assert [(one, change.change.value) for one, change in log.todo.changed] == [(log.todo.found[0].id, "done")]
        await press(pilot, "escape")
        await until(pilot, lambda: "due, w" not in bar(pilot))


async def test_a_task_is_postponed_and_given_to_somebody(desk: Open) -> None:
    log = a_log(1)
    log.todo.put(1, NOW - HOUR)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await press(pilot, "w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))
        await press(pilot, "f")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, *"Noor", "enter")
        await until(pilot, lambda: any("for Noor" in line for line in lines(pilot)))
        await press(pilot, "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await press(pilot, *"tomorrow", "space", "9", "enter")
        await until(pilot, lambda: len(log.todo.changed) == 2)
        await until(pilot, lambda: any(line.startswith("○ due 4 Nov 09:00") for line in lines(pilot)))
        given, postponed = [change for _, change in log.todo.changed]
        assert (given.assignee, postponed.due_at) == ("Noor", datetime.fromisoformat("2026-11-04T09:00:00+00:00"))


async def test_without_an_answer_tasks_are_made_counted_and_done_here(desk: Open, outbox: Path) -> None:
    log = with_call()
    log.todo.put(1, NOW - HOUR)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await until(pilot, lambda: "1 due, w" in bar(pilot))
        log.failing = UnreachableError()
        await press(pilot, "exclamation_mark", *"now", "enter")
        await until(pilot, lambda: "2 due, w" in bar(pilot))
        await press(pilot, "w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))
        assert "Only tasks are shown." in lines(pilot)[-1]
        assert "waits to be sent" not in pilot.app.screen.query_one(DetailPane).text
        await press(pilot, "space", "space")
        await until(pilot, lambda: len(Outbox(outbox).items()) == 3)
        await press(pilot, "escape")
        await until(pilot, lambda: "due, w" not in bar(pilot))
        log.failing = None
        await until(pilot, lambda: len(log.todo.changed) == 2)
        assert not at_fault(pilot)


async def test_the_form_makes_one_with_its_tick(desk: Open) -> None:
    log = with_call()
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await settled(pilot, log)
        await press(pilot, "N")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
        await press(pilot, "p", *"07700900456", "tab", *"Asked", "ctrl+r")
        assert pilot.app.screen.query_one(RingBack).value == "in 30 min"
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: log.todo.added)
        ((key, entry),), (task,) = log.added, log.todo.added
        assert (entry.title, task.entry, task.to) == ("Asked", key, "07700900456")
        assert task.due_at == NOW + timedelta(minutes=30)


async def test_privacy_hides_the_words_of_tasks(desk: Open) -> None:
    log = a_log(1)
    log.todo.put(1, NOW - HOUR, customer=ZOE, to="07700 900123", words="Ring Zoë")
    async with desk(log).run_test(size=(140, 40)) as pilot:
        await settled(pilot, log)
        await press(pilot, "h", "w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))
        assert "Zoë" not in "\n".join(lines(pilot)) + pilot.app.screen.query_one(DetailPane).text
