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


@pytest.fixture
def copy(demo_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "log.db"
    shutil.copy(demo_file, path)
    for key in demo_file.parent.glob(f"{demo_file.stem}*key*"):
        shutil.copy(key, path.with_name(key.name.replace(demo_file.stem, path.stem)))
    return path


async def add(service: EmbeddedService, title: str) -> None:
    client = LogClient(service.base_url, service.token)
    given = {"via": "phone", "title": title, "source": "manual", "sent_at": "2026-11-03T10:00:00Z"}
    await client.add("demo", title, NewEntry.model_validate(given))
    await client.aclose()


async def test_a_log_that_was_put_back_is_told_from_one_that_grew(copy: Path, tmp_path: Path) -> None:
    service = EmbeddedService(copy)
    try:
        assert not await opened(service, tmp_path, alarmed=False)
        await add(service, "Rang about parking")
        assert not await opened(service, tmp_path, alarmed=False)
    finally:
        service.close()
    old = tmp_path / "old.db"
    shutil.copy(copy, old)
    service = EmbeddedService(copy)
    try:
        await add(service, "Rang again")
        assert not await opened(service, tmp_path, alarmed=False)
    finally:
        service.close()
    for end in ("-wal", "-shm"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
    shutil.copy(old, copy)
    service = EmbeddedService(copy)
    try:
        assert "rolled back" in await opened(service, tmp_path, alarmed=True)
    finally:
        service.close()
