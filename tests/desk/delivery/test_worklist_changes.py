"""The worklist changes by time alone, is drawn only where it changed, and sends again."""

from typing import Any

import pytest
from textual.widgets import OptionList

from commlog_tui.client.errors import UnreachableError
from commlog_tui.contract.worklist import Worklist
from commlog_tui.desk.delivery import worklist as worklist_module
from commlog_tui.desk.delivery.worklist import HINT, WorklistScreen
from commlog_tui.desk.work.resend_form import ResendForm
from tests.desk.conftest import Open
from tests.desk.delivery.test_worklist import a_log, an_item, hint, opened, screen, title
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW
from tests.desk.steps import SIZES, drawn, until


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_LATE_SECONDS", 0), ("_RETRY_SECONDS", 0), ("_LEAST_WAIT", 0.01)):
        monkeypatch.setattr(worklist_module, name, seconds)  # these tests stop the clock


@pytest.mark.usefixtures("impatient")
async def test_what_becomes_overdue_by_time_alone_appears_without_a_record(desk: Open) -> None:
    log = a_log(1)
    late = {"expected": "reminder", "due_at": NOW, "code": "HB-1", "reason": "nothing was sent", "advice": "Send it."}
    log.work = Worklist.model_validate({"items": [an_item(1)], "next": None, "changes_in": 0})
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        log.work = Worklist.model_validate({"items": [an_item(1)], "next": None, "overdue": [late]})
        await until(pilot, lambda: "2 to do" in title(pilot))


@pytest.mark.usefixtures("impatient")
async def test_a_list_that_cannot_be_renewed_says_so_until_it_can(desk: Open) -> None:
    log = a_log(1)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        log.failing = UnreachableError()
        screen(pilot).reload()
        await until(pilot, lambda: "as it was" in hint(pilot))
        log.failing = None
        await until(pilot, lambda: hint(pilot) == HINT)


@pytest.mark.usefixtures("impatient")
async def test_a_list_that_is_as_it_was_is_not_drawn_again(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    log = a_log(1)
    log.work = Worklist.model_validate({"items": [an_item(1)], "next": None, "changes_in": 0})
    asked, drawn_again = 0, 0
    load, set_options = FakeLog.worklist, OptionList.set_options

    async def counted(self: FakeLog, *args: Any, **more: Any) -> Worklist:
        nonlocal asked
        asked += 1
        return await load(self, *args, **more)

    def noted(self: OptionList, *args: Any) -> OptionList:
        nonlocal drawn_again
        drawn_again += 1
        return set_options(self, *args)

    monkeypatch.setattr(FakeLog, "worklist", counted)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        monkeypatch.setattr(OptionList, "set_options", noted)
        await until(pilot, lambda: asked > 3)
        assert drawn_again == 0


@pytest.mark.parametrize("size", SIZES)
async def test_the_message_one_is_on_is_sent_again_from_the_list(desk: Open, size: tuple[int, int]) -> None:
    log = a_log(2)
    async with desk(log).run_test(size=size) as pilot:
        await opened(pilot)
        assert any("A: send again" in line for line in drawn(pilot))
        await pilot.press("down", "A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ResendForm))
        await pilot.press(*"bo@example.com", "enter")
        await until(pilot, lambda: log.again.sent)
        assert [(entry, one.to) for entry, one in log.again.sent] == [(log.entries[1].id, "bo@example.com")]
        await until(pilot, lambda: isinstance(pilot.app.screen, WorklistScreen))
        await until(pilot, lambda: "bo@example.com" in hint(pilot))


async def test_what_is_no_message_cannot_be_sent_again(desk: Open) -> None:
    log = a_log(1)
    late = {"expected": "reminder", "due_at": NOW, "code": "HB-1", "reason": "nothing was sent", "advice": "Send it."}
    log.work = Worklist.model_validate({"items": [], "next": None, "overdue": [late]})
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("A")
        await until(pilot, lambda: hint(pilot) == "This is no message that could be sent again.")
