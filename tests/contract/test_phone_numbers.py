"""One reader for numbers: what a guest says, a program exports and a clerk types is one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.addresses import contact_form, match_form, recipient_problem, search_forms
from commlog_tui.contract.phone_numbers import digits, is_number, normal_number, number_forms, searched_forms

LONDON = "+442079460123"
WRITTEN = {
    "GB": {
        LONDON: [
            "020 7946 0123", "(020) 7946 0123", "020-7946-0123", "020.7946.0123", "020/79460123", "+44 20 7946 0123",
            "+44 (0)20 7946 0123", "+44(0)2079460123", "(+44) 20 7946 0123", "[020] 7946 0123", "0044 20 7946 0123",
            "00 44 20 7946 0123", "011 44 20 7946 0123", "442079460123", "tel:+44-20-7946-0123", "TEL:020-7946-0123",
            "tel:+44-20-7946-0123;ext=12", "tel:7946-0123;phone-context=+44-20", "tel:%2B442079460123",
            "callto://+442079460123",
            "sms:+442079460123", "whatsapp:+442079460123", "442079460123@c.us", "442079460123@s.whatsapp.net",
            "442079460123:12@s.whatsapp.net", "https://wa.me/442079460123?text=hi", "wa.me/442079460123",
            "020 7946 0123 x12", "020 7946 0123 ext. 12", "020 7946 0123 extension 12", "020 7946 0123;ext=12",
            "020 7946 0123 #12", "02079460123,,12", "\u202a+44 20 7946 0123\u202c", "\u200e+442079460123",
            "+44\u200920\u202f7946\u00a00123",
            "020\u20137946\u20130123", "020\u22127946\u20120123", "020\u20117946\u00ad0123",
            "\uff0b\uff14\uff14 20 7946 0123",
            "\u0660\u0662\u0660 \u0667\u0669\u0664\u0666 \u0660\u0661\u0662\u0663", "\u06f0\u06f2\u06f0 7946 0123",
            "\uff08\uff10\uff12\uff10\uff09 7946 0123", "\u0966\u0968\u0966 7946 0123", "020\u3000\uff17946\uff0d0123",
            "\ufeff02079460123",
            "020 7946 0123 ", "\t02079460123\r\n",
        ],
        "+447700900123": ["07700 900123", "07700-900-123", "+44 7700 900123", "447700900123"],
        "+441134960000": ["0113 496 0000", "(0113) 4960000"],
    },
    "US": {
        "+14155552671": [
            "+14155552671", "(415) 555-2671", "415-555-2671", "415.555.2671", "4155552671", "1-415-555-2671",
            "+1 (415) 555-2671",
            "1 (415) 555 2671", "001 415 555 2671", "011 1 415 555 2671", "1.415.555.2671", "(415)555-2671",
        ],
        LONDON: ["011 44 20 7946 0123", "0044 20 7946 0123", "442079460123", "+442079460123"],
    },
    "BR": {
        "+5511987654321": [
            "+5511987654321", "+551187654321", "(11) 98765-4321", "11 98765-4321", "5511987654321", "11 8765-4321",
            "(11) 8765-4321",
            "551187654321", "0 11 98765-4321", "011 98765-4321", "0 21 11 98765-4321", "5511987654321@c.us",
            "551187654321@c.us",
        ],
        "+551133334444": ["+551133334444", "(11) 3333-4444"],
    },
    "AR": {
        "+541123456789": [
            "+54 9 11 2345 6789", "+54 11 2345 6789", "011 15 2345-6789", "11 15 2345 6789", "+54 11 15 2345 6789",
            "5491123456789",
            "5491123456789@c.us", "11 2345-6789", "011 2345-6789", "54 9 11 2345 6789",
        ],
        "+543514567890": ["+54 9 351 456 7890", "0351 15 456 7890", "351 15 4567890", "351 456 7890"],
    },
    "MX": {
        "+525512345678": [
            "+52 1 55 1234 5678", "+52 55 1234 5678", "55 1234 5678", "044 55 1234 5678", "045 55 1234 5678",
            "01 55 1234 5678",
            "1 55 1234 5678", "5215512345678@c.us", "525512345678", "(55) 1234-5678", "+52 044 55 1234 5678",
        ],
    },
    "IT": {
        "+390612345678": ["06 1234 5678", "+39 06 1234 5678", "+39 6 1234 5678", "+39 (0)6 1234 5678",
        "0039 06 12345678"],
        "+393471234567": ["347 123 4567", "+39 347 1234567"],
    },
    "RU": {"+79123456789": ["8 (912) 345-67-89", "+7 912 345 67 89", "89123456789", "9123456789"]},
}  # fmt: skip
KINDS = [
    (region, number, text) for region, numbers in WRITTEN.items() for number, texts in numbers.items() for text in texts
]


@pytest.mark.parametrize(("region", "number", "text"), KINDS)
def test_a_number_is_one_however_it_is_written(region: str, number: str, text: str) -> None:
    assert is_number(text)
    assert normal_number(text, region) == contact_form(text, region) == number
    assert set(searched_forms(number, region)) & set(number_forms(text, region))
    assert digits(number) in "\n".join(search_forms(text, region))


@pytest.mark.parametrize(
    "text",
    [
        "", "ACME", "88", "999", "4.47701E+11", "4,47701E+11", "p07700 900123",
        "07700 900123 / 07700 900124 / 07700 900125", "Anna",
        "07700900123;07700900124", "120363041234567890@g.us", "81234567890@lid", "ext 12", "x12", "12",
        "n07700 900123",
        "07700 900123 (Anna)", "tel:", "tel:Anna", "1234567890123456789012345", "07700-900123-Anna", "⁰⁷⁷⁰⁰", "½4444",
    ],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize("text", ["ACME", "88", "999", "acme", "Reception desk"])
def test_what_is_neither_is_compared_as_it_is(text: str) -> None:
    assert match_form(text, "GB") == text
    assert match_form(f" {text} ", "GB") == text
    assert contact_form(text, "GB") is None


def test_an_address_is_compared_in_one_form() -> None:
    forms = {
        match_form(text, None) for text in ("Ada@Bücher.example", "ada@BÜCHER.example", "ADA@xn--bcher-kva.example")
    }
    assert forms == {"ada@xn--bcher-kva.example"}
    assert "ada@bücher.example" in search_forms("ada@xn--bcher-kva.example", None)
    assert "ada@xn--bcher-kva.example" in search_forms("ada@bücher.example", None)
    assert match_form("", None) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4.47701E+11", "rounded"), ("4,47701e+11", "rounded"), ("447E9", "rounded"),
        ("mailto:gina@example.com", "mailto"),
        ("MAILTO:gina@example.com?subject=x", "mailto"), ("Gina <gina@example.com>", "more than an address"),
        ("<gina@example.com>", "more than an address"), ("gina@example.com (Gina)", "more than an address"),
        ("a@example.com, b@example.com", "several"), ("a@example.com b@example.com", "several"),
        ("a@example.com;b@example.com", "several"),
        ("a@example.com / +44 20 7946 0123", "several"), ("07700 900123 / 07700 900124", "several"),
        ("07700900123\n07700900124", "several"),
        ("07700 900123 or 020 7946 0123", "several"), ("07700900123,07700900124", "several"),
        ("gina @example.com", "more than"),
        ("gina@", "more than"), ("@example.com", "more than"), ("Gina gina@example.com", "more than"),
        ("07700 900123 (Gina)", "more than a number"), ("Gina <+44 7700 900123>", "more than a number"),
        ("p07700 900123", "more than a number"), ("07700 900123, Gina", "more than a number"),
        (f"+44{' ' * 100_000}1", "longer than"),

    ],
)  # fmt: skip
def test_what_cannot_be_one_recipient_says_why(text: str, words: str) -> None:
    problem = recipient_problem(text)
    assert problem
    assert words in problem
    assert "900123" not in problem
    assert "gina" not in problem.lower()


@pytest.mark.parametrize(
    "text",
    [
        "gina@example.com", '"gi na"@example.com', "o'brien@example.com", "gina@[192.0.2.1]", "gina+x@bücher.example",
        "07700 900123",
        "ACME", "88", "999", "walk in", "447700900123@c.us", "020 7946 0123 x12", "tel:+442079460123",
        "Anna at the door", "",
        "ACME1234567",
        "room 12",
    ],
)  # fmt: skip
def test_what_can_be_a_recipient_has_no_problem(text: str) -> None:
    assert recipient_problem(text) is None


@given(st.text(max_size=40), st.sampled_from([None, "GB", "US", "BR", "AR", "MX", "IT"]))
def test_any_text_can_be_asked(text: str, region: str | None) -> None:
    form = match_form(text, region)
    assert form is None or match_form(form, region) == form
    searched_forms(text, region)
    search_forms(text, region)
    recipient_problem(text)


@given(
    st.from_regex(
        r"\+(55[1-9]{2}9?[6-9][0-9]{7}|549?11[2-9][0-9]{7}|521?55[0-9]{8}|44[127][0-9]{9}|1[2-9][0-9]{9})",
        fullmatch=True,
    )
)
def test_the_form_that_is_compared_is_of_the_line_alone(number: str) -> None:
    form = normal_number(number, None)
    assert normal_number(form, "GB") == normal_number(digits(form) + "@c.us", "US") == form
    assert digits(form) in number_forms(number, None)
