import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from commlog_tui.contract.delivery import Status
from commlog_tui.text.rows import TROUBLE, cells, header, is_short, pieces, widths
from tests.desk.samples import LONDON, an_entry, nasty_entry
from tests.nasty import NASTY, is_harmless


@given(st.integers(31, 300))
def test_a_row_never_takes_more_cells_than_there_are(width: int) -> None:
    columns = widths(width)
    for text in (header(columns), "".join(pieces(cells(an_entry(), LONDON), columns))):
        assert cell_len(text) <= width


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (139, "Date Via To Title Customer Status Ref"),
        (95, "Date Via To Title Customer Status Ref"),
        (83, "Date Via To Title Customer Status Ref"),
        (70, "Date Via To Title Status"),
        (54, "Date Via Title Status"),
        (48, "Date Title Status"),
        (73, "Date Via To Title Customer Status"),
        (39, "Date Title Status"),
        (31, "Date Title Status"),
        (10, "Date Title Status"),
    ],
)
def test_columns_give_way_before_they_are_cut(width: int, names: str) -> None:
    assert " ".join(column.name for column, _ in widths(width)) == names


def test_what_is_left_is_shared_by_the_columns_that_can_use_it() -> None:
    wide, narrow = dict(widths(200)), dict(widths(110))
    assert {column.name for column in narrow if wide[column] > narrow[column]} == {"To", "Title", "Customer"}
    assert sum(wide.values()) + len(wide) - 1 in range(190, 201)


def test_a_row_says_local_time_and_short_reference() -> None:
    text = cells(an_entry(sent_at="2026-07-03T12:00:00Z"), LONDON)
    assert text == {
        "Date": "2026-07-03 13:00",
        "Via": "sms",
        "To": "07700 900123",
        "Title": "Booking Reminder 1",
        "Customer": "Zoë Quay",
        "Status": "✓ delivered",
        "Ref": "0d9c6a52",
    }
    assert cells(an_entry(sent_at="2026-07-03T12:00:00Z"), LONDON, show_utc=True)["Date"] == "2026-07-03 12:00"


def test_in_narrow_columns_this_year_goes_without_saying() -> None:
    assert not is_short(widths(110))
    assert is_short(widths(73))
    assert cells(an_entry(sent_at="2026-07-03T12:00:00Z"), LONDON, year=2026)["Date"] == " 3 Jul 13:00"
    assert cells(an_entry(sent_at="2025-12-31T23:59:00Z"), LONDON, year=2026)["Date"] == "31 Dec 2025"
    assert cells(an_entry(sent_at="2026-07-03T12:00:00Z"), LONDON, show_utc=True, year=2026)["Date"] == " 3 Jul 12:00"


def test_the_booking_code_that_people_read_aloud_comes_before_the_reference() -> None:
    assert cells(an_entry(code="TIDE42"), LONDON)["Ref"] == "TIDE42"
    assert not cells(an_entry(reference=None), LONDON)["Ref"]


def test_marks_say_corrected_and_inbound() -> None:
    assert cells(an_entry(title="A", corrected=True), LONDON)["Title"] == "✎ A"
    assert cells(an_entry(title="A", direction="inbound"), LONDON)["Title"] == "← A"
    assert cells(an_entry(title="A", corrected=True, direction="inbound"), LONDON)["Title"] == "✎ ← A"


def test_a_customer_without_a_name_is_told_by_id() -> None:
    assert cells(an_entry(customer={"id": "c-9", "name": None}), LONDON)["Customer"] == "c-9"
    assert not cells(an_entry(customer=None), LONDON)["Customer"]


@pytest.mark.parametrize("status", Status)
def test_a_status_is_a_word_and_a_sign_that_fit_their_column(status: Status) -> None:
    text = cells(an_entry(status=status.value), LONDON)["Status"]
    assert text.endswith(f" {status.value}")
    assert cell_len(text) <= 11 + (status is Status.COMPLAINED)


def test_trouble_looks_like_trouble_without_colour() -> None:
    signs = {status: cells(an_entry(status=status.value), LONDON)["Status"][0] for status in Status}
    assert {status.value for status, sign in signs.items() if sign in "✗!"} == TROUBLE


@pytest.mark.parametrize("name", NASTY)
def test_nasty_text_keeps_the_columns_in_place(name: str) -> None:
    entry = nasty_entry(1, NASTY[name])
    for width in (49, 79, 139):
        columns = widths(width)
        text = "".join(pieces(cells(entry, LONDON), columns))
        assert is_harmless(text)
        assert cell_len(text) == sum(cell for _, cell in columns) + len(columns) - 1


def test_a_time_that_clocks_show_twice_shows_its_zone() -> None:
    shown = [cells(an_entry(sent_at=f"2026-10-25T{hour}:30:00Z"), LONDON)["Date"] for hour in ("00", "01", "02")]
    assert shown == ["10-25 01:30 BST", "10-25 01:30 GMT", "2026-10-25 02:30"]
    assert cells(an_entry(sent_at="2026-10-25T01:30:00Z"), LONDON, show_utc=True)["Date"] == "2026-10-25 01:30"


def test_a_piece_ends_where_terminals_could_disagree() -> None:
    columns = widths(120)
    assert len(pieces(cells(an_entry(customer=None), LONDON), columns)) == 1
    hindi = pieces(cells(an_entry(title="राधिका", customer=None), LONDON), columns)
    assert [" ".join(piece.split()) for piece in hindi][1:] == ["राधिका", "✓ delivered 0d9c6a52"]


def test_where_there_is_little_room_the_title_gets_shorter_before_the_status_goes() -> None:
    assert {column.name: width for column, width in widths(35)} == {"Date": 12, "Title": 10, "Status": 11}
    assert {column.name: width for column, width in widths(20)} == {"Date": 12, "Title": 5, "Status": 11}
