"""A machine of its own for every test of the command line: folders, settings, no keyring."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.core
import pytest
from typer.testing import CliRunner, Result

from commlog_tui.cli.app import app
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import QUAY, accepted, call, mail

Run = Callable[..., Result]
BOOKING = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("COMMLOG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COMMLOG_CONFIG", str(tmp_path / "config" / "config.toml"))
    monkeypatch.setenv("COMMLOG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    backend = keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call] # keyring's own
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _services_start_warm(request: pytest.FixtureRequest) -> None:
    if "cold_start" not in request.keywords:
        request.getfixturevalue("warm_services")


@pytest.fixture
def run() -> Run:
    """Run a command in this process; its service is a real child."""

    def invoke(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, list(words), input=typed)

    return invoke


@pytest.fixture
def log(data: Path, monkeypatch: pytest.MonkeyPatch) -> list[AppendEntry]:
    """A local log of one location with a few entries; returns them, oldest first."""
    entries = [
        mail(
            sent_at="2026-10-24T22:30:00Z",
            title="Summer time's last evening",
            customer={"id": "c-1", "name": "Zoë Ångström"},
        ),
        mail(sent_at="2026-10-25T23:30:00Z", title="On the long day", reference=BOOKING, code="HB-1", kind="reminder"),
        mail(via="sms", to="+44 7700 900123", sent_at="2026-10-26T00:30:00Z", title="=HYPERLINK(1)", source="template"),
        call(
            to="07700 900456",
            sent_at="2026-10-27T09:00:00Z",
            title="\x1b]52;c;aGk=\x07\u202e\x9b31mhostile",
            body="-1\nsecond",
        ),
    ]

    async def fill() -> None:
        store = SqliteStore.open(data / "log.db")
        try:
            await store.create_location(QUAY)
            for answer in await store.append("quay", "tests", entries):
                accepted(answer)
        finally:
            await store.close()

    asyncio.run(fill())
    monkeypatch.setenv("COMMLOG_MODE", "local")
    return entries
