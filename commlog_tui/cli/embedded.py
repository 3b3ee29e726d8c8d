"""The service as a child of this process: same HTTP, same code, a port and a token of its own.

Imports the standard library only, so that the child can be started before anything else is loaded.
The child reads what to do from its standard input and ends when that closes, so that it never
outlives its parent, however the parent ends.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO, Final, cast

from commlog_tui.operating_system import own_session, user_name, wait_readable
from commlog_tui.private_files import restrict_database

_START_SECONDS: Final = 120.0
CALL_SECONDS: Final = 60.0
"""How long a command waits for an answer: the machine is busy then, as the end of a child is noticed at once."""
_END_SECONDS: Final = 4.0
_LARGEST_LOG: Final = 1 << 18


class EmbeddedError(Exception):
    """The service on this machine did not start, or has ended; the sentence says why."""

    def __init__(self, words: str, *, damaged: bool = False) -> None:
        super().__init__(words)
        self.damaged = damaged
        """Whether the log's file is not what commlog wrote."""


class EmbeddedService:
    """The log service over one existing file, until this object is closed."""

    def __init__(self, database: Path) -> None:
        """Start the service process."""
        database = database.absolute()
        self._trouble = database.with_suffix(".service.log")
        self.token = os.urandom(32).hex()
        self._lock = Lock()
        self._line = self._last_words = b""
        try:
            restrict_database(database)
            with suppress(FileNotFoundError):
                if self._trouble.stat().st_size > _LARGEST_LOG:
                    self._trouble.unlink()
            # Appended to, as another desk's service may be writing to it.
            trouble = os.open(self._trouble, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                self._process = _start(trouble)
            finally:
                os.close(trouble)
        except OSError as error:
            raise EmbeddedError(
                f"The log's service cannot be started: {error.strerror}. Nothing was changed."
            ) from None
        # Both pipes were asked for, so both are there.
        self._orders, self._answers = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        orders = {
            "database": str(database),
            "token": self.token,
            "name": user_name(),
            "trouble": str(self._trouble),
        }
        with suppress(BrokenPipeError):  # base_url says what happened
            self._orders.write(json.dumps(orders).encode() + b"\n")

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def base_url(self) -> str:
        """Where the service listens; requests may be sent at once, they wait until it is up.

        Raises:
            EmbeddedError: it did not start, or has ended since.
        """
        with self._lock:
            self._has_told_where()
            try:
                port = json.loads(self._line)["port"]
            except (ValueError, KeyError):
                raise EmbeddedError(
                    f"The log's service did not start. {self._trouble} may say why. Nothing was changed."
                ) from None
        self.check()
        return f"http://127.0.0.1:{port}"

    def _has_told_where(self) -> bool:
        if not self._line and wait_readable(self._answers, _START_SECONDS):
            self._line = self._answers.readline()
        return bool(self._line)

    def check(self) -> None:
        """Raise ``EmbeddedError`` if the service has ended by itself."""
        if self._process.poll() is None or self._orders.closed:
            return
        with self._lock:
            self._has_told_where()  # comes before the last words
            self._last_words = self._last_words or self._answers.readline()
        try:
            answer = json.loads(self._last_words)
            words, damaged = str(answer["error"]), bool(answer.get("damaged"))
        except (ValueError, KeyError):
            words, damaged = f"The log's service has ended. {self._trouble} may say why. Start commlog again.", False
        raise EmbeddedError(words, damaged=damaged)

    def close(self) -> None:
        """End the service and wait until it is gone."""
        with suppress(OSError):
            self._orders.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
        with suppress(OSError):
            if not self._trouble.stat().st_size:
                self._trouble.unlink()


def _start(trouble: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        # -P: a folder that happens to hold a json.py must not be what the service is made of.
        [sys.executable, "-P", "-m", "commlog_tui.cli.embedded_service"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=trouble,
        bufsize=0,  # what is waited for is all there is
        **own_session(),  # Ctrl+C at the desk is the desk's business
    )
