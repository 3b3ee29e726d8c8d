import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.text.hygiene import cut, fit, safe, safe_in_place, safe_lines, without_invisible, wrap
from commlog_tui.text.widths import cell_len
from tests.nasty import NASTY, is_harmless

ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from(sorted(NASTY.values()))
WIDTH = st.integers(0, 90)


@given(ANY_TEXT)
def test_safe_text_has_no_control_format_surrogate_private_or_unassigned_character(text: str) -> None:
    assert is_harmless(safe(text))


@given(ANY_TEXT)
def test_safe_text_is_safe_already(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@given(ANY_TEXT)
def test_every_cell_of_safe_text_is_counted_character_by_character(text: str) -> None:
    assert cell_len(safe(text)) == sum(map(cell_len, safe(text)))


@given(ANY_TEXT, WIDTH)
def test_fitted_text_has_exactly_its_width(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(safe(text), width)) == width


@given(ANY_TEXT, WIDTH)
def test_cut_text_is_whole_or_ends_in_an_ellipsis(text: str, width: int) -> None:
    shown = cut(safe(text), width)
    assert cell_len(shown) <= width
    assert (
        shown == safe(text) or (width == 0 and not shown) or (shown.endswith("…") and safe(text).startswith(shown[:-1]))
    )


@given(ANY_TEXT, st.integers(2, 90))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(safe(text), width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == safe(text).replace(" ", "")


@given(ANY_TEXT)
def test_text_made_safe_in_place_keeps_every_place_and_every_cell(text: str) -> None:
    shown = safe_in_place(text)
    assert is_harmless(shown.translate(dict.fromkeys(map(ord, "\n\r\t\v\f\x85\u2028\u2029"))))
    assert [cell_len(character) for character in shown] == [cell_len(character) for character in text]


@given(ANY_TEXT)
def test_what_is_copied_is_one_line_of_what_can_be_seen(text: str) -> None:
    copied = without_invisible(text)
    assert is_harmless(copied)
    assert safe(copied).strip() in {safe(copied), ""} or not copied
    assert "\ufffd" not in copied or "\ufffd" in text


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("+44\u202d 7700\u00a0900123\u202c\n", "+44 7700 900123"),
        ("a\u200bb@\ufeffexample.com\r\n", "ab@example.com"),
        ("one\ntwo", "one two"),
        ("राधिका\u200d", "राधिका"),
        ("Zoë", "Zoë"),
    ],
)
def test_what_is_copied_of(text: str, copied: str) -> None:
    assert without_invisible(text) == copied


@pytest.mark.parametrize("width", range(1, 12))
@pytest.mark.parametrize("text", ["राधिका", "கவிதா", "မြို့တော်", "ខ្ញុំ"])
def test_no_character_is_parted_from_its_marks(text: str, width: int) -> None:
    for line in [cut(text, width).removesuffix("…"), *(wrap(text, width) if width > 2 else [])]:
        assert safe(line) == line
    assert not [one for one in cut(text, width).removesuffix("…") if one == "\u25cc"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë Quay, 07700 900123", "Zoë Quay, 07700 900123"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("a\x1b]52;c;aGk=\x07b", "a�]52;c;aGk=�b"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("invoice\u202efdp.exe", "invoice�fdp.exe"),
        ("pay\u200bpal", "pay�pal"),
        ("a\ud800b", "a�b"),
        ("a\u3164b", "a�b"),
        ("می\u200cشود", "میشود"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("❤\ufe0f", "❤"),
        ("z\u0300\u0301\u0302\u0303\u0304", "z\u0300\u0301\u0302"),
        ("\u0301a", "◌\u0301a"),
        ("שלום", "שלום"),
        ("राधिका शर्मा", "राधिका शर्मा"),
        ("மறுபதிவு கவிதா", "மறுபதிவு கவிதா"),
        ("ที่ท่าเรือ", "ที่ท่าเรือ"),
        ("မြို့တော် မြွှေး", "မြို့တော် မြွှေး"),
        ("مُحَمَّد", "مُحَمَّد"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"),
        ("a" + "\u0903" * 26 + "b", "a\u0903\u0903\u0903b"),
        (" \u0903", " ◌\u0903"),
        ("a\u3000b\u00a0c", "a b c"),
        ("a\u2800b", "a�b"),
    ],
)
def test_what_is_shown_of(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_no_wide_character_is_halved() -> None:
    assert cut("漢字テスト", 5) == "漢字…"
    assert cut("漢字テスト", 4) == "漢…"
    assert fit("漢字テスト", 4) == "漢… "
    assert fit("漢", 1) == "…"


def test_a_body_keeps_its_lines() -> None:
    assert safe_lines("one\r\ntwo\n\nthree\x1b[2J") == ["one", "two", "", "three�[2J"]
    assert safe_lines("") == [""]


def test_words_are_broken_at_spaces_and_long_ones_anywhere() -> None:
    assert wrap("to be or not to be", 9) == ["to be or", "not to be"]
    assert wrap("漢字テスト", 4) == ["漢字", "テス", "ト"]
    assert wrap("a verylongword b", 6) == ["a", "verylo", "ngword", "b"]


@pytest.mark.parametrize("letter", ["a", "é", "漢"])
def test_a_word_as_long_as_a_body_may_be_is_wrapped_in_no_more_steps_than_it_has_letters(letter: str) -> None:
    lines = wrap(letter * 100_000, 40)
    assert len(lines) == 100_000 * cell_len(letter) // 40
    assert set("".join(lines)) == {letter}
