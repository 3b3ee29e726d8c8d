"""A desk remembers what the log was, and says so in red when it is that no more."""

import shutil
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import NewEntry
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.page_bar import PageBar
from tests.desk.steps import until
from tests.patience import PATIENCE


async def opened(service: EmbeddedService, folder: Path, *, alarmed: bool) -> str:
    """Open a desk until it has been a witness; return its alarm."""
    target = Target(service.base_url, service.token, None, folder / "outbox", "demo")
    seen = folder / "desk" / "seen-demo.json"
    before = seen.read_bytes() if seen.exists() else b""
    app = DeskApp(lambda: target, Preferences(folder=folder / "desk"))
    async with app.run_test(size=(140, 40)) as pilot:

        def alarm() -> str:
            return "".join(bar.alarm for bar in app.screen.query(PageBar))

        await until(pilot, lambda: alarm() if alarmed else seen.exists() and seen.read_bytes() != before)
        return alarm()


async def add(service: EmbeddedService, title: str) -> None:
    client = LogClient(service.base_url, service.token, timeout=PATIENCE)
    given = {"via": "phone", "title": title, "source": "manual", "sent_at": "2026-11-03T10:00:00Z"}
    await client.add("demo", title, NewEntry.model_validate(given))
    await client.aclose()


@pytest.mark.usefixtures("warm_services")
async def test_a_log_that_was_put_back_is_told_from_one_that_grew(own_demo: Path, tmp_path: Path) -> None:
    service = EmbeddedService(own_demo)
    try:
        assert not await opened(service, tmp_path, alarmed=False)
        await add(service, "Rang about parking")
        assert not await opened(service, tmp_path, alarmed=False)
    finally:
        service.close()
    old = tmp_path / "old.db"
    shutil.copy(own_demo, old)
    service = EmbeddedService(own_demo)
    try:
        await add(service, "Rang again")
        assert not await opened(service, tmp_path, alarmed=False)
    finally:
        service.close()
    for end in ("-wal", "-shm"):
        own_demo.with_name(own_demo.name + end).unlink(missing_ok=True)
    shutil.copy(old, own_demo)
    service = EmbeddedService(own_demo)
    try:
        assert "rolled back" in await opened(service, tmp_path, alarmed=True)
    finally:
        service.close()
