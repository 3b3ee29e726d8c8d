"""Columns as people choose them: read from texts, laid out, and never pushed out by what is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.text.columns import ALL, WIDEST, add_cells, as_texts, columns_of, parsed
from commlog_tui.text.rows import COLUMNS, cells, header, pieces, widths
from commlog_tui.text.widths import cell_len
from tests.desk.samples import LONDON, an_entry, nasty_entry
from tests.nasty import NASTY

NAMES = st.sampled_from([column.name.lower() for column in ALL])
TEXTS = st.lists(st.one_of(NAMES, st.builds("{}:{}".format, NAMES, st.integers(0, 200)), st.text(max_size=8)))


def row(texts: list[str], width: int, nasty: str = "") -> str:
    entry = nasty_entry(1, nasty) if nasty else an_entry(kind="reminder")
    columns = widths(width, columns_of(texts), shrink=True)
    parts = cells(entry, LONDON)
    add_cells(parts, entry, columns, LONDON)
    assert cell_len(header(columns)) <= width
    return "".join(pieces(parts, columns))


@given(TEXTS, st.integers(40, 300))
def test_a_row_of_any_columns_never_takes_more_cells_than_there_are(texts: list[str], width: int) -> None:
    assert cell_len(row(texts, width)) <= width


@pytest.mark.parametrize("nasty", NASTY)
def test_hostile_texts_stay_in_their_columns(nasty: str) -> None:
    assert cell_len(row(["actor", "kind:20", "recorded", "source", "date", "title:30"], 110, nasty)) <= 110


@given(TEXTS)
def test_what_is_saved_is_read_again(texts: list[str]) -> None:
    chosen = parsed(texts)
    assert parsed(as_texts(chosen)) == chosen
    names = [column.name for column, _ in chosen]
    assert len(set(names)) == len(names)
    assert not chosen or {"Date", "Title"} <= set(names)
    assert all(width <= WIDEST for _, width in chosen)


def test_order_and_width_are_as_chosen() -> None:
    columns = widths(120, columns_of(["status", "date", "title", "to:20", "actor", "mood", "to"]))
    assert [column.name for column, _ in columns] == ["Status", "Date", "Title", "To", "Actor"]
    assert {column.name: width for column, width in columns}["To"] == 20
    assert columns_of([]) is columns_of(["mood"]) is COLUMNS


def test_the_header_says_what_rows_are_in_order_of() -> None:
    assert header(widths(110), newest_first=True).startswith("Date ▾")
    assert header(widths(110, columns_of(["title", "date"]))).split("  ")[0] == "Title"
