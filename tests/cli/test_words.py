"""What is printed: JSON that a terminal can show, cells that no spreadsheet computes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.cli.tables import cell
from commlog_tui.cli.words import json_text
from tests.nasty import NASTY, is_harmless


@pytest.mark.parametrize("text", NASTY)
def test_json_says_the_same_and_can_be_shown(text: str) -> None:
    assert json.loads(json_text({text: text})) == {text: text}
    assert is_harmless(json_text(text))


@given(st.text(st.characters()))
def test_json_is_read_back_as_it_was(text: str) -> None:
    assert json.loads(json_text([text])) == [text]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(1)", "-1", "+A1", "+1+cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", "\uff1d1"])
def test_what_a_spreadsheet_computes_is_made_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+447700900123", "+44 7700 900123", "+1 303-555-0192", "+44 (0)20 7946 0386", "a=b", "", "Zoë"])
def test_what_it_does_not_is_left_whole(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(("value", "text"), [(None, ""), (True, "true"), (7, "7"), (["+44 1", "b"], "+44 1; b"), ([], "")])
def test_other_values_are_words(value: object, text: str) -> None:
    assert cell(value) == (f"'{text}" if text.startswith("+44 1;") else text)
