"""Texts are measured by the most cells that any terminal gives them, and end where they were measured to."""

import re
from unicodedata import category, east_asian_width

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len as richs_cell_len
from rich.cells import split_text
from rich.segment import Segment
from textual.strip import Strip
from wcwidth import wcwidth

from commlog_tui.text.characters import sort_of
from commlog_tui.text.hygiene import fit, safe
from commlog_tui.text.widths import INVISIBLE, cell_len, is_unsure, placed
from tests.nasty import NASTY

ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from(sorted(NASTY.values()))


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("राधिका शर्मा", 11),
        ("கவிதா", 5),
        ("မြို့", 2),
        ("สมชาย", 5),
        ("한국어", 6),
        ("\u1112\u1161\u11ab", 6),
        ("\u302e", 2),
        ("👍🏽", 4),
        ("🇬🇧", 4),
        ("👨\u200d👩", 4),
        ("❤\ufe0f", 1),
        ("\u202e", 1),
        ("漢字", 4),
        ("e\u0301", 1),
    ],
)
def test_a_text_is_as_wide_as_the_widest_terminal_draws_it(text: str, width: int) -> None:
    assert cell_len(text) == richs_cell_len(text) == Strip([Segment(text)]).cell_length == width


def test_no_character_that_is_shown_is_measured_narrower_than_other_libraries_measure_it() -> None:
    shown = [one for one in map(chr, range(0x20, 0x110000)) if category(one) not in {"Cn", "Co", "Cs"}]
    counted = [one for one in shown if sort_of(one) in {"plain", "spacing"}]
    narrow = [one for one in counted if cell_len(one) < max(wcwidth(one), _by_the_standard(one))]
    assert [f"U+{ord(one):04X}" for one in narrow] == []


def _by_the_standard(character: str) -> int:
    return 2 if east_asian_width(character) in "WF" else 1


def test_what_terminals_disagree_on_is_told_from_what_they_agree_on() -> None:
    sure = [
        chr(point) for point in range(0x20, 0x110000) if not is_unsure(chr(point)) and category(chr(point))[0] != "C"
    ]
    assert [one for one in sure if cell_len(one) != wcwidth(one) or sort_of(one) not in {"plain", "space"}] == []
    for text in ("राधिका", "\u1161", "👍🏽", "🇬🇧", "é", "·", "…", "→", "ยืนยัน", INVISIBLE):
        assert is_unsure(text)


@given(ANY_TEXT, st.integers(1, 39))
def test_what_follows_a_text_stands_where_it_was_measured_to_stand(text: str, width: int) -> None:
    screen = pyte.Screen(80, 2)
    pyte.Stream(screen).feed(
        placed(f"\x1b[1m{fit(safe(text), width)}\x1b[0m|\x1b[2m{fit(safe(text), width - 1)}\x1b[0m|")
    )
    line = screen.buffer[0]
    assert (line[width].data, line[2 * width].data) == ("|", "|")


@given(ANY_TEXT)
def test_nothing_but_the_cursor_is_added_to_what_is_drawn(text: str) -> None:
    drawn = placed(safe(text))
    plain = re.sub(r"\x1b7 *\x1b8\x1b7|\x1b8\x1b\[\d+C", "", drawn)
    assert plain.rstrip(" ") == safe(text).replace(INVISIBLE, "").rstrip(" ")


@given(ANY_TEXT, st.integers(0, 60))
def test_text_as_it_was_typed_can_be_cut_at_every_cell(text: str, at: int) -> None:
    line = text.replace("\n", " ").replace("\0", " ") + "."
    strip = Strip([Segment(line)])
    assert strip.crop(0, at).cell_length + strip.crop(at).cell_length == strip.cell_length
    assert sum(cell_len(part) for part in split_text(line, min(at, cell_len(line)))) == cell_len(line)


def test_what_is_no_text_is_left_alone() -> None:
    for data in (
        "\x1b]52;c;w6k=\x07",
        "\x1b]0;é\x07",
        "\x1bP+q\x1b\\",
        "plain \x1b[31mred\x1b[0m",
        "\x1b[2;3H✓ delivered",
    ):
        assert placed(data) == data
    assert placed("a\x1b[1mé\nb") == "a\x1b[1m\x1b7 \x1b8\x1b7é\x1b8\x1b[1C\nb"
    assert placed(f"a{INVISIBLE}b") == "\x1b7  \x1b8\x1b7ab\x1b8\x1b[2C"
    assert placed(INVISIBLE) == ""


def test_only_what_terminals_could_disagree_on_is_placed() -> None:
    assert placed("Template: Book…  ") == "Template: Boo\x1b7    \x1b8\x1b7k…\x1b8\x1b[4C"
    assert placed("Zoë Müller") == "Zoë \x1b7      \x1b8\x1b7Müller\x1b8\x1b[6C"
