"""Whatever a text holds, paper can show it, and says so where it cannot."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commlog_tui.evidence import fonts
from commlog_tui.evidence.fonts import FILES, font_of, missing_glyphs, printable
from tests.nasty import NASTY, is_harmless


def holds(text: str) -> None:
    for line in printable(text):
        assert is_harmless(line)
        assert not [character for character in line if font_of(character) is None]


@pytest.mark.parametrize("name", NASTY)
def test_nasty_texts_can_be_printed(name: str) -> None:
    holds(NASTY[name])


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_printed(text: str) -> None:
    holds(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_what_everybody_can_print_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Ångström, Łódź",
        "Подтверждение",
        "Επιβεβαίωση",
        "אישור",
        "تأكيد",
        "予約確認",
        "預訂確認",
        "예약 확인",
        "ยืนยัน",
        "पुष्टि",
        "🛶⛵🎉",
        "€ £ ✓ →",
    ],
)
def test_the_letters_of_many_peoples_are_printed(text: str) -> None:
    assert printable(text) == [text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invoice\u202efdp.exe", "invoice<U+202E>fdp.exe"),
        ("pay\u200bpal", "pay<U+200B>pal"),
        ("a\x00b\x1bc", "a<U+0000>b<U+001B>c"),
        ("\U000e0067", "<U+E0067>"),
        ("𒀀", "<U+12000>"),
        ("a\u3164", "a<U+3164>"),
        ("Z" + "\u0301" * 5 + "a", "Z\u0301\u0301\u0301<and 2 more marks>a"),
        ("\u0301", "\u25cc\u0301"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_what_cannot_be_seen_is_said(text: str, shown: str) -> None:
    assert printable(text) == [shown]


def test_lines_stay_lines() -> None:
    assert printable("one\ntwo\r\n\r\nthree\u2028four") == ["one", "two", "", "three", "four"]
    assert printable("") == [""]


def test_every_font_is_where_it_should_be() -> None:
    assert [font for font, path in FILES.items() if not path.is_file()] == []


def test_a_font_of_the_system_comes_before_the_one_of_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fonts._optional()["NotoSansCJK"].is_file()
    own = tmp_path / fonts._CJK_FILE
    own.touch()
    monkeypatch.setattr(fonts, "_CJK_FOLDERS", (tmp_path / "nowhere", tmp_path))
    assert fonts._optional()["NotoSansCJK"] == own


def test_a_character_that_no_font_has_is_printed_as_its_number(no_cjk_font: None) -> None:
    assert printable("Zoë 予約") == ["Zoë <U+4E88><U+7D04>"]
    assert missing_glyphs("約 Zoë 予約\u202e") == ["予", "約"]


def test_with_every_font_no_letter_of_many_peoples_is_missing() -> None:
    assert missing_glyphs("Zoë Подтверждение אישור تأكيد 予約確認 예약 확인 ยืนยัน पुष्टि 🛶 € ✓ \u202e") == []
