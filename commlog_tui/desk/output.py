"""Writes to the terminal at once what it takes at once, and the rest from a thread of its own."""

import os
from contextlib import suppress
from typing import TextIO

from commlog_tui.operating_system import open_unblocking


class Output:
    """The terminal's file, which drops what is written once the terminal is gone.

    Textual's writer would end with the error, and the desk wait for it for ever.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._terminal = open_unblocking(file.fileno())
        self._queued = self._written = 0
        """Pieces for the thread: the one who writes counts the first, the thread the second."""

    def write_now(self, text: str) -> bytes:
        """Write as much as the terminal takes now; return the rest, which the thread has to ``write``.

        The thread would wait up to 5 ms for the interpreter, with a frame that is due.
        """
        data = text.encode(self._file.encoding, self._file.errors or "strict")
        if self._terminal is not None and self._queued == self._written:
            try:
                data = data[os.write(self._terminal, data) :]
            except BlockingIOError:
                pass
            except OSError:
                data = b""
        self._queued += bool(data)
        return data

    def write(self, data: bytes) -> None:
        """Write a rest, however long it takes; called in the thread."""
        with suppress(OSError):
            while data:
                data = data[os.write(self._file.fileno(), data) :]
        self._written += 1

    def flush(self) -> None:
        """Do nothing: nothing waits here."""

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)
