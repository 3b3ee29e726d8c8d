"""commlog in a real terminal, and as a command, with nothing of this machine's own settings."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import pyte

from tests.painting.emulators import BEYOND_PYTE, screen_lines
from tests.patience import PATIENCE

_GLANCE: Final = 0.02
_ESCAPES: Final = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")
_ROWS, _COLUMNS = 24, 80


def environment(home: Path) -> dict[str, str]:
    """Return the environment of somebody whose home this is."""
    theirs = ("COMMLOG_", "TEXTUAL", "XDG_", "COLUMNS", "LINES")
    fields = {name: text for name, text in os.environ.items() if not name.startswith(theirs)}
    own = {
        "HOME": str(home),
        "COMMLOG_DATA": str(home / "data"),
        "COMMLOG_CONFIG": str(home / "config.toml"),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }
    return fields | own | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def commlog(home: Path, *arguments: str, umask: int = -1) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "commlog_tui", *arguments]
    return subprocess.run(
        command,
        env=environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        umask=umask,
    )


class Terminal:
    """``commlog``, with nothing after it unless ``arguments`` are given, in a terminal of 80 by 24."""

    def __init__(
        self, home: Path, *arguments: str, umask: int = -1, errors: IO[str] | None = None, **variables: str
    ) -> None:
        command = [sys.executable, "-m", "commlog_tui", *arguments]
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            command,
            env=environment(home) | variables,
            cwd=home,
            stdin=slave,
            stdout=slave,
            stderr=errors or slave,
            start_new_session=True,
            umask=umask,
        )
        os.close(slave)
        self._raw = b""
        self._screen = pyte.Screen(_COLUMNS, _ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._seen: set[str] = set()
        """The lines of the screen when something was last seen."""
        self.heard = b""
        """Every byte that arrived, escape sequences and all."""

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self._process.pid

    def __enter__(self) -> Self:
        """Return the terminal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what still runs."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        if self._master >= 0:
            os.close(self._master)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def see(self, words: str) -> None:
        """Wait until the words have been shown; what came before them is forgotten."""
        deadline = time.monotonic() + PATIENCE
        while (shown := self._shown()).find(words) < 0 and not any(words in line for line in self._new_lines()):
            assert self._read(deadline), f"{words!r} was not shown, but:\n{shown[-3000:]}"
        self._raw, self._seen = b"", set(screen_lines(self._screen))

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something has come true, and let the program go on writing meanwhile."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"it did not come true; shown was:\n{self._shown()[-3000:]}"
            self._read(time.monotonic() + _GLANCE)

    def end(self) -> int:
        """Wait until the program has ended and return its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self._process.wait(PATIENCE)

    def hang_up(self) -> None:
        """Take the terminal away without SIGHUP: the program is in a session without one."""
        os.close(self._master)
        self._master = -1

    def wait(self) -> int:
        """Wait for the end of a program whose terminal is gone, and return its exit code."""
        return self._process.wait(PATIENCE)

    def _new_lines(self) -> list[str]:
        """Lines of the screen: a word that is typed may arrive letter by letter, with other cells between."""
        return [line for line in screen_lines(self._screen) if line not in self._seen]

    def _shown(self) -> str:
        return _ESCAPES.sub("", self._raw.decode(errors="replace"))

    def _read(self, deadline: float) -> bool:
        if not select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        try:
            chunk = os.read(self._master, 65_536)
        except OSError:  # Linux says so when nobody is left at the other end
            chunk = b""
        self._raw += chunk
        self.heard += chunk
        self._stream.feed(BEYOND_PYTE.sub(b"", chunk))
        return bool(chunk)
