"""Hints at mistyped addresses and numbers."""

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.text.address_hints import _DOMAINS, address_hint, is_near

TYPOS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail": "gmail.com",
    "gmailcom": "gmail.com",
    "gmail.co.uk": "gmail.com",
    "hotmial.con": "hotmail.com",
    "hotmial.co.uk": "hotmail.co.uk",
    "yahoo.co": "yahoo.com",
    "yaho.fr": "yahoo.fr",
    "outlok.com": "outlook.com",
    "iclod.com": "icloud.com",
    "t-onlin.de": "t-online.de",
    "gmx.con": "gmx.com",
    "blue-kayak.con": "blue-kayak.com",
    "GMIAL.com": "gmail.com",
}


@pytest.mark.parametrize(("typed", "meant"), TYPOS.items())
def test_a_misspelt_domain_is_hinted_at(typed: str, meant: str) -> None:
    hint = address_hint(f"Anna@{typed}", "GB")
    assert hint is not None
    assert hint.instead == f"Anna@{meant}"
    assert hint.words == f"Did you mean Anna@{meant}?"


@pytest.mark.parametrize("domain", sorted(_DOMAINS))
def test_a_known_domain_gets_no_hint(domain: str) -> None:
    assert address_hint(f"anna@{domain}", None) is None


@pytest.mark.parametrize(
    "domain",
    ["blue-kayak.com", "orange.fr", "life.com", "yahoo.co.kr", "hotmail.cz", "kayak.co", "example.org", "mall.com", ""],
)
def test_other_domains_get_no_hint(domain: str) -> None:
    assert address_hint(f"anna@{domain}", "GB") is None


def test_what_is_meant_is_never_doubted_again() -> None:
    for typed in TYPOS:
        hint = address_hint(f"a@{typed}", None)
        assert hint is not None
        assert hint.instead is not None
        assert address_hint(hint.instead, None) is None


@pytest.mark.parametrize(
    ("number", "region", "via", "part"),
    [
        ("020 7946 0018", "GB", "sms", "landline"),
        ("020 7946 0018", "GB", None, "landline"),
        ("0800 1111", "GB", "sms", "service number"),
        ("+31 20 624 1111", "GB", "sms", "landline"),
        ("612345678", None, "sms", "begin with +"),
        ("31612345678", "GB", "sms", "read as +31612345678"),
        ("0612345678", "GB", "sms", "needs its code"),
        ("07911 12345", "GB", "phone", "No such number"),
        ("+447911123", "GB", "phone", "digit wrong"),
        ("+4479111234567", "GB", "phone", "country code right"),
        ("1234", "GB", "phone", "No such number"),
    ],
)
def test_a_number_that_is_probably_wrong_is_hinted_at(number: str, region: str | None, via: str, part: str) -> None:
    hint = address_hint(number, region, via)
    assert hint is not None
    assert part in hint.words


@pytest.mark.parametrize(
    ("number", "region", "via"),
    [
        ("020 7946 0018", "GB", "phone"),
        ("020 7946 0018", "GB", "whatsapp"),
        ("07911 123456", "GB", "sms"),
        ("07700 900123", "GB", "sms"),
        ("447911123456", "GB", "sms"),
        ("0044 7911 123456", "GB", "sms"),
        ("+1 415 555 2671", "GB", "sms"),
        ("06 1234 5678", "NL", "sms"),
        ("", "GB", "sms"),
        ("reception", "GB", "sms"),
    ],
)
def test_a_good_number_and_other_text_get_no_hint(number: str, region: str | None, via: str) -> None:
    assert address_hint(number, region, via) is None


@given(st.text(max_size=40), st.sampled_from([None, "GB", "US", "NL"]), st.sampled_from([None, "sms", "email"]))
def test_any_text_has_an_answer(text: str, region: str | None, via: str | None) -> None:
    hint = address_hint(text, region, via)
    assert hint is None or hint.words.endswith((".", "?"))


@given(st.text(ascii_lowercase, min_size=2, max_size=8), st.data())
def test_one_letter_more_less_other_or_in_another_order_is_near(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from(ascii_lowercase))
    edits = {text[:at] + text[at + 1 :], text[:at] + other + text[at:], text[:at] + other + text[at + 1 :]}
    edits.add(text[:at] + text[at + 1] + text[at] + text[at + 2 :])
    for edit in edits - {text}:
        assert is_near(text, edit)
        assert is_near(edit, text)
    assert not is_near(text, text)


@pytest.mark.parametrize("typed", ["zoe@gmial.comzoe@gmail.com", "a@x b@y", "a@@example.com"])
def test_two_addresses_in_one_are_hinted_at(typed: str) -> None:
    hint = address_hint(typed, "GB")
    assert hint is not None
    assert "two @" in hint.words
    assert hint.instead is None
