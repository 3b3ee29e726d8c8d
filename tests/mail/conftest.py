"""A real service on a socket of its own, which tests stop and start."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.entry import Entry, EntryDetail
from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.contract.query import EntryQuery
from commlog_tui.service.tokens import digest_of, new_secret
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import SqliteStore
from tests.mail.smtp_client import Journal, running

_LOCATIONS = 60
"""More than a module has tests."""


class Service:
    """``commlog serve`` as a child process, always on the same port, with a location for each test."""

    def __init__(self, folder: Path) -> None:
        self.sender, self.desk = new_secret(), new_secret()
        self._database = folder / "log.db"
        self._log = folder / "service.log"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._next = iter(range(_LOCATIONS))
        self.location = ""
        asyncio.run(self._make())

    async def _make(self) -> None:
        store = SqliteStore.open(self._database)
        for number in range(_LOCATIONS):
            await store.create_location(NewLocation(id=f"quay-{number}", name="Quay", zone="Europe/London"))
        for name, role, secret in (("1", Role.SENDER, self.sender), ("2", Role.MANAGER, self.desk)):
            record = TokenRecord(name, role.value, role, None, datetime.now(UTC))
            await store.create_token(record, digest_of(secret))
        await store.close()

    def next_location(self) -> None:
        """Go on to a location without entries."""
        self.location = f"quay-{next(self._next)}"

    def start(self) -> None:
        if self._process is not None:
            return
        command = [sys.executable, "-m", "commlog_tui", "serve", "--database", str(self._database)]
        with self._log.open("w", encoding="utf-8") as log:  # a pipe that nobody reads would fill up
            self._process = subprocess.Popen([*command, "--port", str(self._port)], stderr=log, env=clean_environment())
        while "Serving" not in self._log.read_text(encoding="utf-8"):
            assert self._process.poll() is None, self._log.read_text(encoding="utf-8")
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    def details(self) -> dict[str, EntryDetail]:
        """Return the entries with their history, by recipient."""

        async def read() -> dict[str, EntryDetail]:
            client = LogClient(self.address, self.desk)
            try:
                return {
                    entry.to: await client.detail(self.location, entry.id)
                    for entry in (await client.page(self.location, EntryQuery())).entries
                }
            finally:
                await client.aclose()

        return asyncio.run(read())

    def entries(self) -> list[Entry]:
        """Return the entries, newest first."""

        async def read() -> list[Entry]:
            client = LogClient(self.address, self.desk)
            try:
                return list((await client.page(self.location, EntryQuery(), limit=200)).entries)
            finally:
                await client.aclose()

        return asyncio.run(read())


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("COMMLOG_")}


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("service"))
    yield service
    service.stop()


@pytest.fixture
def service(shared_service: Service) -> Service:
    shared_service.next_location()
    shared_service.start()
    return shared_service


@pytest.fixture
def environment(tmp_path: Path, service: Service) -> dict[str, str]:
    """The environment of a command that records to the service with the token of a sender."""
    own = {
        "COMMLOG_CONFIG": str(tmp_path / "config.toml"),
        "COMMLOG_DATA": str(tmp_path / "data"),
        "COMMLOG_SERVICE": service.address,
        "COMMLOG_LOCATION": service.location,
        "COMMLOG_TOKEN": service.sender,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    return clean_environment() | own


@pytest.fixture
def journal(environment: dict[str, str]) -> Iterator[Journal]:
    with running(environment) as one:
        yield one
