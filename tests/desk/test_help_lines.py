"""The help has every action, finds it by any word, and says why it cannot be done now."""

import pytest
from rich.cells import cell_len

from commlog_tui.desk.action import shown_keys
from commlog_tui.desk.actions import ACTIONS, ALWAYS
from commlog_tui.desk.help_lines import help_lines
from tests.nasty import NASTY


def never(action: str) -> str | None:
    return None


def text_of(needle: str = "", width: int = 200) -> str:
    return "\n".join(line.text for line in help_lines(needle, {}, never, width))


def test_every_action_and_every_other_key_is_there_once() -> None:
    lines = text_of().splitlines()
    for keys, words in [(shown_keys(one), one.help) for one in ACTIONS] + [(keys, words) for _, keys, words in ALWAYS]:
        assert len([line for line in lines if line.startswith(keys) and line.endswith(words)]) == 1


@pytest.mark.parametrize("width", [20, 44, 72])
def test_nothing_is_wider_than_there_is_room(width: int) -> None:
    lines = help_lines("", {}, lambda _: "No reason at all, but a long one", width)
    assert all(cell_len(line.text) <= max(width, 30) for line in lines)


def test_a_search_finds_by_words_keys_and_groups_in_any_order() -> None:
    assert "All messages of this booking" in text_of("BOOKING messages")
    assert "Another log" not in text_of("booking messages")
    assert "The oldest page" in text_of("pages")
    assert "Quit" in text_of("ctrl+q")
    assert "No key does that" in text_of("teapot")


@pytest.mark.parametrize("needle", NASTY.values(), ids=NASTY.keys())
def test_a_nasty_search_finds_everything_or_nothing(needle: str) -> None:
    assert text_of(needle) in {text_of(), text_of("teapot")} or needle.strip().isascii()


def test_keys_are_those_of_the_keymap_and_reasons_are_given() -> None:
    reasons = {"correct": "It was sent by itself."}
    lines = help_lines("correct the manual", {"correct": "f4,ctrl+e"}, reasons.get, 72)
    assert [(line.text.strip(), line.kind) for line in lines] == [
        ("Write", "label"),
        ("f4 ctrl+e           Correct the manual entry you are on", "muted"),
        ("Not now: It was sent by itself.", "muted"),
    ]


def test_keys_are_named_as_they_stand_on_keyboards() -> None:
    for action in ACTIONS:
        for key in shown_keys(action).split():
            assert len(key) == 1 or key[0].isupper() or key == "…", (action.id, key)
