"""Words at one edit."""

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.store.search.spelling import Neighborhood, is_one_edit, nearest

LETTERS = st.text("abc", min_size=4, max_size=8)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    """A word, and the same with one edit."""
    word = draw(LETTERS)
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(ascii_lowercase))
    kinds = [
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    ]
    return word, draw(st.sampled_from(kinds))


@given(edits())
def test_one_edit_is_recognized_both_ways_and_looked_for_where_it_is(pair: tuple[str, str]) -> None:
    typed, meant = pair
    assert is_one_edit(typed, meant) == is_one_edit(meant, typed) == (typed != meant)
    where = Neighborhood.of(typed)
    assert where is not None
    is_near = meant.startswith(where.begins) or meant[::-1].startswith(where.ends_reversed) or meant == where.swapped
    assert is_near or typed == meant


@pytest.mark.parametrize(("one", "other"), [("isla", "isla"), ("isla", "bella"), ("isla", "slai"), ("ab", "ba" * 2)])
def test_others_are_none(one: str, other: str) -> None:
    assert not is_one_edit(one, other)


def test_short_words_are_not_corrected() -> None:
    assert Neighborhood.of("ann") is None


def test_the_most_similar_come_first() -> None:
    assert nearest("ilsa", ["elsa", "isla", "ilsas", "olga"]) == ["isla", "ilsas", "elsa"]
