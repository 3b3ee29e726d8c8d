"""What is written of a frame shows the same as all of it would."""

from unicodedata import east_asian_width
from unittest.mock import patch

import pyte
import pyte.screens
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from wcwidth import wcwidth

from commlog_tui.desk.terminal_frame import TerminalFrame

_COLUMNS, _LINES, _WIDTH = 24, 3, 8
Place = tuple[int, int]
Frame = dict[Place, Strip]


def _wide_if_ambiguous(character: str) -> int:
    """Return the width in terminals that give a character of ambiguous width two cells."""
    return (
        2
        if east_asian_width(character) == "A" and not character.isascii() and wcwidth(character)
        else wcwidth(character)
    )


_TEXT = st.text(st.sampled_from("ab  ëé✓…→漢👍n\u0301 \u0903"), max_size=9)
_COLOR = st.sampled_from([None, "red", "bright_blue", "color(200)", "#102030"])
_STYLE = st.none() | st.builds(
    Style,
    color=_COLOR,
    bgcolor=_COLOR,
    bold=st.booleans(),
    dim=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
)
_STRIP = st.lists(st.tuples(_TEXT, _STYLE), max_size=4).map(
    lambda parts: Strip([Segment("|"), *(Segment(text, style) for text, style in parts)]).adjust_cell_length(_WIDTH)
)
_PLACES = st.sampled_from([(y, x) for y in range(_LINES) for x in range(0, _COLUMNS, _WIDTH)])
_FRAMES = st.lists(st.dictionaries(_PLACES, _STRIP), min_size=1, max_size=4)


@pytest.mark.parametrize("width", [wcwidth, _wide_if_ambiguous])
@given(frames=_FRAMES)
def test_frame_after_frame_shows_what_all_of_it_does(width: object, frames: list[Frame]) -> None:
    shown: Frame = {(y, x): Strip.blank(_WIDTH) for y in range(_LINES) for x in range(0, _COLUMNS, _WIDTH)}
    with patch.object(pyte.screens, "wcwidth", width):
        one, frame = _Terminal(), TerminalFrame()
        for changed in (shown, *frames):
            shown |= changed
            one.feed(_written(frame, changed))
        other = _Terminal()
        other.feed(_written(TerminalFrame(), shown))
    assert one.cells() == other.cells()
    assert not _written(frame, shown)


def test_what_others_may_have_drawn_over_is_written_again() -> None:
    frame, shown = TerminalFrame(), {(0, 0): Strip([Segment("one")])}
    first = _written(frame, shown)
    assert not _written(frame, shown)
    frame.forget()
    assert _written(frame, shown) == first


def _written(frame: TerminalFrame, shown: Frame) -> str:
    return frame.written([(y, x, strip) for (y, x), strip in sorted(shown.items())], ColorSystem.TRUECOLOR)


class _Terminal:
    """pyte, with the lines of a screen that were never drawn left out."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(_COLUMNS, _LINES)
        self._screen.reset_mode(7, private=True)
        self._stream = pyte.Stream(self._screen)

    def feed(self, data: str) -> None:
        self._stream.feed(data)

    def cells(self) -> list[object]:
        """Return every cell as it is seen: of a blank without a line, the ground."""
        cells = [self._screen.buffer[y][x] for y in range(_LINES) for x in range(_COLUMNS)]
        return [
            cell._replace(fg="", bold=False) if cell.data == " " and not (cell.underscore or cell.reverse) else cell
            for cell in cells
        ]
