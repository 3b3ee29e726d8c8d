"""What is printed: JSON that a terminal can show."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.cli.words import json_text
from tests.nasty import NASTY, is_harmless


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_json_says_the_same_and_can_be_shown(text: str) -> None:
    assert json.loads(json_text({text: text})) == {text: text}
    assert is_harmless(json_text(text))


@given(st.text(st.characters()))
def test_json_is_read_back_as_it_was(text: str) -> None:
    assert json.loads(json_text([text])) == [text]
