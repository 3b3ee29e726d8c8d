"""What every frame goes through on its way to the terminal: made safe, and kept in its columns."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TextIO, cast

from rich.segment import Segment
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from typing_extensions import override

from commlog_tui.desk.first_rows import NOTHING_PAINTED, Painted
from commlog_tui.desk.key_reading import KeyReading
from commlog_tui.desk.output import Output
from commlog_tui.desk.replies import take_replies
from commlog_tui.operating_system import closing_signals, on_hangup
from commlog_tui.text.hygiene import safe_in_place


class SafeFilter(LineFilter):
    """Sanitizes what fields, notes and the command palette draw of typed or pasted text."""

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments sanitized for a terminal."""
        if all(control or (text.isascii() and text.isprintable()) for text, _, control in segments):
            return segments
        return [one if one.control else Segment(safe_in_place(one.text), one.style) for one in segments]


SAFE: Final = SafeFilter()


_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
_ALTERNATE: Final = "\x1b[?1049h"


class _Frame:
    """What Textual writes of a frame, piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def joined(self, data: str) -> str:
        """Return what is to be written: a frame once it is whole, and everything else at once."""
        if not self._pieces and data != _BEGIN:
            return data
        self._pieces.append(data)
        if data != _END:
            return ""
        frame = "".join(self._pieces)
        self._pieces.clear()
        return frame


def _watch(terminal: int, loop: asyncio.AbstractEventLoop, on_gone: Callable[[], object]) -> None:
    """Call ``on_gone`` on the loop when a terminal is gone or a signal ends the program."""
    on_hangup(terminal, partial(loop.call_soon_threadsafe, on_gone))
    for number in closing_signals():
        loop.add_signal_handler(number, on_gone)


def keeping_columns(
    driver: type[Driver],
    on_gone: Callable[[], object],
    painted: Painted = NOTHING_PAINTED,
    on_scheme: Callable[[bool], object] = lambda _: None,
) -> type[Driver]:
    """Return the driver with the cursor placed after text whose width is ambiguous.

    ``on_gone`` is called, on the event loop, when the terminal is gone or a signal ends the
    program; ``on_scheme`` when the terminal has said whether its background is light. A frame that
    is ``painted`` is taken over: the alternate screen is entered already, and some terminals clear
    it when it is entered again.
    """

    class PlacingDriver(KeyReading, driver):  # type: ignore[misc, valid-type] # which driver it is depends on the platform
        """Writes a frame in one piece."""

        _is_watched = False
        _file: TextIO
        _output: Output | None = None
        _frame = _Frame()
        _found = painted
        """The terminal, until its frame and its attributes are taken over."""

        @override
        def start_application_mode(self) -> None:
            if not self._is_watched and hasattr(self, "fileno"):
                self._is_watched = True
                self._output = Output(self._file)
                self._file = cast("TextIO", self._output)
                _watch(self.fileno, self._loop, on_gone)
            self.typed = self._found.typed()
            super().start_application_mode()
            if self._found.attributes is not None:
                self.attrs_before = [*self._found.attributes]  # for the end, and for the shell on Ctrl+Z
            self._found = NOTHING_PAINTED

        @override
        def run_input_thread(self) -> None:
            take_replies(type(self), lambda light: self._loop.call_soon_threadsafe(on_scheme, light))
            super().run_input_thread()

        @override
        def write(self, data: str) -> Any:
            if data == _ALTERNATE and self._found.take_over():
                return
            data = self._frame.joined(data)
            if self._output is None:
                super().write(data)
            elif data and (rest := self._output.write_now(data)):
                super().write(rest)

    return PlacingDriver
