"""A program on a pseudo terminal, and what it has painted at every moment.

What is written is kept with the time it came, and read by the emulator afterwards, so that reading
costs the program nothing.
"""

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import pyte

from tests.painting.emulators import screen_lines

COLUMNS: Final = 140
LINES: Final = 40
Seen = TypeVar("Seen")

_STRING: Final = rb"\x1b[PX^_].*?\x1b\\|\x1b\].*?(?:\x07|\x1b\\)"
_SEQUENCE: Final = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|" + _STRING + rb"|\x1b[ -/]*[0-OQ-WYZ\\`-~]", re.DOTALL)
# What the emulator would print, or take for something else.
_BEYOND_PYTE: Final = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[[0-?]*[ -/]+[@-~]|\x1b\[\?u|\x1b\[[0-9;]*t|" + _STRING, re.DOTALL
)
_QUESTIONS: Final[Sequence[tuple[re.Pattern[bytes], bytes]]] = (
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),  # synchronized output: known, off
    (re.compile(rb"\x1b\[\?(?!2026)(\d+)\$p"), b"\x1b[?%s;0$y"),
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[>0?c"), b"\x1b[>41;354;0c"),
    (re.compile(rb"\x1b\[5n"), b"\x1b[0n"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\](1[01]);\?(?:\x07|\x1b\\)"), b"\x1b]%s;rgb:1e1e/1e1e/1e1e\x1b\\"),
    (re.compile(rb"\x1b\[18t"), b"\x1b[8;%d;%dt" % (LINES, COLUMNS)),
)
_LONGEST_SEQUENCE: Final = 256
_ENDING_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Chunk:
    """What came at once, and when."""

    at: float
    data: bytes


class DrawnScreen:
    """What a terminal shows after the chunks fed to it."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """Take what was written next."""
        data, self._tail = self._tail + data, b""
        last = data.rfind(b"\x1b")
        if last >= 0 and len(data) - last < _LONGEST_SEQUENCE and not _SEQUENCE.match(data, last):
            data, self._tail = data[:last], data[last:]
        self._stream.feed(_BEYOND_PYTE.sub(b"", data))

    @property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return screen_lines(self._screen)

    def shows(self, *texts: str) -> bool:
        """Whether each text is somewhere on the screen."""
        whole = "\n".join(self.lines)
        return all(text in whole for text in texts)

    def lit(self, x: int) -> list[str]:
        """Return the lines that stand out by their background in a column."""
        grounds = [(cell.bg, cell.reverse) for cell in (self._screen.buffer[y][x] for y in range(LINES))]
        usual = max(set(grounds), key=grounds.count)
        return [line for line, ground in zip(self.lines, grounds, strict=True) if ground != usual]


class Program:
    """A process on a terminal of its own; times are in seconds since it was started."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        fields = {name: os.environ[name] for name in ("PATH", "HOME", "TZ", "USER") if name in os.environ}
        fields |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **(environment or {})}
        self.chunks: list[Chunk] = []
        self.ended = False
        self._tail = b""
        self._plain = b""
        master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        sys.stdout.flush()
        self._master, self._began = master, time.perf_counter()
        self.pid = os.fork()
        if not self.pid:
            try:
                os.close(master)
                os.login_tty(slave)
                os.execvpe(argv[0], list(argv), fields)  # noqa: S606 - a list of our own
            finally:
                os._exit(127)
        os.close(slave)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    def send(self, keys: bytes) -> float:
        """Press keys; return when."""
        at = self.now
        os.write(self._master, keys)
        return at

    def read(self, seconds: float) -> bytes:
        """Return what comes next within so many seconds, if anything does."""
        if self.ended or not select.select([self._master], [], [], max(seconds, 0))[0]:
            return b""
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return b""
        self.chunks.append(Chunk(self.now, data))
        self._answer(data)
        return data

    def wait_for(self, text: str, seconds: float = 30.0) -> None:
        """Read until a text was written in one piece.

        Raises ``TimeoutError`` with what is on the screen.
        """
        wanted, end = text.encode(), self.now + seconds
        while wanted not in self._plain:
            if self.ended or self.now > end:
                why = "it has ended" if self.ended else f"not within {seconds:g} s"
                raise TimeoutError(f"{text!r} does not appear, {why}:\n" + "\n".join(self.screen().lines))
            self._see(self.read(end - self.now))

    def forget(self) -> None:
        """Let ``wait_for`` look only at what comes from now on."""
        self._plain = b""

    def settle(self, quiet: float = 0.3, most: float = 10.0) -> None:
        """Read until nothing came for a while."""
        end = self.now + most
        while self.now < end and (data := self.read(quiet)):
            self._see(data)

    def screen(self, until: float | None = None) -> DrawnScreen:
        """Return what is shown, now or then."""
        screen = DrawnScreen()
        for chunk in self.chunks:
            if until is None or chunk.at <= until:
                screen.feed(chunk.data)
        return screen

    def timeline(self, read: Callable[[DrawnScreen], Seen], after: float = 0.0) -> Iterator[tuple[float, Seen]]:
        """Give what can be read on the screen after each chunk that came after a moment."""
        screen = DrawnScreen()
        for chunk in self.chunks:
            screen.feed(chunk.data)
            if chunk.at >= after:
                yield chunk.at, read(screen)

    def when(self, condition: Callable[[DrawnScreen], bool], after: float = 0.0) -> float | None:
        """Return when a condition first held after a moment."""
        return next((at for at, holds in self.timeline(condition, after) if holds), None)

    def written(self, since: float = 0.0) -> int:
        """Return how many bytes were written since a moment."""
        return sum(len(chunk.data) for chunk in self.chunks if chunk.at >= since)

    def close(self) -> None:
        """End the process and wait for it."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                break
            end = self.now + _ENDING_SECONDS
            while self.now < end:
                self.read(0.01)
                if self.ended:
                    time.sleep(0.005)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self._master)
                    return
        os.close(self._master)

    def _see(self, data: bytes) -> None:
        self._plain = _SEQUENCE.sub(b"", self._plain[-4096:] + data)

    def _answer(self, data: bytes) -> None:
        asked = self._tail + data
        end = 0
        for question, answer in _QUESTIONS:
            for found in question.finditer(asked):
                os.write(self._master, answer % found.groups() if found.groups() else answer)
                end = max(end, found.end())
        self._tail = asked[max(end, len(asked) - 32) :]
