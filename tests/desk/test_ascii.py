"""A terminal without UTF-8 is given ASCII in as many cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from commlog_tui.desk.ascii import AsciiFilter
from commlog_tui.text.ascii import as_ascii, is_ascii_terminal
from commlog_tui.text.hygiene import safe
from tests.nasty import NASTY


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "C.utf8"}, False),
        ({"LC_CTYPE": "UTF-8"}, False),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, True),
        ({"LC_ALL": "", "LC_CTYPE": "", "LANG": "en_GB.UTF-8@euro"}, False),
        ({"LC_CTYPE": "en_US.ISO-8859-1", "LANG": "en_GB.UTF-8"}, True),
        ({"LC_ALL": "en_GB"}, True),
        ({"TERM": "linux", "LANG": "en_GB.UTF-8"}, True),
    ],
)
def test_the_locale_says_what_a_terminal_knows(environment: dict[str, str], expected: bool) -> None:
    assert is_ascii_terminal(environment) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zoë Ångström", "Zoe Angstrom"),
        ("1–50 of 1,204  ·  filtered…", "1-50 of 1,204  *  filtered."),  # noqa: RUF001 - as shown
        ("╭─ Keys ─╮│", "+- Keys -+|"),
        ("漢字 ok", "???? ok"),
        ("½ £ €", "? ? ?"),
        ("✓ delivered  ✗ bounced  ✎ · logged", "+ delivered  ! bounced  ~ * logged"),
        ("● email  ○ sms  ◂ any ▸", "* email  . sms  < any >"),
        ("□", "?"),
    ],
)
def test_what_it_becomes(text: str, expected: str) -> None:
    assert as_ascii(text) == expected


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_the_nastiest_texts_are_ascii_of_the_same_width(text: str) -> None:
    shown = safe(text)
    assert as_ascii(shown).isascii()
    assert cell_len(as_ascii(shown)) == cell_len(shown)


@given(st.text())
def test_any_text_is_ascii_of_the_same_width(text: str) -> None:
    shown = safe(text)
    plain = as_ascii(shown)
    assert plain.isascii()
    assert not [character for character in plain if not character.isprintable()]
    assert len(plain) == cell_len(shown)


def test_a_line_keeps_its_styles() -> None:
    style = Style(bold=True)
    assert AsciiFilter().apply([Segment("é", style), Segment("…", None)], Color(0, 0, 0)) == [
        Segment("e", style),
        Segment(".", None),
    ]
