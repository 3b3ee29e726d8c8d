"""What is left out of a frame changes nothing that a terminal shows."""

import pyte
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.desk.drawing import shortened

_MOVE = st.builds("\x1b[{};{}H".format, st.integers(1, 5), st.integers(1, 20))
_STYLE = st.sampled_from(["\x1b[1m", "\x1b[31m", "\x1b[38;2;1;2;3;48;2;4;5;6m"])
_TEXT = st.text(st.sampled_from("ab ë✓"), max_size=6)
_STYLED = st.builds("{}{}\x1b[0m".format, _STYLE, _TEXT)
_FRAME = st.lists(_MOVE | _STYLED | _TEXT | st.just("\n") | st.just("\x1b]8;;x\x1b\\"), max_size=30).map("".join)


@given(_FRAME)
def test_a_frame_in_short_shows_the_same(frame: str) -> None:
    assert _shown(shortened(frame)) == _shown(frame)


def test_a_style_that_is_set_again_is_not_reset_before() -> None:
    row = "\x1b[2;1H\x1b[1mname \x1b[0m\x1b[1mtitle\x1b[0m\x1b[2;20H\n\x1b[3;1H\x1b[1mnext\x1b[0m\x1b[1;1H"
    assert shortened(row) == "\x1b[2;1H\x1b[1mname title\x1b[3;1Hnext\x1b[0m\x1b[1;1H"


def _shown(frame: str) -> list[object]:
    screen = pyte.Screen(30, 6)
    pyte.Stream(screen).feed(frame.replace("\x1b]8;;x\x1b\\", ""))
    cells = [screen.buffer[y][x] for y in range(6) for x in range(30)]
    return [screen.cursor.x, screen.cursor.y, *cells]


def test_columns_of_one_style_are_placed_one_by_one() -> None:
    row = "\x1b[1ma… \x1b[0m\x1b[1mb… \x1b[0m"
    assert shortened(row) == "\x1b[1m\x1b7   \x1b8\x1b7a…\x1b8\x1b[3C\x1b7   \x1b8\x1b7b…\x1b8\x1b[3C\x1b[0m"
