"""Two terminal emulators that count cells differently: pyte in this process, and tmux."""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pyte

from tests.patience import PATIENCE

_GLANCE: Final = 0.05
# What pyte would print, or take for something else.
BEYOND_PYTE: Final = re.compile(
    rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[[0-?]*[ -/]+[@-~]|\x1b\[\?u|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)

Lines = list[str]
Text = tuple[str, str]


def has_tmux() -> bool:
    """Whether tmux is here.

    These tests are worth little without it, so they fail where it is missing.
    """
    return shutil.which("tmux") is not None


def _command(texts: Sequence[Text], folder: Path) -> list[str]:
    given = folder / "texts.json"
    given.write_text(json.dumps(texts), encoding="ascii")
    return [sys.executable, "-m", "tests.painting.painted_desk", str(given)]


def _environment(**more: str) -> dict[str, str]:
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("COMMLOG_", "TEXTUAL", "TMUX", "LINES", "COLUMNS"))
    }
    return kept | {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(Path(__file__).parents[2])} | more


def screen_lines(screen: pyte.Screen) -> Lines:
    """Return the lines of a screen, one character a cell: the second cell of a wide one is NUL."""
    cells = screen.buffer
    return ["".join((cells[y][x].data or "\0")[0] for x in range(screen.columns)) for y in range(screen.lines)]


class PyteTerminal:
    """A program as pyte shows it, where every character that it gives no width ends the text it is in."""

    def __init__(self, command: Sequence[str], columns: int, lines: int, **variables: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = _environment(TERM="xterm-256color", **variables)
        self._process = subprocess.Popen(
            command, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def until(self, condition: Callable[[Lines], object]) -> Lines:
        """Return the lines, one character a cell, once they are as expected."""
        deadline = time.monotonic() + PATIENCE
        while not condition(lines := self._lines()):
            assert time.monotonic() < deadline, "\n".join(lines)
            if select.select([self._master], [], [], _GLANCE)[0]:
                self._stream.feed(BEYOND_PYTE.sub(b"", os.read(self._master, 1 << 20)))
        return lines

    def _lines(self) -> Lines:
        return screen_lines(self._screen)

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)


class TmuxTerminal:
    """A program as tmux shows it."""

    def __init__(self, command: Sequence[str], columns: int, lines: int, folder: Path, **variables: str) -> None:
        self._socket = str(folder / "tmux")
        self._folder = folder
        self._environment = _environment(**variables)
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", str(lines), *command)
        self._tmux("set", "-g", "status", "off")

    def type(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def until(self, condition: Callable[[Lines], object]) -> Lines:
        """Return the lines, one character a cell, once they are as expected."""
        deadline = time.monotonic() + PATIENCE
        while not condition(lines := self._lines()):
            assert time.monotonic() < deadline, "\n".join(lines)
            time.sleep(_GLANCE)
        return lines

    def _lines(self) -> Lines:
        lines = self._tmux("capture-pane", "-p").splitlines()
        widths = self._widths({character for line in lines for character in line if not character.isascii()})
        return ["".join(_cells(character, widths.get(character, 1)) for character in line) for line in lines]

    def _widths(self, characters: set[str]) -> dict[str, int]:
        """Return how far tmux moves the cursor for each character."""
        known: dict[str, int] = self.__dict__.setdefault("_known", {})
        if new := sorted(characters - set(known)):
            told = self._folder / "widths.json"
            told.unlink(missing_ok=True)
            self._tmux("new-window", "-d", sys.executable, "-c", _PROBE, json.dumps(new), str(told))
            deadline = time.monotonic() + PATIENCE
            while not told.exists():
                assert time.monotonic() < deadline
                time.sleep(_GLANCE)
            known.update(zip(new, json.loads(told.read_text()), strict=True))
        return known

    def close(self) -> None:
        self._tmux("kill-server")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            [str(shutil.which("tmux")), "-u", "-S", self._socket, *words],
            env=self._environment,
            capture_output=True,
            check=False,
        )
        assert not done.returncode, done.stderr
        return done.stdout.decode()


def _cells(character: str, width: int) -> str:
    return character + "\0" * (width - 1) if width else ""


_PROBE: Final = """
import json, os, re, sys, termios, tty
tty.setraw(0)
widths = []
for character in json.loads(sys.argv[1]):
    os.write(1, f"\\r{character}\\x1b[6n".encode())
    answer = b""
    while not answer.endswith(b"R"):
        answer += os.read(0, 1)
    widths.append(int(re.search(rb";(\\d+)R", answer)[1]) - 1)
with open(sys.argv[2] + ".new", "w") as file:
    json.dump(widths, file)
os.rename(sys.argv[2] + ".new", sys.argv[2])
"""


def open_desk(kind: str, texts: Sequence[Text], size: tuple[int, int], folder: Path) -> "PyteTerminal | TmuxTerminal":
    """Open the desk on entries with these titles and customers."""
    command = _command(texts, folder)
    return PyteTerminal(command, *size) if kind == "pyte" else TmuxTerminal(command, *size, folder)


def open_command(
    kind: str, words: Sequence[str], size: tuple[int, int], folder: Path, **variables: str
) -> "PyteTerminal | TmuxTerminal":
    """Run a command of the command line, and keep what it printed on the screen."""
    run = f"{sys.executable} -m commlog_tui {' '.join(words)} 2>&1; read -r _"
    command = ["sh", "-c", run]
    if kind == "pyte":
        return PyteTerminal(command, size[0], size[1], **variables)
    return TmuxTerminal(command, size[0], size[1], folder, **variables)
