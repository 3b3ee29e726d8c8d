"""What every frame goes through on its way to the terminal: made safe, and kept in its columns."""

import re
from typing import Any, Final

from rich.segment import Segment
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from typing_extensions import override

from commlog_tui.text.hygiene import safe_in_place
from commlog_tui.text.widths import placed


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
_RESET: Final = "\x1b[0m"
_IDLE_MOVES: Final = re.compile(r"(?:\x1b\[\d+;\d+H\n?)+(?=\x1b\[\d+;\d+H)")
_STYLED: Final = re.compile(r"((?:\x1b\[\d+;\d+H|\n)*)(\x1b\[[\d;]*m)([^\x1b]*)")


def shortened(data: str) -> str:
    """Return output with every text of unsure width in its place, and without what changes nothing.

    That is a cursor that is moved again before anything is drawn, and a style that is set again
    after it was reset. Each text is placed by itself: two of one style are two columns.
    """
    parts, style, found = _IDLE_MOVES.sub("", data).split(_RESET), "", list[str]()
    for part in parts:
        styled = _STYLED.fullmatch(part)
        if styled and styled[2] == style:
            found.append(styled[1] + placed(styled[3]))
        else:
            found.append((_RESET if found else "") + placed(part))
            style = styled[2] if styled else ""
    return "".join(found)


def keeping_columns(driver: type[Driver]) -> type[Driver]:
    """Return the driver with the cursor placed after text whose width is ambiguous."""

    class PlacingDriver(driver):  # type: ignore[misc, valid-type] # which driver it is depends on the platform
        """Writes each text of unsure width in its place, and a frame in one piece."""

        _frame: list[str] | None = None

        @override
        def write(self, data: str) -> Any:
            if data == _BEGIN and self._frame is None:
                self._frame = [data]
                return
            whole = shortened(data)
            if self._frame is not None:
                self._frame.append(whole)
                if data != _END:
                    return
                whole, self._frame = "".join(self._frame), None
            super().write(whole)

    return PlacingDriver
