"""The first frame: painted before Textual is loaded, and taken over without a flicker or a lost key."""

import os
import re
import shutil
import signal
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.store.sqlite.newest_page import newest_page
from tests.e2e.gate import gate
from tests.e2e.painted_terminal import FRAME, PaintedTerminal

ALTERNATE, NORMAL, MOUSE = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?1000h"
CONNECTING = "Connecting"
ASCII = {"LC_ALL": "C"}
KEY = re.compile("\x1b[O[][A-Z]|.")


@pytest.fixture
def home(tmp_path: Path, demo_file: Path) -> Path:
    """Somebody's home, with a log of their own."""
    (tmp_path / "data").mkdir()
    shutil.copy(demo_file, tmp_path / "data" / "log.db")
    (tmp_path / "data" / "desk").mkdir()
    (tmp_path / "data" / "desk" / "first-steps-shown").touch()
    (tmp_path / "config.toml").write_text('mode = "local"\n[keys]\nsearch = "ctrl+f"\n', encoding="utf-8")
    return tmp_path


def painted(terminal: PaintedTerminal) -> bool:
    return bool(terminal.frames)


def connected(terminal: PaintedTerminal) -> bool:
    text = "\n".join(terminal.lines)
    return " of " in text and CONNECTING not in text and MOUSE in terminal.heard


def taken_over(terminal: PaintedTerminal) -> bool:
    """Whether Textual has drawn while it connects."""
    frames = terminal.frames[terminal.heard.partition(MOUSE)[0].count(FRAME) :]
    return MOUSE in terminal.heard and any(CONNECTING in line for lines, _ in frames for line in lines)


@contextmanager
def painted_desk(
    home: Path, service: EmbeddedService, size: tuple[int, int], typed: str = "", **variables: str
) -> Iterator[PaintedTerminal]:
    """Give a desk that connects once Textual has drawn the painted frame.

    Nothing is painted where the page does not come in time, as on a busy machine: another desk is begun then.
    """
    settings = {"COMMLOG_MODE": "service", "COMMLOG_TOKEN": service.token}
    for _ in range(10):
        with (
            gate(service.base_url) as held,
            PaintedTerminal(home, size, COMMLOG_SERVICE=held.base_url, **settings, **variables) as terminal,
        ):
            terminal.type(typed)
            terminal.until(taken_over)
            if FRAME in terminal.heard.partition(MOUSE)[0]:
                held.open()
                terminal.until(connected)
                yield terminal
                return
    pytest.fail("the page never came in time to be painted")


@pytest.mark.parametrize(
    ("size", "variables"),
    [
        ((80, 24), {}),
        ((109, 30), {"NO_COLOR": "1"}),
        ((110, 30), {"COMMLOG_THEME": "commlog-light"}),
        ((140, 40), {}),
        ((140, 40), {"COMMLOG_TIMES": "utc", "TZ": "America/Lima"}),
        ((140, 24), {"COLORTERM": "", "COMMLOG_THEME": "high-contrast-light"}),
        ((200, 60), ASCII),
        ((140, 40), {"COLORTERM": "", "TERM": "xterm", "COMMLOG_THEME": "colour-blind-safe"}),
    ],
)
def test_no_cell_changes_when_textual_takes_the_frame_over(
    home: Path, service: EmbeddedService, size: tuple[int, int], variables: dict[str, str]
) -> None:
    with painted_desk(home, service, size, **variables) as terminal:
        (_, first), *later = terminal.frames
        same = [(lines, cells) for lines, cells in later if CONNECTING in "\n".join(lines)]
        assert same
        for _, cells in same:
            assert {at: (first[at], cells[at]) for at in first if first[at] != cells[at]} == {}
        lines = terminal.frames[0][0]
        assert "Harbour Boats" in lines[0]
        assert "ctrl+f Search" in lines[-1]
        assert terminal.heard.count(ALTERNATE) == 1
        terminal.type("\x11")
        assert terminal.end() == 0
        assert terminal.heard.count(NORMAL) == 1
        assert termios.tcgetattr(terminal.master) == terminal.attributes


