"""What a field shows is safe, and what was not edited of it is saved as it was."""

from unicodedata import category

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from commlog_tui.text.fields import field_text, restored, trimmed
from commlog_tui.text.hygiene import safe
from tests.nasty import NASTY

FAMILY = "👨\u200d👩\u200d👧"
HINDI = "क्\u200dष"
PERSIAN = "می\u200cخواهم"  # noqa: RUF001 - Persian
TEXTS = st.text(
    st.sampled_from(
        [*"ab Zé\n\r\t\x1b\x85漢👩", *"\u200d\u200c\ufe0f\u202e\u2066\u00ad\u0301\u0903\u2028\U000e0067\ufffd"]
    )
)
MARK = "Ω"


@pytest.mark.parametrize("raw", [*NASTY.values(), FAMILY, HINDI, PERSIAN, "a\r\nb\u2028c\rd\n", "\u200d", "\u0301x"])
@pytest.mark.parametrize("lines", [False, True])
def test_what_is_not_edited_is_the_raw_text(raw: str, lines: bool) -> None:
    assert restored(raw, field_text(raw, lines=lines), lines=lines) == raw


@pytest.mark.parametrize(
    "raw", [FAMILY, HINDI, PERSIAN, "invoice\u202efdp.exe", "soft\u00adware \u2066x\u2069", "tab\there"]
)
def test_an_edit_elsewhere_leaves_joiners_and_invisible_characters(raw: str) -> None:
    shown = field_text(f"Rang {raw} today")
    edits = {
        shown + "!": f"Rang {raw} today!",
        "Re: " + shown: f"Re: Rang {raw} today",
        shown.replace("Rang", "Wrote").replace("today", "now"): f"Wrote {raw} now",
        shown.removesuffix(" today"): f"Rang {raw}",
        shown.removeprefix("Rang "): f"{raw} today",
    }
    for edited, expected in edits.items():
        assert restored(f"Rang {raw} today", edited) == expected


def test_what_is_typed_over_is_gone() -> None:
    assert restored(f"a {FAMILY} b", "a c b") == "a c b"
    assert restored("a\u202eb", "ab") == "ab"
    assert restored("a\u202eb", "") == ""
    assert restored(PERSIAN, "new") == "new"


def test_line_breaks_stay_what_they_were_but_for_those_of_an_edit() -> None:
    raw = "one\r\ntwo\u2028three\n"
    assert field_text(raw, lines=True) == "one\ntwo\nthree\n"
    assert restored(raw, "one\ntwo and\nmore\nthree\n", lines=True) == "one\r\ntwo and\nmore\u2028three\n"
    assert field_text(raw) == "one  two three "


@given(TEXTS, TEXTS, st.booleans())
def test_an_insertion_between_characters_changes_nothing_around_it(first: str, second: str, lines: bool) -> None:
    before, after = field_text(first, lines=lines), field_text(second, lines=lines)
    assume(before and after and field_text(first + second, lines=lines) == before + after)
    assume(
        safe(second[0]) and category(second[0]) not in {"Mn", "Mc"} and not (first[-1] == "\r" and second[0] == "\n")
    )
    assert restored(first + second, before + MARK + after, lines=lines) == first + MARK + second


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_put_before_and_behind_leaves_the_whole_text(raw: str, before: str, after: str) -> None:
    shown = field_text(raw)
    edited = restored(raw, MARK + field_text(before) + MARK + shown + MARK + field_text(after) + MARK)
    assert raw in edited or not shown


@given(TEXTS, TEXTS)
def test_any_edit_of_any_text_is_restored_to_something_shown_alike(raw: str, new: str) -> None:
    edited = field_text(new)
    assert field_text(restored(raw, edited)).replace("◌", "") == field_text(edited).replace("◌", "")


@pytest.mark.parametrize(
    ("text", "begun", "expected"),
    [
        (" a ", "", "a"),
        ("\u00a0a b", "\u00a0a", "\u00a0a b"),
        ("a b \n", "a \n", "a b \n"),
        ("a  ", "a", "a"),
        ("   ", " a", ""),
        ("", "", ""),
    ],
)
def test_white_space_that_was_there_stays(text: str, begun: str, expected: str) -> None:
    assert trimmed(text, begun) == expected
