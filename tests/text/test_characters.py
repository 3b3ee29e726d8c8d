"""One set of tables says what is seen of a text, on the screen and on paper."""

from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commlog_tui.evidence.fonts import printable
from commlog_tui.text.characters import composed, sort_of, sorted_out
from commlog_tui.text.hygiene import safe


@pytest.mark.parametrize(
    ("sort", "characters"),
    [
        ("space", " \t\n\u00a0\u2028\u3000"),
        ("shaper", "\u00ad\u034f\u180b\u200c\u200d\ufe00\ufe0f\U000e0100\U000e01ef"),
        ("mark", "\u0301\u0e31\u094d\u20dd\u05b8"),
        ("spacing", "\u0903\u093e\u0bbe\u302e\u1161\u11a8\ud7b0\ud7fb"),
        ("hidden", "\x00\x1b\u061c\u115f\u1160\u200b\u202e\u2800\u3164\ufeff\uffa0\ue000\U000e0067\u0378\ud800"),
        ("plain", "aéष한ᄒ漢👍🏽🇬"),
    ],
)
def test_what_characters_are(sort: str, characters: str) -> None:
    assert {sort_of(character) for character in characters} == {sort}


def test_each_sort_of_mark_is_counted_by_itself_on_each_base() -> None:
    items = [(number, alone) for _, _, number, alone in sorted_out("မြို့x \u0301\u0903")]
    assert items == [
        (0, False),
        (1, False),
        (1, False),
        (2, False),
        (3, False),
        (0, False),
        (0, False),
        (1, True),
        (1, False),
    ]


def test_hangul_in_parts_is_put_together_and_nothing_else_is() -> None:
    assert composed("\u1112\u1161\u11ab\u1100\u1173\u11af") == "한글"
    assert composed("e\u0301 \u1161") == "e\u0301 \u1161"


@settings(deadline=None)
@given(st.characters(codec=None))
def test_what_the_screen_hides_is_not_printed_and_what_it_leaves_out_is_not_either(character: str) -> None:
    text = f"a{character}b"
    screen, paper = safe(text), "\n".join(printable(text))
    if sort_of(character) == "hidden" and len(text.splitlines()) == 1:
        assert (screen, paper) == ("a\ufffdb", f"a<U+{ord(character):04X}>b")
    if sort_of(character) == "shaper":
        assert (screen, paper) == ("ab", "ab")
    if category(character) == "Zs":
        assert (screen, paper) == ("a b", "a b")


@pytest.mark.parametrize("point", [0xAD, 0x34F, 0x180F, 0xFE0F, 0xE0100, 0xE0155, 0xE01EF])
def test_variation_selectors_are_left_out_on_both(point: int) -> None:
    assert safe(f"漢{chr(point)}") == printable(f"漢{chr(point)}")[0] == "漢"


def test_piles_of_marks_of_every_sort_end_on_both() -> None:
    for mark in ("\u0301", "\u0903", "\u1161", "\u20dd", "\u0e38"):
        assert safe("a" + mark * 26 + "b") == "a" + mark * 3 + "b"
        assert printable("a" + mark * 26 + "b")[0].endswith("<and 23 more marks>b")
