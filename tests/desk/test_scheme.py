"""Light or dark as the terminal is: asked once, and no letter of what is typed lost or added."""

import sys
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.events import CursorPosition
from typing_extensions import override

from commlog_tui.color_scheme import DARK, LIGHT, remember_scheme, theme_at_start
from commlog_tui.desk import replies
from commlog_tui.desk.scheme_reply import SchemeReply, may_ask
from tests.patience import PATIENCE

KEYS = st.text(st.sampled_from("abg1;:/?]\x1b[A\r\x07\\ß"), max_size=8)
REPLIES = {
    "\x1b]11;rgb:ffff/ffff/ffff\x1b\\": True,
    "\x1b]11;rgb:fbfb/f1f1/c7c7\x07": True,
    "\x1b]11;rgb:00/00/00\x07": False,
    "\x1b]11;rgb:1d1d/1f1f/2121\x1b\\": False,
    "\x1b]11;rgba:ffff/ffff/ffff/ffff\x1b\\": True,
}


def pieces(text: str, cuts: list[int]) -> list[str]:
    ends = sorted({*(cut % (len(text) + 1) for cut in cuts), 0, len(text)})
    return [text[begin:end] for begin, end in pairwise(ends)]


@given(KEYS, st.sampled_from(list(REPLIES)), KEYS, st.lists(st.integers(0, 99), max_size=6))
def test_a_reply_is_taken_out_however_it_is_cut_and_what_is_typed_stays(
    before: str, answer: str, after: str, cuts: list[int]
) -> None:
    cut = pieces(before + answer + after, cuts)
    assume("]" not in cut)  # alone it is a key, which cannot wait
    reply = SchemeReply()
    shown = "".join(map(reply.feed, cut)) + reply.flush()
    assert reply.is_light is REPLIES[answer]
    # A cut after the very first byte lets the escape through: it is a key that people press, and cannot wait.
    assert shown in {before + after, f"{before}\x1b{after}"}
    if cuts == []:
        assert shown == before + after


@given(KEYS, st.lists(st.integers(0, 99), max_size=6))
def test_what_is_typed_goes_on_as_it_is(typed: str, cuts: list[int]) -> None:
    reply = SchemeReply()
    assert "".join(map(reply.feed, pieces(typed, cuts))) + reply.flush() == typed
    assert reply.is_light is None


@pytest.mark.parametrize("answer", ["\x1b]11;rgb:zz/zz/zz\x07", "\x1b]11;rgb:\x07", "\x1b]11;rgb" + "f" * 200])
def test_a_reply_that_means_nothing_changes_nothing(answer: str) -> None:
    reply = SchemeReply()
    reply.feed(answer)
    assert reply.is_light is None


def test_half_a_reply_is_never_typed() -> None:
    reply = SchemeReply()
    assert reply.feed("a\x1b]11;rgb:ffff/ff") == "a"
    assert (reply.flush(), reply.feed("b")) == ("", "b")


@given(st.sampled_from(list(REPLIES)), st.integers(len("\x1b]11;rgb"), 99), KEYS)
def test_the_rest_of_an_answer_that_took_too_long_is_not_typed_either(answer: str, cut: int, after: str) -> None:
    reply = SchemeReply()
    cut = min(cut, len(answer) - 1)
    assume(not answer[cut:].startswith("\\"))  # its escape was the last to arrive, and the backslash is a key
    assert reply.feed(answer[:cut]) == ""
    assert reply.flush() == ""
    assert reply.feed(answer[cut:] + after) + reply.flush() == after
    assert reply.is_light is REPLIES[answer]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "linux"}, False),
        ({}, False),
        ({"TERM": "xterm", "SSH_CONNECTION": "x", "SSH_TTY": "/dev/pts/1"}, True),
    ],
)
def test_which_terminals_are_asked(environment: dict[str, str], expected: bool) -> None:
    assert may_ask(environment) is expected


class Asked(Driver):
    """A driver whose parser takes replies out."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.questions: list[str] = []

    @override
    def write(self, data: str) -> None:
        self.questions.append(data)

    @override
    def start_application_mode(self) -> None: ...

    @override
    def disable_input(self) -> None: ...

    @override
    def stop_application_mode(self) -> None: ...


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Asked, list[bool]]:
    """A driver whose terminal was asked, and what it says; who waits for it waits without an end."""
    monkeypatch.setattr(replies, "_PENDING", replies._Pending())
    monkeypatch.setattr(replies, "_LONGEST_ANSWER", 3600.0)
    monkeypatch.setattr(sys.modules[__name__], "XTermParser", XTermParser)
    found: list[bool] = []
    replies.take_replies(Asked, found.append)
    driver = Asked(sys.modules[__name__].XTermParser())
    replies.ask_scheme(driver, lambda ask: ask())
    return driver, found


COLOUR = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
POSITION = "\x1b[24;80R"


def test_whoever_reads_the_input_next_waits_for_an_answer_until_it_is_there(asked: tuple[Asked, list[bool]]) -> None:
    driver, found = asked
    assert driver.questions == ["\x1b[6n"]
    replies.wait_for_reply()  # whether it answers is not known yet
    assert [*driver.parser.feed(POSITION)] == []
    assert driver.questions[1:] == ["\x1b]11;?\x1b\\\x1b[6n"]
    waiting = Thread(target=replies.wait_for_reply, daemon=True)
    waiting.start()
    assert waiting.is_alive()
    assert [*driver.parser.feed(COLOUR)] == []
    waiting.join(PATIENCE)
    assert (found, waiting.is_alive()) == ([True], False)
    assert [*driver.parser.feed(POSITION)] == []
    assert [type(event) for event in driver.parser.feed(POSITION)] == [CursorPosition]  # of nobody's question here


def test_a_terminal_that_has_no_answer_is_not_waited_for(asked: tuple[Asked, list[bool]]) -> None:
    driver, found = asked
    [*driver.parser.feed(POSITION)]
    [*driver.parser.feed(f"j{POSITION}")]  # the second question came after the one for the colour
    replies.wait_for_reply()
    assert found == []


def test_keys_around_the_answers_are_read(asked: tuple[Asked, list[bool]]) -> None:
    driver, _ = asked
    events = [event for piece in ("j\x1b[24", ";80Rk", f"l{COLOUR}{POSITION}m") for event in driver.parser.feed(piece)]
    assert [event.key for event in events] == ["j", "k", "l", "m"]


def test_the_scheme_is_remembered_for_the_next_start_and_a_chosen_theme_wins(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    assert theme_at_start("", folder) == DARK
    remember_scheme(folder, light=True)
    assert (theme_at_start("", folder), theme_at_start("high-contrast-dark", folder)) == (LIGHT, "high-contrast-dark")
    assert (folder / "scheme").stat().st_mode & 0o077 == 0
    remember_scheme(folder, light=False)
    assert theme_at_start("", folder) == DARK
    assert theme_at_start("", None) == DARK
