"""From one log to another.

What waits is said, the old connection is let go of, the way back is open.
"""

import asyncio
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static
from typing_extensions import override

from commlog_tui.client import log_client
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.choosers.profile import ProfileChooser
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Profile, Target, TargetError
from commlog_tui.desk.widgets.log_table import LogTable
from commlog_tui.text.first_page import FirstPage, first_page
from tests.desk.fake_log import HARBOUR, RIVER, FakeLog
from tests.desk.samples import a_page, an_entry, printed
from tests.desk.steps import drawn, notice, rows, table, toasts, until
from tests.patience import PATIENCE


class ClosingLog(FakeLog):
    """A log that says when it was let go of."""

    _closed = False

    @override
    async def aclose(self) -> None:
        self._closed = True

    def is_closed(self) -> bool:
        return self._closed


@pytest.fixture
def logs() -> dict[str, ClosingLog]:
    return {
        "here": ClosingLog([an_entry(1)], locations=(HARBOUR, RIVER)),
        "there": ClosingLog([an_entry(2)]),
    }


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, logs: dict[str, ClosingLog]) -> DeskApp:
    monkeypatch.setattr(log_client, "LogClient", lambda base_url, token: logs[token])

    def here() -> Target:
        return Target(
            "http://127.0.0.1:1", "here", "demo", tmp_path / "outbox" / "here", "here", tmp_path / "desk" / "here"
        )

    def there() -> Target:
        return Target(
            "http://127.0.0.1:2", "there", "demo", tmp_path / "outbox" / "there", "there", tmp_path / "desk" / "there"
        )

    def nowhere() -> Target:
        raise TargetError("There is no log yet. [/red]\x1b[2J")

    profiles = (
        Profile("as started", "demo", here),
        Profile("there", "[/x]\x1b", there),
        Profile("nowhere", "", nowhere),
    )
    return DeskApp(here, Preferences(folder=tmp_path / "desk" / "here"), profiles)


async def choose(pilot: Pilot[None], row: int) -> None:
    await pilot.press("P")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProfileChooser) and pilot.app.screen.query(OptionList))
    await pilot.press(*["j"] * row, "enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, ProfileChooser))


async def test_another_profile_is_opened_in_the_place_of_the_first(
    app: DeskApp, logs: dict[str, ClosingLog], tmp_path: Path
) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await rows(pilot)
        await pilot.press("c")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await choose(pilot, 1)
        await until(pilot, lambda: table(pilot).entry == an_entry(2))
        assert logs["here"].is_closed()
        assert not logs["there"].is_closed()
        assert len(app.screen_stack) == 1
        assert app.preferences.folder == tmp_path / "desk" / "there"
        await choose(pilot, 0)
        await until(pilot, lambda: table(pilot).entry == an_entry(1))
        assert logs["there"].is_closed()
        await pilot.press("n")
        assert toasts(pilot) == []


class SlowFirstRows:
    """Sees the rows of a log only when nobody looks at that log any more."""

    def __init__(self) -> None:
        self.released = Event()

    def page(self, seconds: float | None = None) -> FirstPage | None:
        self.released.wait(PATIENCE)
        return first_page(printed(a_page([an_entry(9, title="another log's")])))


async def test_rows_of_the_log_one_has_left_are_not_shown_in_the_next(app: DeskApp) -> None:
    first_rows = app.supervisor.first_rows = SlowFirstRows()
    async with app.run_test() as pilot:
        await rows(pilot)
        (looking,) = [worker for worker in app.workers if worker.group == "first rows"]
        await choose(pilot, 1)
        await until(pilot, lambda: table(pilot).entry == an_entry(2))
        assert looking.is_cancelled
        first_rows.released.set()


async def test_escape_stays_where_one_is(app: DeskApp, logs: dict[str, ClosingLog]) -> None:
    async with app.run_test() as pilot:
        await rows(pilot)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProfileChooser))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ProfileChooser))
        assert table(pilot).entry == an_entry(1)
        assert not logs["here"].is_closed()


async def test_a_profile_that_cannot_be_opened_says_why_and_leaves_the_way_back(app: DeskApp) -> None:
    async with app.run_test() as pilot:
        await rows(pilot)
        await choose(pilot, 2)
        await until(pilot, lambda: "There is no log yet." in notice(pilot))
        assert not [line for line in drawn(pilot) if "\x1b" in line]
        await choose(pilot, 0)
        await until(pilot, lambda: table(pilot).entry == an_entry(1))


async def test_the_token_s_other_locations_are_offered(app: DeskApp) -> None:
    async with app.run_test() as pilot:
        await rows(pilot)
        await choose(pilot, 3)
        await until(pilot, lambda: "River Boats" in str(pilot.app.screen.query_one("#head", Static).render()))


async def test_what_is_kept_here_is_said_before_one_goes(app: DeskApp, tmp_path: Path) -> None:
    content = {"via": "phone", "title": "Rang", "source": "manual", "sent_at": "2026-11-03T10:00:00Z"}
    outbox = Outbox(tmp_path / "outbox" / "here")
    await asyncio.to_thread(outbox.save, OutboxItem(location="demo", content=content, state="draft"))
    async with app.run_test(size=(80, 24)) as pilot:
        await rows(pilot)
        await pilot.press("P")
        await until(pilot, lambda: any("1 item is kept in this log's outbox" in line for line in drawn(pilot)))
        assert not pilot.app.screen.query(LogTable)
    assert len(outbox.items()) == 1
