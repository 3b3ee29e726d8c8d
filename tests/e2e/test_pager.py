"""The pager in a real terminal: gets the text by a pipe, leaves nothing, and the desk comes back."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal, commlog

HOSTILE = "Dear Zoë\n\x1b]52;c;aGk=\x07\x1b[2J\x9b31mred \x1b[?1049l and the end"


@pytest.fixture
def home(tmp_path: Path, demo_file: Path) -> Path:
    """Somebody's home, with a log of their own whose newest entry has a hostile text."""
    (tmp_path / "data").mkdir()
    shutil.copy(demo_file, tmp_path / "data" / "log.db")
    (tmp_path / "config.toml").write_text('mode = "local"\n', encoding="utf-8")
    added = commlog(tmp_path, "add", "--via", "phone", "--title", "A call", "--notes", HOSTILE)
    assert added.returncode == 0, added.stderr
    return tmp_path


def test_a_hostile_text_goes_to_the_pager_sanitized_and_the_desk_comes_back(home: Path) -> None:
    seen, pager = home / "seen", home / "pager"
    pager.write_text(f"#!/bin/sh\ntee {seen} <&0\nprintf 'PAGED %s' \"$LESSSECURE$LESSHISTFILE\"\nread x </dev/tty\n")
    pager.chmod(0o755)
    with Terminal(home, PAGER=str(pager)) as desk:
        desk.see("A call")
        desk.type("B")
        desk.see("PAGED 1-")
        desk.type("\r")
        desk.see("Search")
        desk.type("?")
        desk.see("type to search")
    text = seen.read_text(encoding="utf-8")
    assert "Dear Zoë\n" in text
    assert "and the end" in text
    assert all(character.isprintable() or character == "\n" for character in text)


def test_without_a_pager_the_desk_shows_the_text_itself(home: Path) -> None:
    with Terminal(home, PAGER="cat", PATH=str(home)) as desk:
        desk.see("A call")
        desk.type("B")
        desk.see("could control a terminal")
        desk.type("q?")
        desk.see("type to search")


@pytest.mark.skipif(shutil.which("less") is None, reason="there is no less here")
@pytest.mark.parametrize("options", ["", "-R -i"])
def test_less_says_how_to_leave_it(home: Path, options: str) -> None:
    with Terminal(home, PAGER="less", LESS=options) as desk:
        desk.see("A call")
        desk.type("B")
        desk.see("q leaves, space pages")
        desk.type("q")
        desk.see("Search")