MOMENTS = {
    "at once": lambda _: True,
    "once something is painted": painted,
    "once Textual begins": lambda terminal: MOUSE in terminal.heard,
    "once Textual has drawn": lambda terminal: len(terminal.frames) > 1,
    "once connected": connected,
}


@pytest.mark.parametrize(
    "moments", [["at once"], ["once something is painted"], ["once Textual begins"], list(MOMENTS)]
)
def test_moves_are_taken_in_order_whenever_they_are_typed(home: Path, moments: list[str]) -> None:
    keys = ["j", "j", "k", "jj", "k"]
    with PaintedTerminal(home, (140, 40)) as terminal:
        for number, key in enumerate(keys):
            terminal.until(MOMENTS[moments[number % len(moments)]])
            terminal.type(key)
        terminal.until(connected)
        row = terminal.frames[0][0][5].split("│")[0][26:60]
        terminal.until(lambda screen: row in screen.lit())
        assert "jjkjjk" not in "\n".join(terminal.lines)


def ground(cell: tuple[object, ...]) -> object:
    return cell[1] if cell[0] == " " else cell[2]


@pytest.mark.parametrize("presses", [2, 34])
def test_rows_move_before_textual_is_loaded_and_stay_where_they_are(
    home: Path, service: EmbeddedService, presses: int
) -> None:
    with painted_desk(home, service, (140, 40), "j\x1b[B" * (presses // 2)) as terminal:
        count = terminal.heard.partition(MOUSE)[0].count(FRAME)
        first, moved = terminal.frames[0][1], terminal.frames[count - 1][1]
        assert ground(moved[70, 3 + presses]) == ground(first[70, 3]) != ground(first[70, 3 + presses])
        same = [cells for lines, cells in terminal.frames[count:] if CONNECTING in "\n".join(lines)]
        assert same
        for cells in same:
            assert {at: (moved[at], cells[at]) for at in moved if moved[at] != cells[at]} == {}


def test_keys_beyond_the_painted_rows_wait_for_the_desk(home: Path) -> None:
    with PaintedTerminal(home, (140, 40)) as terminal:
        terminal.type("j" * 36 + "k" * 36 + "j\r")
        terminal.until(connected)
        row = terminal.frames[0][0][4].split("│")[0][26:60]
        terminal.until(lambda screen: row in screen.lit())


@pytest.mark.parametrize("moments", [["at once"], ["once something is painted"], list(MOMENTS)])
def test_what_is_searched_for_is_in_the_field_once(home: Path, moments: list[str]) -> None:
    with PaintedTerminal(home, (140, 40)) as terminal:
        for number, key in enumerate(["j", "\x06", "zeb", "ra", "42"]):
            terminal.until(MOMENTS[moments[number % len(moments)]])
            terminal.type(key)
        terminal.shows("“zebra42”")
        assert [line[:26].split() for line in terminal.lines if "zebra42" in line[:26]] == [["zebra42"]]


@pytest.mark.parametrize("moments", [["at once"], list(MOMENTS)])
def test_a_call_can_be_typed_from_the_first_moment_on(home: Path, moments: list[str]) -> None:
    with PaintedTerminal(home, (80, 24)) as terminal:
        for number, key in enumerate(["n", "p", "\t", "Ada", "\tRang about zebras"]):
            terminal.until(MOMENTS[moments[number % len(moments)]])
            terminal.type(key)
        terminal.shows("Rang about zebras")
        text = "\n".join(terminal.lines)
        assert text.count("Rang about zebras") == 1
        assert "Ada" in text


def test_a_paste_before_textual_is_loaded_is_no_keys(home: Path) -> None:
    with PaintedTerminal(home, (80, 24)) as terminal:
        terminal.until(painted)
        assert b"\x1b[?2004h" in terminal.heard
        terminal.type("\x1b[200~nq\x1b[201~j")
        terminal.until(connected)
        row = terminal.frames[0][0][3][:40]
        terminal.until(lambda screen: row in screen.lit())


def test_ctrl_c_ends_it_without_a_word(home: Path) -> None:
    with PaintedTerminal(home, (80, 24)) as terminal:
        terminal.until(painted)
        if MOUSE in terminal.heard:
            pytest.skip("Textual was quicker")
        terminal.process.send_signal(signal.SIGINT)  # as the terminal does for Ctrl+C; it is no controlling one
        assert terminal.end() == 130
        assert b"Traceback" not in terminal.heard
        assert terminal.heard.count(NORMAL) == 1
        assert termios.tcgetattr(terminal.master) == terminal.attributes


def test_ctrl_z_goes_to_the_shell_and_comes_back(home: Path) -> None:
    with PaintedTerminal(home, (80, 24)) as terminal:
        terminal.until(painted)
        assert not termios.tcgetattr(terminal.master)[3] & termios.ECHO
        terminal.type("\x1a")
        terminal.until(lambda _: os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT))
        terminal.until(lambda screen: NORMAL in screen.heard)
        assert termios.tcgetattr(terminal.master) == terminal.attributes
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(lambda screen: screen.heard.count(ALTERNATE) == 2)
        terminal.until(connected)
        terminal.type("\x11")
        assert terminal.end() == 0
        assert termios.tcgetattr(terminal.master) == terminal.attributes


def test_another_size_is_drawn_whole(home: Path) -> None:
    with PaintedTerminal(home, (140, 40)) as terminal:
        terminal.until(painted)
        terminal.resize(100, 30)
        terminal.process.send_signal(signal.SIGWINCH)
        terminal.until(connected)
        terminal.until(lambda screen: "Search" in screen.lines[29][:100])


def test_a_terminal_that_is_gone_ends_it(home: Path) -> None:
    terminal = PaintedTerminal(home, (80, 24))
    terminal.until(painted)
    os.close(terminal.master)
    assert terminal.process.wait(120) in {0, 1}


@pytest.mark.parametrize("variables", [{"COMMLOG_LOCATION": "elsewhere"}, {"COMMLOG_THEME": "nord"}])
def test_where_nothing_can_be_painted_the_desk_begins_as_ever(home: Path, variables: dict[str, str]) -> None:
    with PaintedTerminal(home, (80, 24), **variables) as terminal:
        terminal.until(lambda screen: MOUSE in screen.heard)
        assert terminal.heard.index(ALTERNATE) < terminal.heard.index(MOUSE)
        assert FRAME not in terminal.heard[: terminal.heard.index(MOUSE)]
        terminal.until(lambda screen: "Help" in screen.lines[-1])


@pytest.mark.parametrize("seed", range(3))
def test_none_of_many_moves_is_lost_in_pieces_at_any_moment_of_the_start(home: Path, seed: int) -> None:
    """Pieces end within keys, too: a rest that comes late is no Escape here."""
    draw, moves = Random(seed), 64  # all on the first page
    keys = "".join(draw.choice(["\x1b[B", "\x1b[B", "\x1bOB", "j", "j\x1b[Ak"]) for _ in range(moves))
    row = sum(1 if key in {"\x1b[B", "\x1bOB", "j"} else -1 for key in KEY.findall(keys))
    wanted = newest_page(home / "data" / "log.db", "", 200)["page"]["entries"][row]["id"]
    with PaintedTerminal(home, (140, 40), ESCDELAY="60000") as terminal:
        while keys:
            size = draw.randrange(1, 24)
            terminal.type(keys[:size])
            keys = keys[size:]
            terminal.read()
        terminal.until(connected)
        terminal.shows(wanted[:24])
