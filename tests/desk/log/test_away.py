"""A desk opened while the service is away writes for the location that it knows from last time."""

from pathlib import Path

from commlog_tui.client.errors import UnreachableError
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.entry.form import EntryForm
from commlog_tui.desk.entry.outbox_screen import OutboxScreen
from commlog_tui.desk.last_location import recall
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from tests.desk.conftest import Open
from tests.desk.fake_log import FakeLog
from tests.desk.samples import an_entry
from tests.desk.steps import notice, rows, table, until

SERVICE = "http://127.0.0.1:1"


def a_desk(desk: Open, log: FakeLog, outbox: Path, folder: Path) -> DeskApp:
    desk(log)
    return DeskApp(lambda: Target(SERVICE, "token", None, outbox, "demo", folder), Preferences(folder=folder))


async def test_it_writes_opens_the_outbox_and_sends_once_the_service_is_back(
    desk: Open, outbox: Path, tmp_path: Path
) -> None:
    log, folder = FakeLog([an_entry(1), an_entry(2)]), tmp_path / "desk"
    async with a_desk(desk, log, outbox, folder).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
    assert (folder / "location.json").stat().st_mode & 0o777 == 0o600
    assert "token" not in (folder / "location.json").read_text(encoding="utf-8")

    log.failing = UnreachableError()
    Outbox(outbox).save(OutboxItem(location="demo", content={"fields": {"title": "Half a"}}, state="draft"))
    async with a_desk(desk, log, outbox, folder).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No answer yet" in notice(pilot))
        await until(pilot, lambda: "Harbour Boats" in str(pilot.app.screen.query_one("#head").render()))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, OutboxScreen))
        await pilot.press("escape", "n")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryForm))
        await pilot.press("p", "tab", *"07700 900123", "tab", *"Rang", "ctrl+s")
        await until(pilot, lambda: any(item.state == "waiting" for item in Outbox(outbox).items()))
        log.failing = None
        await until(pilot, lambda: log.added and table(pilot).entry)


async def test_where_it_never_was_it_waits_for_an_answer(desk: Open, outbox: Path, tmp_path: Path) -> None:
    log = FakeLog([an_entry(1)])
    log.failing = UnreachableError()
    async with a_desk(desk, log, outbox, tmp_path / "desk").run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No answer yet" in notice(pilot))
        await pilot.press("n")
        log.failing = None
        await rows(pilot)


async def test_the_location_of_another_service_or_another_one_is_not_recalled(
    desk: Open, outbox: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "desk"
    async with a_desk(desk, FakeLog([an_entry(1)]), outbox, folder).run_test(size=(80, 24)) as pilot:
        await rows(pilot)
    assert recall(folder, SERVICE, None) == recall(folder, SERVICE, "demo")
    assert recall(folder, SERVICE, "river") is None
    assert recall(folder, "http://127.0.0.1:2", None) is None
    (folder / "location.json").write_text("[]", encoding="utf-8")
    assert recall(folder, SERVICE, None) is None
