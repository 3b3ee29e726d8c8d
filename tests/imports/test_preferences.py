"""Preferences from CSV: what a row means, and what is refused of it."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.imports.items import ImportOptions, Progress, Refusal
from commlog_tui.imports.preferences import PreferenceItem, read_preferences

LONDON = ImportOptions(zone=ZoneInfo("Europe/London"))


def read(path: Path, text: str, progress: Progress | None = None) -> list[PreferenceItem | Refusal]:
    path.write_text(text, encoding="utf-8")
    return list(read_preferences(path, LONDON, progress or Progress()))


def test_rows_become_preferences(tmp_path: Path) -> None:
    progress = Progress()
    text = (
        "Customer.ID;To;via;allowed;words;said_at;colour\n"
        'c-1;;sms;no;"no texts; please";2026-11-03 10:00;red\n'
        ";07700 900123;;YES;;;\n"
        ";;;;;;\n"
        "c-2;;;;;;\n"
    )
    first, second, third = read(tmp_path / "list.csv", text, progress)
    assert isinstance(first, PreferenceItem)
    assert first.preference.model_dump(mode="json", exclude_unset=True) == {
        "customer_id": "c-1", "via": "sms", "allowed": False, "words": "no texts; please",
        "said_at": "2026-11-03T10:00:00Z",
    }  # fmt: skip
    assert isinstance(second, PreferenceItem)
    assert (second.line, second.preference.to, second.preference.allowed) == (3, "07700 900123", True)
    assert isinstance(third, PreferenceItem)
    assert (third.line, third.preference.customer_id, third.preference.allowed) == (5, "c-2", False)
    assert list(progress.unused) == ["colour"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,sms,no,,", "needs a customer_id or an address or number (to)"),
        ("c-1,,,perhaps,,", "allowed must be yes or no"),
        ("c-1,,TEXT MESSAGE,,,", "via"),
        ("c-1,,,,,soon", "time"),
        ("c-1,,,,,2026-03-29 01:30", "clocks"),
        ('c-1,"', "quotation mark"),
    ],
)
def test_a_row_that_is_not_valid_is_refused_alone(row: str, reason: str, tmp_path: Path) -> None:
    text = f"customer_id,to,via,allowed,words,said_at\nc-0,,,,,\n{row}\nc-9,,,,,\n"
    good, bad, *rest = read(tmp_path / "list.csv", text)
    assert isinstance(good, PreferenceItem)
    assert isinstance(bad, Refusal)
    assert reason in bad.reason
    assert bad.line == 3
    assert [one.preference.customer_id for one in rest if isinstance(one, PreferenceItem)] == ["c-9"]


@pytest.mark.parametrize("text", ["", "name,phone\nZoë,1\n"])
def test_a_file_about_nobody_is_refused_whole(text: str, tmp_path: Path) -> None:
    (one,) = read(tmp_path / "list.csv", text)
    assert isinstance(one, Refusal)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=30))
def test_the_same_row_has_the_same_key_in_every_file(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    folder, quoted = tmp_path_factory.mktemp("list"), words.replace('"', '""')
    (one,) = read(folder / "a.csv", f'to,words\n07700 900123,"{quoted}"\n')
    (other,) = read(folder / "b.csv", f'words;note;to\n"{quoted}";x;07700 900123\n')
    if isinstance(one, PreferenceItem):
        assert isinstance(other, PreferenceItem)
        assert (one.key, one.preference) == (other.key, other.preference)
    else:
        assert isinstance(other, Refusal)
        assert one.reason == other.reason
