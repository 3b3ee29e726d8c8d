"""Hiding guests' data, witnessing the log, and leaving with something unsent."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk import privacy
from commlog_tui.desk.choosers.leave import LeaveScreen
from commlog_tui.desk.faults import ENDED
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.request_log import FILE, keep_log
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry, an_id
from tests.desk.steps import at_fault, bar, drawn, rows, table, until


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(drawn(pilot))


async def test_a_key_hides_who_it_is_and_shows_it_again(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1), an_entry(2)])).run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await until(pilot, lambda: "Zoë Quay" in shown(pilot))
        await pilot.press("h")
        await until(pilot, lambda: "Zoë" not in shown(pilot) and "900123" not in shown(pilot))
        assert "h shows them" in bar(pilot)
        await pilot.press("c")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2 and table(pilot).entry)
        assert "Zoë" not in shown(pilot)
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard == "07700 900123")
        await pilot.press("q", "h")
        await until(pilot, lambda: "Zoë Quay" in shown(pilot))


async def test_a_fault_of_the_desk_is_noted_without_what_it_was_about(
    desk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("about Zoë")

    log = FakeLog([an_entry(1)])
    monkeypatch.setattr(log, "page", broken)
    keep_log(tmp_path)
    async with desk(log).run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: at_fault(pilot))
        written = (tmp_path / FILE).read_text(encoding="utf-8")
    assert re.search(r'event=fault error=RuntimeError where="test_privacy.py:\d+ < pages.py:\d+', written)
    assert "Zoë" not in written


async def test_a_fault_that_ends_the_desk_is_a_sentence_and_shows_nobody(
    desk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: LogScreen) -> None:
        guest = "Zoë"
        raise RuntimeError(guest)

    monkeypatch.setattr(LogScreen, "show_help", broken)
    app = desk(FakeLog([an_entry(1)]))

    async def meet_it() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await rows(pilot)
            keep_log(tmp_path)
            await pilot.press("question_mark")
            await until(pilot, lambda: app.return_code == 1)

    with pytest.raises(RuntimeError, match="Zoë"):  # to tests alone, Textual gives the error itself
        await meet_it()
    assert " ".join(capsys.readouterr().err.split()) == ENDED
    assert "event=fault error=RuntimeError" in (tmp_path / FILE).read_text(encoding="utf-8")


async def test_the_screen_hides_by_itself_when_nobody_is_there(desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    now, timers = 1000.0, list[tuple[float, Callable[[], None]]]()
    monkeypatch.setattr(privacy, "monotonic", lambda: now)
    app = desk(FakeLog([an_entry(1)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        app.hide_after = 1
        monkeypatch.setattr(app, "set_timer", lambda delay, callback: timers.append((delay, callback)))
        app.watch_idleness()
        now += 40
        await pilot.press("j")
        now += 20
        ((delay, look),) = timers
        assert delay == 60
        look()
        assert timers[-1][0] == 40, "a key was pressed 20 seconds ago"
        assert "Zoë" in shown(pilot)
        now += 40
        timers[-1][1]()
        await until(pilot, lambda: "Zoë" not in shown(pilot))
        assert timers[-1][0] == 60
        await pilot.press("h")
        await until(pilot, lambda: "Zoë" in shown(pilot))
        now += 60
        timers[-1][1]()
        await until(pilot, lambda: "Zoë" not in shown(pilot))


async def test_leaving_with_something_unsent_asks(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(1)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        log.cut(UnreachableError())
        content: dict[str, Any] = {
            "via": "phone",
            "title": "Rang",
            "source": "manual",
            "sent_at": "2026-11-03T09:00:00Z",
        }
        Outbox(outbox).save(OutboxItem(location="demo", content=content))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeaveScreen))
        assert "1 item is not in the log yet" in shown(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LeaveScreen))
        assert pilot.app.is_running
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(pilot.app.screen, LeaveScreen))
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app._exit)


async def test_leaving_with_nothing_unsent_asks_nothing(desk: Open) -> None:
    async with desk(FakeLog([an_entry(1)])).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: pilot.app._exit)


async def test_what_was_kept_about_a_redacted_entry_goes(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(1, source="manual")])
    stored = OutboxItem(
        location="demo", action="correction", entry_id=an_id(1), content={"fields": {"title": "Zoë"}}, state="draft"
    )
    Outbox(outbox).save(stored)
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        log.entries = [an_entry(1, source="manual", title="Redacted", redacted=True)]
        log.tell(log.entries[0], "redaction")
        await until(pilot, lambda: not Outbox(outbox).items())


async def test_the_palette_holds_still_and_its_way_out_asks_as_the_key_does(desk: Open, outbox: Path) -> None:
    log = FakeLog([an_entry(1)])
    async with desk(log).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        commands = {command.title: command for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert not {"Keys", "Maximize", "Screenshot"} & commands.keys()
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input) and not pilot.app.focused.cursor_blink)
        await pilot.press("escape")
        log.cut(UnreachableError())
        content: dict[str, Any] = {
            "via": "phone",
            "title": "Rang",
            "source": "manual",
            "sent_at": "2026-11-03T09:00:00Z",
        }
        Outbox(outbox).save(OutboxItem(location="demo", content=content))
        await commands["Quit"].callback()
        await until(pilot, lambda: isinstance(pilot.app.screen, LeaveScreen))
