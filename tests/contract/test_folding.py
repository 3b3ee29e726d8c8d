"""Names are found however they are typed."""
# ruff: noqa: RUF001 - these letters are mistaken for others

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commlog_tui.contract.folding import fold, folded_words

SAME = [
    ("soren", "Søren"), ("lukasz", "Łukasz"), ("yilmaz", "Yılmaz"), ("YILMAZ", "yılmaz"), ("dang", "Đặng"),
    ("oeuvre", "Œuvre"),
    ("drifa", "Ðrífa"), ("o'brien", "O’Brien"), ("O’BRIEN", "o'brien"), ("o`brien", "Oʼbrien"), ("o´brien", "o′brien"),
    ("thor", "Þór"), ("aero", "Ærø"), ("strasse", "Straße"), ("STRASSE", "straße"), ("gross", "GROẞ"),
    ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
    ("istanbul", "İstanbul"), ("İSTANBUL", "istanbul"), ("ИВАНОВ", "иванов"), ("семен", "Семён"), ("hal", "Ħal"),
    ("ngo", "Ngŏ"),
    ("ijsland", "Ĳsland"), ("fi", "ﬁ"), ("abc", "ＡＢＣ"), ("jean-luc", "Jean‑Luc"), ("jean–luc", "Jean—Luc"),
    ("a-b", "a−b"),
    ("okina", "ʻOkina"), ("okina", "‘okina"), ("dzen", "Ǆen"), ("paralel", "paral·el"), ("muller", "Mu\u0308ller"),
    ("zoe", "Zo\u200bë"),
    ("123", "١٢٣"), ("123", "１２３"), ("eliyev", "Əliyev"), ("uoc", "Ước"), ("kazak", "KAZAK"),
    ("sofia", "ſofia"), ("nguyen", "Nguyễn"), ("charles de gaulle", "Charles\u00a0de\u2009Gaulle"),
    ("habibi", "ʿHabibi"),
    ("казак", "Қазақ"), ("cafe", "ＣＡＦÉ"), ("dupont", "DU\u00adPONT"), ("л’вів", "Л'вів"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_written_in_other_letters_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("anna", "arna"), ("東京", "東"), ("ب", "ت"), ("1", "I"), ("ab", "a-b")])
def test_other_names_stay_others(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_letter_of_europe_folds_to_what_can_be_typed() -> None:
    latin = [chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha()] + [
        chr(code) for code in range(0x1E00, 0x1F00)
    ]
    assert [letter for letter in latin if not fold(letter).isascii()] == []


def test_folding_again_changes_nothing_of_any_character() -> None:
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    assert [one for one in characters if fold(fold(one)) != fold(one)] == []


@example("\u200b", "a\u00a8b")
@example("\u200b", "\ufdfa")
@given(st.text(), st.text())
def test_a_text_folds_as_its_lines_do(one: str, other: str) -> None:
    assert fold(f"{one}\n{other}") == f"{fold(one)}\n{fold(other)}"


@given(st.text())
def test_case_makes_no_difference(text: str) -> None:
    assert fold(text.casefold()) == fold(text)


@pytest.mark.parametrize("word", ["'", "''", "\u202e", "·", "\u0301"])
def test_a_word_of_marks_alone_still_looks_for_something(word: str) -> None:
    assert folded_words(f"O’Brien  o'brien {word}") == ("obrien", word)
