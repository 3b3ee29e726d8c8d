"""Spans of days in words, as the sidebar, the palette and the command line take them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.desk.filters import Filters, FiltersError, days_of
from commlog_tui.text.days import DayError, span
from commlog_tui.text.spans import PRESETS, is_relative, parse_days

TODAY = date(2026, 11, 3)  # a Tuesday


def iso(text: str) -> tuple[date, date]:
    first, _, last = text.partition(" ")
    return date.fromisoformat(first), date.fromisoformat(last or first)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("3 nov", "2026-11-03"),
        ("yesterday", "2026-11-02"),
        ("-14", "2026-10-20"),
        ("monday", "2026-11-02"),
        ("last monday", "2026-11-02"),
        ("last tuesday", "2026-10-27"),
        ("7 days", "2026-10-28 2026-11-03"),
        (" Last  7  Days ", "2026-10-28 2026-11-03"),
        ("past 14 days", "2026-10-21 2026-11-03"),
        ("1 day", "2026-11-03"),
        ("last 2 weeks", "2026-10-21 2026-11-03"),
        ("last 3 months", "2026-08-04 2026-11-03"),
        ("last 2 years", "2024-11-04 2026-11-03"),
        ("this week", "2026-11-02 2026-11-03"),
        ("last week", "2026-10-26 2026-11-01"),
        ("this month", "2026-11-01 2026-11-03"),
        ("last month", "2026-10-01 2026-10-31"),
        ("previous month", "2026-10-01 2026-10-31"),
        ("this quarter", "2026-10-01 2026-11-03"),
        ("last quarter", "2026-07-01 2026-09-30"),
        ("this year", "2026-01-01 2026-11-03"),
        ("last year", "2025-01-01 2025-12-31"),
        ("october", "2026-10-01 2026-10-31"),
        ("Oct", "2026-10-01 2026-10-31"),
        ("last october", "2026-10-01 2026-10-31"),
        ("november", "2026-11-01 2026-11-30"),
        ("last november", "2025-11-01 2025-11-30"),
        ("december", "2025-12-01 2025-12-31"),
        ("february", "2026-02-01 2026-02-28"),
        ("feb 2024", "2024-02-01 2024-02-29"),
        ("october 2025", "2025-10-01 2025-10-31"),
        ("2026-10", "2026-10-01 2026-10-31"),
        ("10/2026", "2026-10-01 2026-10-31"),
        ("2025", "2025-01-01 2025-12-31"),
        ("q3", "2026-07-01 2026-09-30"),
        ("Q4", "2026-10-01 2026-12-31"),
        ("q4 2025", "2025-10-01 2025-12-31"),
        ("2025-q1", "2025-01-01 2025-03-31"),
        ("week 44", "2026-10-26 2026-11-01"),
        ("w46", "2025-11-10 2025-11-16"),
        ("2026-W01", "2025-12-29 2026-01-04"),
        ("2020-w53", "2020-12-28 2021-01-03"),
    ],
)
def test_spans_as_people_type_them(typed: str, days: str) -> None:
    assert parse_days(typed, TODAY) == iso(days)


@pytest.mark.parametrize(
    ("typed", "today", "days"),
    [
        ("last month", date(2026, 1, 31), "2025-12-01 2025-12-31"),
        ("last month", date(2024, 3, 31), "2024-02-01 2024-02-29"),
        ("1 month", date(2026, 3, 31), "2026-03-01 2026-03-31"),
        ("last week", date(2026, 1, 1), "2025-12-22 2025-12-28"),
        ("this week", date(2026, 11, 8), "2026-11-02 2026-11-08"),
        ("this week", date(2026, 11, 9), "2026-11-09"),
        ("last quarter", date(2026, 2, 1), "2025-10-01 2025-12-31"),
        ("q1", date(2026, 1, 1), "2026-01-01 2026-03-31"),
        ("q2", date(2026, 1, 1), "2025-04-01 2025-06-30"),
        ("october", date(2026, 10, 1), "2026-10-01 2026-10-31"),
        ("october", date(2026, 9, 30), "2025-10-01 2025-10-31"),
        ("last october", date(2026, 10, 31), "2025-10-01 2025-10-31"),
        ("last year", date(2024, 2, 29), "2023-01-01 2023-12-31"),
        ("1 year", date(2024, 2, 29), "2023-03-01 2024-02-29"),
    ],
)
def test_spans_at_the_edges_of_months_and_years(typed: str, today: date, days: str) -> None:
    assert parse_days(typed, today) == iso(days)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("0 days", "no day at all"),
        ("99999 days", "before any log begins"),
        ("9999 years", "before any log begins"),
        ("2026-13", "twelve months"),
        ("1969", "between 1970 and 2199"),
        ("2200", "between 1970 and 2199"),
        ("novel 2026", "no such month"),
        ("week 54", "no such week"),
        ("2026-w00", "no such week"),
        ("next month", "This is no day"),
        ("last today", "This is no day"),
        ("last", "This is no day"),
        ("q5", "This is no day"),
        ("", "This is no day"),
        ("month", "This is no day"),
    ],
)
def test_what_is_no_span_says_why(typed: str, why: str) -> None:
    with pytest.raises(DayError, match=why):
        parse_days(typed, TODAY)


@given(st.text(), st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_nothing_typed_is_a_crash(typed: str, today: date) -> None:
    try:
        first, last = parse_days(typed, today)
    except DayError:
        return
    assert 1970 <= first.year <= last.year <= 2199
    assert first <= last


UNIT = r"\d{0,3} ?(day|week|month|quarter|year)s?"
WORDS = st.from_regex(rf"((last|this|past) )?({UNIT}|[a-z]{{3,9}}( \d{{4}})?|q[1-4]|\d{{4}}(-\d\d)?)", fullmatch=True)


@given(WORDS, st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_every_span_lies_where_a_log_can_be_asked(typed: str, today: date) -> None:
    try:
        first, last = parse_days(typed, today)
    except DayError:
        return
    assert date(1970, 1, 1) <= first <= last <= date(2199, 12, 31)


def test_a_span_is_half_open_and_has_the_hours_it_had() -> None:
    since, until = span(*parse_days("october", TODAY), ZoneInfo("Europe/London"))
    assert since == datetime(2026, 9, 30, 23, tzinfo=UTC)
    assert until == datetime(2026, 11, 1, tzinfo=UTC)
    assert until - since == timedelta(days=31, hours=1)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ("last month", "", "2026-10-01 2026-10-31"),
        ("last month", "yesterday", "2026-10-01 2026-11-02"),
        ("september", "october", "2026-09-01 2026-10-31"),
        ("3 nov", "", "2026-11-03"),
        ("7 days", "today", "2026-10-28 2026-11-03"),
    ],
)
def test_two_fields_make_one_span(since: str, until: str, days: str) -> None:
    assert days_of(Filters(since=since, until=until), TODAY) == iso(days)


def test_until_alone_has_no_beginning_and_a_span_backwards_is_refused() -> None:
    assert days_of(Filters(until="last month"), TODAY) == (None, date(2026, 10, 31))
    with pytest.raises(FiltersError, match="after the last"):
        days_of(Filters(since="october", until="september"), TODAY)


def test_what_is_named_by_its_distance_from_today_is_shown_as_typed() -> None:
    assert all(map(is_relative, [*PRESETS, "last month", "Last 7 days", "this week"]))
    assert not any(map(is_relative, ["october", "2026-10", "3 nov", "monday", ""]))


def test_presets_are_whole_days_that_end_today() -> None:
    asked = {name: days(TODAY) for name, days in PRESETS.items()}
    assert asked == {
        "today": (TODAY, TODAY),
        "yesterday": (date(2026, 11, 2), date(2026, 11, 2)),
        "7 days": (date(2026, 10, 28), TODAY),
        "30 days": (date(2026, 10, 5), TODAY),
        "this month": (date(2026, 11, 1), TODAY),
    }
