"""The terminal before the desk is loaded: keys wait in order, and a first frame can be painted.

Imports the standard library only, and little of it: it runs before anything else.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from commlog_tui.operating_system import set_attributes, set_raw

if TYPE_CHECKING:
    from commlog_tui.cli.early_keys import EarlyKeys

_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h"
"""Alternate screen, no cursor, no line wrap, and pasted text in brackets: it must not become keys."""
_LEAVE: Final = "\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h"


def in_terminal() -> bool:
    """Whether input, output and the errors' output, which is what Textual writes to, are a terminal."""
    return all(map(os.isatty, (0, 1, 2))) and os.environ.get("TERM") not in {"dumb", "unknown"}


def size() -> tuple[int, int]:
    """Return columns and lines as Textual finds them: as the environment says, else the terminal."""
    given = [text if (text := os.environ.get(name, "")).isdecimal() else "0" for name in ("COLUMNS", "LINES")]
    return int(given[0]) or os.get_terminal_size(2)[0], int(given[1]) or os.get_terminal_size(2)[1]


class RawTerminal:
    """The terminal in raw mode, until the desk takes it over or it is given back.

    Ctrl+C interrupts the program until the desk takes it; Ctrl+Z and Ctrl+backslash are keys.
    """

    def __init__(self) -> None:
        self._was_found = False
        self.attributes: list[Any] | None = None
        """The terminal's attributes as they were; None where there are none to set."""
        self.is_painted = False
        """Whether the alternate screen shows a frame that nobody has taken over yet."""
        self._keys: EarlyKeys | None = None
        with suppress(OSError):
            self.attributes = set_raw(0)
            self._was_found = True

    def paint(self, draw: Callable[[int, int], str], least: tuple[int, int]) -> None:
        """Show what is drawn for columns and lines on the alternate screen, unless the terminal has less."""
        with suppress(OSError):  # a terminal that is gone, as the desk finds out, too
            columns, lines = size()
            if self.attributes is None or columns < least[0] or lines < least[1]:
                return
            text = draw(columns, lines)
            sys.stderr.flush()
            enter = "" if self.is_painted else _ENTER
            data = memoryview(f"{enter}\x1b[?2026h{text}\x1b[?2026l".encode())
            self.is_painted = True
            while data:
                data = data[os.write(2, data) :]

    def move_by_keys(self, rows: int, draw: Callable[[int], object]) -> None:
        """Let keys move on the painted rows until ``row`` is asked for."""
        from commlog_tui.cli.early_keys import EarlyKeys

        self._keys = EarlyKeys(0, rows, draw)

    @property
    def row(self) -> int:
        """The row that keys have moved to. From now on they wait for the desk."""
        if self._keys is None:
            return 0
        self._keys.end()
        return self._keys.row

    def typed(self) -> bytes:
        """Return what was typed first of what is still to act, and was read already."""
        keys, self._keys = self._keys, None
        return keys.typed if keys is not None else b""

    def is_gone(self) -> bool:
        """Whether the terminal was closed: nobody sees anything any more."""
        return self._was_found and not os.isatty(0)

    def take_over(self) -> bool:
        """Return whether the alternate screen shows a frame; whoever asks leaves the screen from now on."""
        was_painted, self.is_painted = self.is_painted, False
        return was_painted

    def give_back(self) -> None:
        """Leave the alternate screen, unless it was taken over, and restore the attributes."""
        if self._keys is not None:
            self._keys.end()
        if self.take_over():
            with suppress(OSError):
                os.write(2, _LEAVE.encode())
        if self.attributes is not None:
            set_attributes(0, self.attributes)
            self.attributes = None
