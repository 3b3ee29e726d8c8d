"""What the bar and the notice say of a search."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from commlog_tui.contract.page import Page, Total
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.log.words import bar_words, notice
from commlog_tui.desk.reader.state import ViewState
from tests.desk.samples import LONDON, an_entry

TODAY = date(2026, 11, 3)


def state(entries: int = 0, **page: Any) -> ViewState:
    """A view of a search's page, as the log answered it."""
    shown = tuple(an_entry(number) for number in range(1, entries + 1))
    total = Total(count=entries, exact=not page)
    answer = Page(entries=shown, first=1, total=total, newer=None, older=None, oldest=None, **page)
    filters = Filters(q="bakkr")
    return ViewState(claimed=filters, answered=filters, page=answer)


def test_a_similar_word_is_offered_with_its_key() -> None:
    heading, words = notice(state(suggestions=("bakker", "b\x1bakkar")), TODAY, LONDON) or ("", "")
    assert heading == "Nothing found"
    assert "m searches for bakker." in words
    assert "Also similar: " in words
    assert "\x1b" not in words


def test_a_search_that_was_cut_short_says_how_far_it_looked_and_how_to_go_on() -> None:
    back_to = datetime(2024, 3, 31, 23, 30, tzinfo=UTC)
    heading, words = notice(state(searched_back_to=back_to), TODAY, LONDON) or ("", "")
    assert heading == "Nothing found yet"
    assert "Looked back to 1 April 2024. ] looks further back." in words
    assert bar_words(state(2, searched_back_to=back_to), LONDON) == "looked back to 1 April 2024, ] goes on"


def test_a_page_that_is_whole_says_nothing_of_it() -> None:
    assert bar_words(state(2), LONDON) == ""
    assert notice(state(2), TODAY, LONDON) is None


def test_in_privacy_mode_nothing_says_whom_the_filters_are_about() -> None:
    filters = Filters(q="bakkr", to="ada@post.example", via=("sms",)).excluding("customer", "c-1", "Ada Reed")
    for suggestions in ((), ("bakker", "bakkar")):
        found = replace(
            state(suggestions=suggestions),
            private=True,
            claimed=filters,
            answered=filters,
            loosened=("without not Ada Reed: 3",),
        )
        _, words = notice(found, TODAY, LONDON) or ("", "")
        assert "sms" in words
        assert not any(one in words for one in ("bakk", "ada", "Ada", "c-1"))
