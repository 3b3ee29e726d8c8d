"""What configured patterns find, and that none of them holds a message up."""

import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.configuration.file import read_file
from commlog_tui.configuration.mail_patterns import mail_patterns
from commlog_tui.configuration.rules import SettingsError
from commlog_tui.mail.patterns import Found, Patterns, find

BOOKING = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


def found(subject: str = "", text: str = "", header: str = "", /, **patterns: str) -> Found:
    return find(Patterns({name: re.compile(one) for name, one in patterns.items()}), subject, text, header)


def test_the_subject_comes_first_then_the_text_then_the_header() -> None:
    pattern = "BK-[0-9]+"
    assert found("Your BK-1", "BK-2", "X-Code: BK-3", code=pattern).values["code"] == "BK-1"
    assert found("Yours", "BK-2", "X-Code: BK-3", code=pattern).values["code"] == "BK-2"
    assert found("Yours", "none", "X-Code: BK-3", code=pattern).values["code"] == "BK-3"
    assert found("Yours", "none", "", code=pattern).values["code"] == ""


def test_a_group_is_what_is_found() -> None:
    assert found("Booking BK-7 (new)", code="Booking ([A-Z0-9-]+)").values["code"] == "BK-7"
    assert found("Re: Hello", title="(?:Re: )?(.*)").values["title"] == "Hello"
    assert found("x", code="x(y)?").values["code"] == ""


def test_title_and_text_are_looked_for_where_they_are() -> None:
    values = found("Hello", "Dear Rosa,\nsee you.\n-- \nQuay", title="Quay", text=r"(?s)(.*)\n-- \n").values
    assert values == {"title": "", "text": "Dear Rosa,\nsee you."}


def test_a_match_that_the_field_cannot_hold_is_passed_over() -> None:
    text = f"id 7d3a1c9e-5b0f and id {BOOKING.upper()}"
    assert found("", text, reference="id ([0-9A-Fa-f-]+)").values["reference"] == BOOKING.upper()
    assert found("", "#" * 65 + " #1", code="#[#0-9]*").values["code"] == "#1"


def test_the_first_kind_that_matches() -> None:
    kinds = {"refund": re.compile("Refund"), "confirmation": re.compile("(?i)confirm")}
    assert find(Patterns(kinds=kinds), "Booking Confirmation", "Refund", "").kind == "confirmation"
    assert find(Patterns(kinds=kinds), "Confirmed: Refund", "", "").kind == "refund"
    assert find(Patterns(kinds=kinds), "Hello", "", "").kind == ""


@pytest.mark.skipif(not hasattr(__import__("signal"), "setitimer"), reason="no timer of processor time")
def test_a_pattern_that_takes_too_long_finds_nothing_and_holds_nothing_up() -> None:
    slow = found("", "a" * 60 + "b", title="x", code="(a+)+$")
    assert not slow.is_whole
    assert not slow.values.get("code")
    assert found("BK-1", code="BK-1").is_whole  # the timer is off again


def test_patterns_are_searched_for_in_any_thread() -> None:
    results: list[Found] = []
    thread = threading.Thread(target=lambda: results.append(found("BK-1", code="BK-1")))
    thread.start()
    thread.join(30)
    assert results[0].values == {"code": "BK-1"}


@given(st.text(max_size=80), st.text(max_size=200), st.text(max_size=80))
def test_whatever_is_found_is_in_the_message(subject: str, text: str, header: str) -> None:
    values = found(subject, text, header, code=r"\w+[-/]?\d*", title=".+", text=".+").values
    everything = f"{subject}\x00{text}\x00{header}"
    assert all(value in everything for value in values.values())


def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("COMMLOG_CONFIG", str(file))


def test_patterns_of_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings(tmp_path, monkeypatch, "[mail]\ncode = 'BK-[0-9]+'\n[mail.kinds]\nb = 'B'\na = 'A'\n")
    fields, kinds = mail_patterns(read_file())
    assert fields["code"].pattern == "BK-[0-9]+"
    assert list(kinds) == ["b", "a"]
    settings(tmp_path, monkeypatch, "page_size = 50\n")
    assert mail_patterns(read_file()) == ({}, {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cod = 'x'", "line 2: there is no mail setting cod; did you mean code?"),
        ("code = 7", "line 2: code must be a regular expression"),
        ("code = ''", "line 2: code must be a regular expression"),
        (f"code = '{'x' * 501}'", "of at most 500 characters"),
        ("code = '('", "line 2: code is not a regular expression"),
        ("code = 'x{99999999999}'", "line 2: code is not a regular expression"),
        ("code = '(a)(b)'", "line 2: code has more than one group"),
        ("kinds = 'x'", "kinds must be a table"),
        ("[mail.kinds]\nBig = 'x'", "line 3: a kind is named by lower-case letters"),
        ("[mail.kinds]\nok = '['", "line 3: ok is not a regular expression"),
        ("[mail.kinds]\n" + "".join(f"k{number} = 'x'\n" for number in range(51)), "at most 50 kinds"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    settings(tmp_path, monkeypatch, f"[mail]\n{text}\n")
    with pytest.raises(SettingsError, match=re.escape(words)):
        mail_patterns(read_file())
