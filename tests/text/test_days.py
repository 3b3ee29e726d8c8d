from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.query import EntryQuery
from commlog_tui.text.days import DayError, ambiguity, parse_day, span
from tests.desk.samples import LONDON

TODAY = date(2026, 11, 3)  # a Tuesday
ZONES = [LONDON, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Kiritimati")]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        ("2026-1-3", date(2026, 1, 3)),
        ("3 nov", date(2026, 11, 3)),
        ("4 nov", date(2025, 11, 4)),
        ("  3  Nov  2025 ", date(2025, 11, 3)),
        ("3november", date(2026, 11, 3)),
        ("3 sept", date(2026, 9, 3)),
        ("3/11", date(2026, 11, 3)),
        ("3.11.2024", date(2024, 11, 3)),
        ("3.11.", date(2026, 11, 3)),
        ("3. nov.", date(2026, 11, 3)),
        ("3.11.24", date(2024, 11, 3)),
        ("03/11/2026", date(2026, 11, 3)),
        ("3rd nov", date(2026, 11, 3)),
        ("nov 3", date(2026, 11, 3)),
        ("November 3rd, 2025", date(2025, 11, 3)),
        ("14 days ago", date(2026, 10, 20)),
        ("29 feb", date(2024, 2, 29)),
        ("today", TODAY),
        ("yesterday", date(2026, 11, 2)),
        ("monday", date(2026, 11, 2)),
        ("tue", date(2026, 10, 27)),
        ("wednes", date(2026, 10, 28)),
        ("-0", TODAY),
        ("-14", date(2026, 10, 20)),
    ],
)
def test_days_as_people_type_them(typed: str, day: date) -> None:
    assert parse_day(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31 nov", "November 2026 has 30 days."),
        ("29 feb 2026", "February 2026 has 28 days."),
        ("2026-02-30", "February 2026 has 28 days."),
        ("0 nov", "November 2026 has 30 days."),
        ("11/13", "the day comes before the month"),
        ("2026-13-99", "twelve months"),
        ("3 novel", "There is no such month."),
        ("1969-12-31", "between 1970 and 2199"),
        ("3 nov 2200", "between 1970 and 2199"),
        ("-99999", "before any log begins"),
        ("nov 31", "November 2026 has 30 days."),
        ("31/11/2026", "November 2026 has 30 days."),
        ("7 days", "That is a span of days; the day itself is -7."),
    ],
)
def test_impossible_days_say_why(typed: str, why: str) -> None:
    with pytest.raises(DayError, match=why):
        parse_day(typed, TODAY)


@pytest.mark.parametrize(
    "typed", ["", "5", "311", "2026", "mo", "Mon 3", "now", "--3", "3 11 26", "٣ nov", "x" * 5000, "\x1b[2J"]
)
def test_what_is_no_day_is_no_guess_and_not_repeated(typed: str) -> None:
    with pytest.raises(DayError) as caught:
        parse_day(typed, TODAY)
    assert str(caught.value).startswith("This is no day.")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("03/11/2026", "Read day first: 3 November, not 11 March."),
        ("3/11", "Read day first: 3 November, not 11 March."),
        ("5-6-26 09:14", "Read day first: 5 June, not 6 May."),
        ("13/11/2026", ""),
        ("11/11/2026", ""),
        ("11/13/2026", ""),
        ("00/11", ""),
        ("3.11.2026", ""),
        ("3 nov", ""),
        ("2026-11-03", ""),
        ("now", ""),
        ("", ""),
    ],
)
def test_what_others_read_month_first_is_said(typed: str, text: str) -> None:
    assert ambiguity(typed) == text


@given(st.text(), st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_nothing_typed_is_a_crash(typed: str, today: date) -> None:
    try:
        day = parse_day(typed, today)
    except DayError:
        return
    assert day.year in range(1970, 2200)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Europe/London", date(2026, 11, 3), 24),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23),
    ],
)
def test_a_day_has_the_hours_it_had(zone: str, day: date, hours: float) -> None:
    since, until = span(day, day, ZoneInfo(zone))
    assert since is not None
    assert until is not None
    assert until - since == timedelta(hours=hours)


def test_spans_are_half_open_and_open_where_nothing_is_said() -> None:
    assert span(date(2026, 7, 1), date(2026, 7, 2), LONDON) == (
        datetime(2026, 6, 30, 23, tzinfo=UTC),
        datetime(2026, 7, 2, 23, tzinfo=UTC),
    )
    assert span(None, None, LONDON) == (None, None)
    assert span(None, TODAY, LONDON) == (None, datetime(2026, 11, 4, tzinfo=UTC))


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)), st.integers(0, 400), st.sampled_from(ZONES))
def test_every_span_of_days_can_be_asked_of_the_log(first: date, days: int, zone: ZoneInfo) -> None:
    last = min(first + timedelta(days=days), date(2199, 12, 31))
    since, until = span(first, last, zone)
    assert EntryQuery(since=since, until=until).since == since
    tomorrow, _ = span(last + timedelta(days=1), None, zone)
    assert until is None or tomorrow is None or tomorrow == until
