"""Terminals without UTF-8 or without colours, and a desk that is stopped for a while and taken up again."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from commlog_tui.client.outbox import Outbox
from tests.e2e.terminal import Terminal

COLOUR = re.compile(rb"[34]8;2;(\d+);(\d+);(\d+)[;m]")  # whole: what was heard may end in the middle of one


@pytest.fixture
def home(tmp_path: Path, demo_file: Path) -> Path:
    """Somebody's home, with a log of their own."""
    (tmp_path / "data").mkdir()
    shutil.copy(demo_file, tmp_path / "data" / "log.db")
    (tmp_path / "config.toml").write_text('mode = "local"\ntheme = "commlog-light"\n', encoding="utf-8")
    return tmp_path


def walk(desk: Terminal) -> None:
    """Go through the desk: table, filters, help, palette, form."""
    desk.see("Search")
    for keys, words in (("j?", "Keys"), ("booking", "All messages"), ("?n", "Title"), ("\x10", "for command")):
        desk.type(keys)
        desk.see(words)


@pytest.mark.parametrize("locale", ["C", "en_US.ISO-8859-1"])
def test_a_terminal_without_utf_8_is_sent_ascii_alone(home: Path, locale: str) -> None:
    with Terminal(home, LC_ALL=locale) as desk:
        walk(desk)
        assert desk.heard.isascii()


def test_no_colour_is_sent_where_none_is_wanted(home: Path) -> None:
    with Terminal(home, COLORTERM="truecolor", NO_COLOR="1") as desk:
        walk(desk)
        found = set(COLOUR.findall(desk.heard))
        assert found
        assert all(red == green == blue for red, green, blue in found)


def test_the_theme_of_the_settings_is_there_from_the_first_frame(home: Path) -> None:
    with Terminal(home, COLORTERM="truecolor") as desk:
        walk(desk)
        assert b"48;2;251;251;249" in desk.heard
        assert b"48;2;20;24;29" not in desk.heard


def test_a_stopped_desk_is_drawn_anew_when_it_goes_on(home: Path) -> None:
    with Terminal(home) as desk:
        desk.see("Harbour Boats")
        desk.type("\x1a")
        _, status = os.waitpid(desk.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        os.kill(desk.pid, signal.SIGCONT)
        desk.see("Harbour Boats")
        desk.type("?")
        desk.see("Keys")
        desk.type("?\x11")
        assert desk.end() == 0


@pytest.mark.parametrize("keys", ["", "n"])
def test_a_desk_whose_terminal_is_gone_ends_and_keeps_what_was_typed(home: Path, keys: str) -> None:
    with Terminal(home) as desk:
        desk.see("Harbour Boats")
        if keys:
            desk.type(keys)
            desk.see("Title")
            desk.type("p\tAda\tRang about zebras")
            desk.see("zebras")
        desk.hang_up()
        assert desk.wait() == 0
    drafts = [item for folder in home.glob("data/outbox/*") for item in Outbox(folder).items()]
    assert [draft.state for draft in drafts] == ["draft"] * len(keys)
    assert all("Rang about zebras" in str(draft.content["fields"]) for draft in drafts)


@pytest.fixture
def heeded_hangup() -> Iterator[None]:
    """Tests may be run below nohup, of which programs know by the signal being ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("heeded_hangup")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_desk_that_is_ended_gives_the_terminal_back_and_keeps_what_was_typed(home: Path, number: int) -> None:
    with Terminal(home) as desk:
        desk.see("Harbour Boats")
        desk.type("n")
        desk.see("Title")
        desk.type("p\tAda\tRang about zebras")
        desk.see("zebras")
        os.kill(desk.pid, number)
        assert desk.end() == 0
        assert desk.heard.rindex(b"\x1b[?1049l") > desk.heard.rindex(b"\x1b[?1049h")
    (draft,) = [item for folder in home.glob("data/outbox/*") for item in Outbox(folder).items()]
    assert "Rang about zebras" in str(draft.content["fields"])


@pytest.mark.parametrize("arguments", [(), ("desk",)])
@pytest.mark.parametrize("frames", range(1, 3))
def test_a_desk_that_is_ended_while_it_starts_gives_the_terminal_back(
    home: Path, frames: int, arguments: tuple[str, ...]
) -> None:
    with Terminal(home, *arguments) as desk:
        for _ in range(frames):
            desk.heard = b""
            desk.until(lambda: desk.heard)
        os.kill(desk.pid, signal.SIGTERM)
        assert desk.end() in {0, 128 + signal.SIGTERM}, "as the desk does, or as the program that loads it"
        assert desk.heard.rfind(b"\x1b[?1049l") > desk.heard.rfind(b"\x1b[?1049h")


@pytest.mark.parametrize("connection", ["", "192.0.2.1 1 192.0.2.2 22"])
def test_a_light_terminal_is_answered_with_a_light_theme_and_its_reply_is_typed_nowhere(
    home: Path, connection: str
) -> None:
    (home / "config.toml").write_text('mode = "local"\n', encoding="utf-8")
    with Terminal(home, COLORTERM="truecolor", SSH_CONNECTION=connection) as desk:
        desk.until(lambda: b"\x1b[6n" in desk.heard)
        desk.type("\x1b[1;1R")
        desk.until(lambda: b"\x1b]11;?" in desk.heard)
        desk.see("Search")
        desk.type("\x1b]11;rgb:ffff/ffff/")
        desk.type("ffff\x1b\\")
        desk.until(lambda: b"48;2;251;251;249" in desk.heard)
        desk.type("/gf")
        desk.see("“gf”")
    assert (home / "data" / "desk" / "scheme").read_text() == "light\n"
    assert "theme" not in (home / "config.toml").read_text()
    with Terminal(home, COLORTERM="truecolor") as desk:
        desk.see("Search")
        assert b"48;2;20;24;29" not in desk.heard


def test_a_terminal_that_answers_nothing_is_not_asked_for_its_colours(home: Path) -> None:
    (home / "config.toml").write_text('mode = "local"\n', encoding="utf-8")
    with Terminal(home, COLORTERM="truecolor") as desk:
        walk(desk)
        assert b"\x1b[6n" in desk.heard
        assert b"\x1b]11" not in desk.heard


def test_a_terminal_is_not_asked_where_a_theme_is_chosen_or_colours_are_not_wanted(home: Path) -> None:
    for no_color in ("", "1"):
        with Terminal(home, COLORTERM="truecolor", NO_COLOR=no_color) as desk:
            walk(desk)
            assert b"\x1b]11" not in desk.heard
        (home / "config.toml").write_text('mode = "local"\n', encoding="utf-8")


def test_a_desk_whose_frames_would_go_into_a_file_says_so(home: Path) -> None:
    errors = home / "errors.txt"
    with errors.open("w") as file, Terminal(home, errors=file) as desk:
        assert desk.end() == 2
    assert errors.read_text() == (
        "The desk is drawn on standard error, which leads somewhere else. Open it without 2> or 2>&1.\n"
    )


@pytest.mark.parametrize("frames", range(1, 4))
def test_a_terminal_that_is_gone_at_once_is_no_error(home: Path, frames: int) -> None:
    with Terminal(home) as desk:
        for _ in range(frames):
            desk.until(lambda: desk.heard)
            desk.heard = b""
        desk.hang_up()
        assert desk.wait() == 0
