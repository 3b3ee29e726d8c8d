"""When a provider is silent: by the hours in which it usually reports."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commlog_tui.providers.silence import HISTORY, LEAST_HOURS, LEAST_SPAN, ReportedHour, silent_since

ZONE = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
"""The Monday on which four weeks of history end."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def hours_of(reports: Iterable[datetime]) -> list[ReportedHour]:
    found: dict[datetime, list[datetime]] = {}
    for at in sorted(reports):
        found.setdefault(at.replace(minute=0, second=0, microsecond=0), []).append(at)
    return [ReportedHour(each[0], each[-1]) for each in found.values()]


def office(days: int = 28, first: int = 8, last: int = 20, weekdays: int = 7, every: int = 20) -> list[datetime]:
    """Return reports of the days before Monday, in some hours of the wall clock, every so many minutes."""
    reports = []
    for number in range(days):
        day = (MONDAY - (number + 1) * DAY).date()
        if day.weekday() < weekdays:
            start = datetime(day.year, day.month, day.day, first, tzinfo=ZONE).astimezone(UTC)
            reports += [start + minute * MINUTE for minute in range(0, (last - first) * 60, every)]
    return sorted(reports)


def test_a_night_is_no_silence_and_a_morning_without_reports_is() -> None:
    hours = hours_of(office())
    last = hours[-1].last
    for minutes in range(0, 13 * 60, 10):
        assert silent_since(hours, ZONE, last + minutes * MINUTE) is None
    assert silent_since(hours, ZONE, MONDAY.replace(hour=11)) == last


def test_in_the_middle_of_a_day_it_is_said_within_hours() -> None:
    reports = [*office(), *(MONDAY.replace(hour=8) + minute * MINUTE for minute in range(0, 80, 20))]
    last = MONDAY.replace(hour=9)
    assert silent_since(hours_of(reports), ZONE, last + 50 * MINUTE) is None
    assert silent_since(hours_of(reports), ZONE, last + 3 * HOUR) == last


def test_a_weekend_without_reports_is_as_usual() -> None:
    hours = hours_of(office(weekdays=5))
    last = hours[-1].last
    assert last.weekday() == 4
    for passed in range(1, 60):
        assert silent_since(hours, ZONE, last + passed * HOUR) is None
    assert silent_since(hours, ZONE, MONDAY.replace(hour=12)) == last


def test_the_hours_are_those_of_the_location_when_clocks_change() -> None:
    reports = office()
    assert MONDAY - 28 * DAY < datetime(2026, 10, 25, 1, tzinfo=UTC) < MONDAY, "clocks change within these weeks"
    opening = MONDAY.replace(hour=8)
    assert silent_since(hours_of(reports), ZONE, opening + 30 * MINUTE) is None


def test_two_outages_do_not_hide_a_third() -> None:
    outages = [MONDAY - 20 * DAY, MONDAY - 10 * DAY]
    reports = [at for at in office() if not any(begin <= at < begin + DAY for begin in outages)]
    last = max(reports)
    assert silent_since(hours_of(reports), ZONE, MONDAY.replace(hour=12)) == last


@pytest.mark.parametrize("reports", [[], office(days=1), office(days=int(LEAST_SPAN.days) - 1)])
def test_with_little_history_nothing_is_said(reports: list[datetime]) -> None:
    assert silent_since(hours_of(reports), ZONE, MONDAY + 30 * DAY) is None


def test_with_few_reports_nothing_is_said() -> None:
    reports = [MONDAY - number * 11 * HOUR for number in range(LEAST_HOURS - 1)]
    assert silent_since(hours_of(reports), ZONE, MONDAY + 30 * DAY) is None


REPORTS = st.lists(st.integers(0, 35 * 24 * 60), min_size=1, max_size=400).map(
    lambda minutes: [MONDAY - minute * MINUTE for minute in minutes]
)
ZONES = st.sampled_from(["Europe/London", "UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"]).map(ZoneInfo)


@settings(max_examples=50)
@given(REPORTS, ZONES, st.integers(0, 10_000), st.integers(0, 10_000))
def test_silence_lasts_until_the_next_report(reports: list[datetime], zone: ZoneInfo, first: int, more: int) -> None:
    hours, last = hours_of(reports), max(reports)
    assert silent_since(hours, zone, last) is None
    assert silent_since(hours, zone, last + HOUR) is None
    early = silent_since(hours, zone, last + first * MINUTE)
    assert early in {None, last}
    if early is not None:
        assert silent_since(hours, zone, last + (first + more) * MINUTE) == last
    assert silent_since(hours, zone, last + HISTORY * 100) in {None, last}


@settings(max_examples=25)
@given(st.lists(st.integers(0, 27 * 36), max_size=60), st.integers(0, 48))
def test_bursts_change_nothing(bursts: list[int], passed: int) -> None:
    reports = office()
    more = [reports[number % len(reports)] for number in bursts]
    crowded = reports + [at + timedelta(seconds=second) for at in more for second in range(5)]
    last = max(reports)
    crowded = [at for at in crowded if at <= last]
    now = MONDAY + passed * HOUR
    assert silent_since(hours_of(crowded), ZONE, now) == silent_since(hours_of(reports), ZONE, now)


@settings(max_examples=25)
@given(st.integers(0, 23), st.integers(2, 24), st.integers(1, 59), st.integers(5, 7))
def test_whatever_repeats_each_week_is_as_usual(first: int, length: int, every: int, weekdays: int) -> None:
    reports = office(56, first, min(24, first + length), weekdays, every)
    if min(24, first + length) - first < 3:
        return
    for number in range(0, len(reports), 1 + len(reports) // 60):
        before = reports[: len(reports) - number]
        following = reports[len(reports) - number] if number else None
        if following is not None and following > MONDAY - 20 * DAY:
            assert silent_since(hours_of(before), ZONE, following) is None
