"""The service as a child of this process: same HTTP, same code, a port and a token of its own.

Imports the standard library only, so that the child can be started before anything else is loaded. The child is told what to do
on its standard input and ends when that closes, so that it never outlives its parent, however the parent ends.
"""

import json
import secrets
import subprocess
import sys
from contextlib import suppress
from getpass import getuser
from pathlib import Path
from threading import Lock
from typing import IO, Final, cast

_END_SECONDS: Final = 4.0


class EmbeddedError(Exception):
    """The service on this machine did not start."""


class EmbeddedService:
    """The log service over one file, for as long as this object is not closed."""

    def __init__(self, database: Path) -> None:
        self._trouble = database.with_suffix(".service.log")
        database.parent.mkdir(parents=True, exist_ok=True)
        self.token = secrets.token_urlsafe(32)
        self._lock = Lock()
        self._port: int | None = None
        with self._trouble.open("wb") as trouble:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "commlog_tui.cli.embedded_service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=trouble,
                start_new_session=True,  # Ctrl+C at the desk is the desk's business
            )
        # Both pipes were asked for, so both are there.
        self._orders, self._answers = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        orders = {"database": str(database), "token": self.token, "name": _user(), "trouble": str(self._trouble)}
        with suppress(BrokenPipeError):  # base_url says what happened
            self._orders.write(json.dumps(orders).encode() + b"\n")
            self._orders.flush()

    @property
    def base_url(self) -> str:
        """Where the service listens; requests may be sent at once, they wait until it is up. Raises ``EmbeddedError``."""
        with self._lock:
            if self._port is None:
                line = self._answers.readline()
                if not line:
                    raise EmbeddedError(f"The log's service did not start; {self._trouble} says why. Nothing was changed.")
                self._port = int(json.loads(line)["port"])
        return f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        """End the service and wait until it is gone."""
        self._orders.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()


def _user() -> str:
    try:
        return getuser()
    except (OSError, KeyError):
        return "this machine"
