"""Desks on a log in memory."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from commlog_tui.client import log_client
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.target import Target
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW

Open = Callable[[FakeLog], DeskApp]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS"):
        monkeypatch.delenv(name, raising=False)
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, outbox: Path) -> Open:
    def open_on(log: FakeLog, location: str | None = None) -> DeskApp:
        monkeypatch.setattr(log_client, "LogClient", lambda base_url, token: log)
        return DeskApp(lambda: Target("http://127.0.0.1:1", "token", location, outbox, "demo"))

    return open_on
