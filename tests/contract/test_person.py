"""The name given at a desk: sanitized, bounded, and the same after the header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.person import (
    LONGEST_PERSON,
    actor_words,
    person_header,
    person_name,
    person_of_header,
)

ANYTHING = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Noor", "Noor"),
        ("  Noor   al-Amin ", "Noor al-Amin"),
        ("Noor) (Boss", "Noor Boss"),
        ("Noor\n\x1b[31m\u202e", "Noor 31m"),
        ("Zo\u0065\u0308", "Zoë"),
        ("\uff08Noor\uff09[x]{y}<z>", "Noor x y z"),
        ("()", ""),
        ("a" * 100, "a" * LONGEST_PERSON),
        ("e" + "\u0301\u0302\u0303\u0304\u0305", "é\u0302\u0303"),
    ],
)
def test_a_name_is_one_bounded_line_without_brackets(typed: str, name: str) -> None:
    assert person_name(typed) == name


@given(ANYTHING)
def test_a_name_is_settled_and_comes_through_the_header(typed: str) -> None:
    name = person_name(typed)
    assert person_name(name) == name
    assert len(name) <= LONGEST_PERSON
    assert name.isprintable()
    assert not set("()[]{}<>") & set(name)
    assert person_of_header(person_header(name)) == name


@given(ANYTHING)
def test_no_header_ends_in_anything_but_a_name_or_a_refusal(value: str) -> None:
    try:
        name = person_of_header(value)
    except ValueError:
        return
    assert person_name(name) == name


def test_the_actor_names_the_token_first() -> None:
    assert actor_words("Front desk", "Noor") == "Front desk (Noor)"
