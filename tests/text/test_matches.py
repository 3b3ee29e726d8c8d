"""Why an entry matched, in its row and in words."""

from typing import Any

import pytest

from commlog_tui.contract.entry import Match
from commlog_tui.text.matches import match_words
from commlog_tui.text.rows import cells, marked_row, widths
from commlog_tui.text.widths import cell_len
from tests.desk.samples import LONDON, an_entry

WIDE, NARROW = 140, 80


def row(width: int, *matches: Match, **fields: Any) -> tuple[str, list[str]]:
    """Return the title's cell of a row, and what is marked in the row."""
    made = an_entry(**fields, matched=matches)
    columns, parts = widths(width), cells(made, LONDON)
    spans = marked_row(made, parts, columns)
    line = " ".join(parts[column.name][:size].ljust(size) for column, size in columns)
    return parts["Title"], [line[begin:end] for begin, end in spans]


def test_what_matched_is_marked_where_the_row_shows_it() -> None:
    title, marked = row(
        WIDE, Match(field="title", text="Rang about parking", spans=((5, 10),)), title="Rang about parking"
    )
    assert (title, marked) == ("Rang about parking", ["about"])


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_match_that_no_column_shows_is_a_remark_behind_the_title(width: int) -> None:
    other = Match(field="other_number", text="+44 7911 123456", spans=((0, 15),))
    title, marked = row(width, other, title="A rather long title of an entry")
    assert "other number" in title
    assert marked == []
    text = Match(field="body", text="the gate, code given", spans=((4, 8), (10, 14)))
    title, _ = row(NARROW, text, title="A rather long title of an entry")
    assert title.endswith("text: gate, code")
    assert cell_len(title) <= {column.name: size for column, size in widths(NARROW)}["Title"]


def test_a_title_that_is_cut_before_its_match_stays_readable() -> None:
    long = "A rather long title of an entry that was about the parking behind the slipway"
    at = long.index("parking")
    title, marked = row(NARROW, Match(field="title", text=long, spans=((at, at + 7),)), title=long)
    assert (title, marked) == (long, [])


def test_a_row_without_a_search_is_as_ever() -> None:
    assert row(WIDE, title="Rang") == ("Rang", [])


def test_in_words_the_match_stands_in_brackets_and_is_safe() -> None:
    match = Match(field="body", text="a\x1b[31mgate", spans=((6, 10),))
    assert "\x1b" not in match_words(match)
    assert match_words(match).endswith("[gate]")
    assert match_words(Match(field="newer_field", text="x", spans=())) == "newer field: x"
