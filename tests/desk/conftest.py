"""Desks on a log in memory."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
import time_machine

from commlog_tui.client import log_client
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.preferences import Preferences
from commlog_tui.desk.target import Target
from tests.desk.fake_log import FakeLog
from tests.desk.samples import NOW


class Open(Protocol):
    """Opens a desk on a log."""

    def __call__(self, log: FakeLog, location: str | None = None, **likes: Any) -> DeskApp: ...


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, outbox: Path, tmp_path: Path) -> Open:
    def open_on(log: FakeLog, location: str | None = None, **likes: Any) -> DeskApp:
        monkeypatch.setattr(log_client, "LogClient", lambda base_url, token: log)
        preferences = Preferences(**{"folder": tmp_path / "desk", **likes})
        return DeskApp(lambda: Target("http://127.0.0.1:1", "token", location, outbox, "demo"), preferences)

    return open_on
