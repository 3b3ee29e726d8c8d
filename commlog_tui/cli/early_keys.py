"""Moves on the painted rows by the keys that are typed while the desk is being loaded."""

import os
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Final

from commlog_tui.operating_system import wait_any

_STEPS: Final = {b"j": 1, b"\x1b[B": 1, b"\x1bOB": 1, b"k": -1, b"\x1b[A": -1, b"\x1bOA": -1}
_MOST_BYTES: Final = 4096
_END_SECONDS: Final = 1.0
"""A signal that ends the program while something is loaded may leave the thread waiting for that."""


class EarlyKeys:
    """Reads keys of the terminal in a thread of its own, up to the first one that does anything else."""

    def __init__(self, terminal: int, rows: int, draw: Callable[[int], object]) -> None:
        """Begin on the first of so many rows; ``draw`` is called with each row that keys lead to."""
        self.row = 0
        self.typed = b""
        """What was read and did not act: it comes before what the terminal has still."""
        self._terminal, self._rows, self._draw = terminal, rows, draw
        self._woken, self._wake = os.pipe()
        self._thread = Thread(target=self._read, name="early keys", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Read no more keys."""
        if self._wake >= 0:
            os.write(self._wake, b"\0")
            self._thread.join(_END_SECONDS)
            if not self._thread.is_alive():
                os.close(self._wake)
                os.close(self._woken)
            self._wake = -1

    def _read(self) -> None:
        with suppress(OSError):  # the terminal is gone, as the desk finds out, too
            while not self.typed and self._woken not in wait_any([self._terminal, self._woken], None):
                if not (data := os.read(self._terminal, _MOST_BYTES)):
                    return
                before, self.typed = self.row, self._moved(data)
                if self.row != before:
                    self._draw(self.row)

    def _moved(self, data: bytes) -> bytes:
        """Move by the keys that lead to a row, and return what follows them."""
        while found := next((key for key in _STEPS if data.startswith(key)), None):
            if not 0 <= self.row + _STEPS[found] < self._rows:
                break
            self.row += _STEPS[found]
            data = data.removeprefix(found)
        return data
