"""What every frame goes through on its way to the terminal: made safe, and kept in its columns."""

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


def keeping_columns(driver: type[Driver]) -> type[Driver]:
    """Return the driver with the cursor placed after text whose width is ambiguous."""

    class PlacingDriver(driver):  # type: ignore[misc, valid-type] # which driver it is depends on the platform
        """Writes each text of unsure width in its place."""

        @override
        def write(self, data: str) -> Any:
            return super().write(placed(data))

    return PlacingDriver
