"""``commlog serve`` as a process of its own on a port that stays, to be killed and started again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from commlog_tui.client.errors import ClientError
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.service.tokens import digest_of
from commlog_tui.store.opening import StoreUrl, open_store
from commlog_tui.store.protocol import TokenRecord
from commlog_tui.store.sqlite.store import utc_now
from tests.client.raw_server import unused_port
from tests.e2e.terminal import environment
from tests.patience import PATIENCE

TOKEN: Final = "prover"


class RunningService:
    """A service over a new log with one location, ``quay``, and one token that may do anything."""

    def __init__(
        self, home: Path, database: StoreUrl, *options: str, program: Sequence[str] = ("-m", "commlog_tui")
    ) -> None:
        """Serve a file or a URL, with further options, by a program that takes our command line."""
        self.database = database
        self.port = unused_port()
        self._home = home
        self._options = options
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens while it runs."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process; an error if it does not run."""
        assert self._process is not None
        return self._process.pid

    def client(self, *, url: str = "", timeout: float = 10.0, token: str = TOKEN) -> LogClient:
        """Return a client of the service, or of what stands before it."""
        return LogClient(url or self.url, token, timeout=timeout)

    async def furnish(self) -> None:
        """Make the log."""
        store = open_store(self.database)
        await store.create_location(NewLocation(id="quay", name="The Quay", zone="Europe/London"))
        await store.create_token(TokenRecord("1", TOKEN, Role.ADMIN, None, utc_now()), digest_of(TOKEN))
        await store.close()

    def start(self) -> None:
        """Start the process; whether it is up, a request finds out."""
        command = [
            sys.executable,
            *self._program,
            "serve",
            "--database",
            str(self.database),
            "--port",
            str(self.port),
        ]
        command += ["--reads", "0", "--writes", "0", *self._options]  # one token stands for many at once here
        with (self._home / "service.log").open("ab") as words:
            shared = {
                name: text for name, text in os.environ.items() if name == "XDG_DATA_HOME"
            }  # keys of a server's log
            settings = environment(self._home) | shared
            self._process = subprocess.Popen(command, env=settings, stderr=words, stdout=words)

    async def ready(self, token: str = TOKEN) -> None:
        """Wait until it answers."""
        client = self.client(timeout=1.0, token=token)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    assert self._process is None or self._process.poll() is None, (
                        self._home / "service.log"
                    ).read_text()[-2000:]
                    try:
                        await client.me()
                    except ClientError:
                        await asyncio.sleep(0.02)
                    else:
                        return
        finally:
            await client.aclose()

    @property
    def process(self) -> int:
        """The id of the process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End the process as the kernel ends one (SIGKILL): nothing of it is done after this."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def __aenter__(self) -> Self:
        """Make the log and start."""
        await self.furnish()
        self.start()
        await self.ready()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no process behind."""
        self.kill()
