"""The desk in a terminal that draws it, cell by cell, and answers as terminals do."""

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
from typing import Any, Final, Self

import pyte

from tests.e2e.terminal import environment
from tests.patience import PATIENCE

# What pyte would print, or take for something else.
_BEYOND_PYTE: Final = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[[0-?]*[ -/]+[@-~]|\x1b\[\?u|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_SYNC: Final = b"\x1b[?2026$p"
FRAME: Final = b"\x1b[?2026l"
"""What ends a frame."""

Cells = dict[tuple[int, int], tuple[object, ...]]


class PaintedTerminal:
    """``commlog`` in a terminal of any size."""

    def __init__(self, home: Path, size: tuple[int, int], **variables: str) -> None:
        self.master, slave = pty.openpty()
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.resize(*size)
        self.attributes = termios.tcgetattr(slave)
        command = [sys.executable, "-m", "commlog_tui"]
        given = environment(home) | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | variables
        self.process = subprocess.Popen(
            command, env=given, cwd=home, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.heard = b""
        self.frames: list[tuple[list[str], Cells]] = []
        """Text and cells after each frame."""
        self._pending = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self.master)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._screen.resize(lines, columns)

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def until(self, condition: Callable[["PaintedTerminal"], Any]) -> None:
        """Go on until a condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self):
            assert time.monotonic() < deadline, "\n".join(self.lines)
            assert self.read() or self.process.poll() is None, self.heard[-2000:]

    def shows(self, text: str) -> None:
        """Go on until a text is on the screen."""
        self.until(lambda terminal: text in "\n".join(terminal.lines))

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "\n".join(self.lines)
            self.read()
        self.read()
        return self.process.returncode

    def read(self) -> bool:
        """Take what was written since; whether anything was, within a glance."""
        if not select.select([self.master], [], [], 0.02)[0]:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self.heard += data
        if _SYNC in self.heard[-len(data) - len(_SYNC) :] and self.heard.count(_SYNC) == 1:
            os.write(self.master, b"\x1b[?2026;2$y")
        *frames, self._pending = (self._pending + data).split(FRAME)
        for frame in frames:
            self._stream.feed(_BEYOND_PYTE.sub(b"", frame))
            self.frames.append((list(self._screen.display), self._cells()))
        if b"\x1b" not in self._pending[-64:]:  # not in the middle of a sequence
            self._stream.feed(_BEYOND_PYTE.sub(b"", self._pending))
            self._pending = b""
        return True

    @property
    def lines(self) -> list[str]:
        """The text of the screen."""
        return list(self._screen.display)

    def lit(self) -> str:
        """Return the line of the table that the cursor is on."""
        grounds = [self._screen.buffer[y][self._screen.columns // 2].bg for y in range(2, self._screen.lines - 2)]
        usual = max(set(grounds), key=grounds.count)
        return "\n".join(self.lines[y] for y, ground in enumerate(grounds, 2) if ground != usual)

    def _cells(self) -> Cells:
        """Return what can be seen of every cell: the colour of a blank one cannot."""
        found: Cells = {}
        for y in range(self._screen.lines):
            for x in range(self._screen.columns):
                cell = self._screen.buffer[y][x]
                ink, ground = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
                found[x, y] = (" ", ground) if cell.data == " " else (cell.data, ink, ground, cell.bold)
        return found
