"""When something is to be done, as people say it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.text.days import MONTHS, WEEKDAYS, DayError
from commlog_tui.text.due import due_words, parse_due

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 3, 12, 0, 30, tzinfo=UTC)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("in 20 min", "2026-11-03 12:20:30"),
        ("20 min", "2026-11-03 12:20:30"),
        ("20min", "2026-11-03 12:20:30"),
        ("in 2 hours", "2026-11-03 14:00:30"),
        ("2h", "2026-11-03 14:00:30"),
        ("in 1h 30m", "2026-11-03 13:30:30"),
        ("in 1h30", "2026-11-03 13:30:30"),
        ("in 1 hour and 5 minutes", "2026-11-03 13:05:30"),
        ("in half an hour", "2026-11-03 12:30:30"),
        ("in an hour", "2026-11-03 13:00:30"),
        ("in 3 days", "2026-11-06 12:00:30"),
        ("in 2 weeks", "2026-11-17 12:00:30"),
        ("14:30", "2026-11-03 14:30:00"),
        ("14.30", "2026-11-03 14:30:00"),
        ("at 14", "2026-11-03 14:00:00"),
        ("2pm", "2026-11-03 14:00:00"),
        ("2:15 p.m.", "2026-11-03 14:15:00"),
        ("12pm tomorrow", "2026-11-04 12:00:00"),
        ("12am tomorrow", "2026-11-04 00:00:00"),
        ("tomorrow", "2026-11-04 09:00:00"),
        ("Tomorrow 9", "2026-11-04 09:00:00"),
        ("tomorrow at 9", "2026-11-04 09:00:00"),
        ("tomorrow at 9:30pm", "2026-11-04 21:30:00"),
        ("9am tomorrow", "2026-11-04 09:00:00"),
        ("tomorrow noon", "2026-11-04 12:00:00"),
        ("tomorrow afternoon", "2026-11-04 14:00:00"),
        ("tonight", "2026-11-03 20:00:00"),
        ("this evening", "2026-11-03 18:00:00"),
        ("today 17", "2026-11-03 17:00:00"),
        ("mon 14:30", "2026-11-09 14:30:00"),
        ("monday", "2026-11-09 09:00:00"),
        ("on friday at 10", "2026-11-06 10:00:00"),
        ("tue 14:30", "2026-11-03 14:30:00"),
        ("tue 11:30", "2026-11-10 11:30:00"),
        ("next tue 14:30", "2026-11-10 14:30:00"),
        ("14:30 mon", "2026-11-09 14:30:00"),
        ("next week", "2026-11-09 09:00:00"),
        ("3 nov 3pm", "2026-11-03 15:00:00"),
        ("2 nov 9am", "2027-11-02 09:00:00"),
        ("nov 4 9am", "2026-11-04 09:00:00"),
        ("4th of november, 2026 9:00", "2026-11-04 09:00:00"),
        ("4 nov 2026", "2026-11-04 09:00:00"),
        ("4.11. 9", "2026-11-04 09:00:00"),
        ("4/11 9", "2026-11-04 09:00:00"),
        ("2026-11-04 09:00", "2026-11-04 09:00:00"),
        ("2026-11-04", "2026-11-04 09:00:00"),
        ("2026-11-04T09:00:00+01:00", "2026-11-04 08:00:00"),
        ("29 feb 9", "2028-02-29 09:00:00"),
        ("now", "2026-11-03 12:00:30"),
    ],
)
def test_what_people_say(typed: str, due: str) -> None:
    assert parse_due(typed, LONDON, NOW) == datetime.fromisoformat(f"{due}+00:00")


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("midnight", "2026-11-04 00:00:00"),
        ("tue midnight", "2026-11-04 00:00:00"),
        ("tomorrow 24:00", "2026-11-05 00:00:00"),
        ("tonight 8", "2026-11-03 20:00:00"),
        ("8.30 tonight", "2026-11-03 20:30:00"),
        ("tomorrow evening at 7", "2026-11-04 19:00:00"),
        ("7 in the evening", "2026-11-03 19:00:00"),
        ("half past 12", "2026-11-03 12:30:00"),
        ("tomorrow at half past nine", "2026-11-04 09:30:00"),
        ("quarter to 1 pm", "2026-11-03 12:45:00"),
        ("tomorrow ten to nine", "2026-11-04 08:50:00"),
        ("in two hours", "2026-11-03 14:00:30"),
        ("an hour and a half", "2026-11-03 13:30:30"),
        ("in 2 and a half hours", "2026-11-03 14:30:30"),
        ("1.5h", "2026-11-03 13:30:30"),
        ("in a fortnight", "2026-11-17 12:00:30"),
        ("in 3 days at 9", "2026-11-06 09:00:00"),
        ("in a month", "2026-12-03 12:00:30"),
        ("next month", "2026-12-01 09:00:00"),
        ("the 5th", "2026-11-05 09:00:00"),
        ("on the 3rd at 14", "2026-11-03 14:00:00"),
        ("on the 3rd at 11", "2026-12-03 11:00:00"),
        ("31st", "2026-12-31 09:00:00"),
        ("by friday", "2026-11-06 09:00:00"),
        ("by 5pm", "2026-11-03 17:00:00"),
        ("this fri @ 9", "2026-11-06 09:00:00"),
        ("weds 9", "2026-11-04 09:00:00"),
        ("monday week", "2026-11-16 09:00:00"),
        ("monday next week 10", "2026-11-09 10:00:00"),
        ("1430", "2026-11-03 14:30:00"),
        ("tomorrow 0930", "2026-11-04 09:30:00"),
        ("2026-11-04T09:00", "2026-11-04 09:00:00"),
        ("１４：３０", "2026-11-03 14:30:00"),  # noqa: RUF001 - on purpose
    ],
)
def test_other_ways_to_say_it(typed: str, due: str) -> None:
    assert parse_due(typed, LONDON, NOW) == datetime.fromisoformat(f"{due}+00:00")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "no time"),
        ("soon", "no time"),
        ("9", "Is that 9:00, or in 9 minutes"),
        ("120", "no time"),
        ("32nd", "No month"),
        ("today", "At what time today"),
        ("11:30", "has passed, 30 minutes ago"),
        ("3 nov 2026 9am", "has passed"),
        ("2026-11-03T09:00:00Z", "has passed"),
        ("tomorrow 25:00", "no such time of day"),
        ("tomorrow 13pm", "no such time of day"),
        ("31 nov", "November 2026 has 30 days"),
        ("in 99999 weeks", "before 2200"),
        ("1 jan 2300", "between 1970 and 2199"),
        ("yesterday 9", "no time"),
        ("3 foo 9am", "no such month"),
    ],
)
def test_what_is_not_understood_is_explained(typed: str, words: str) -> None:
    with pytest.raises(DayError, match=words):
        parse_due(typed, LONDON, NOW)


def test_nights_when_the_clocks_change() -> None:
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    first = parse_due("tomorrow 1:30", LONDON, autumn)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert due_words(first, LONDON, autumn) == "Sun 25 Oct 2026 01:30:00 BST, in 12 hours, the first of two"
    assert parse_due("in 24 hours", LONDON, autumn) - autumn == timedelta(hours=24)
    assert parse_due("tomorrow 13:00", LONDON, autumn) == datetime(2026, 10, 25, 13, tzinfo=UTC)
    spring = datetime(2027, 3, 27, 12, tzinfo=UTC)
    with pytest.raises(DayError, match="put forward"):
        parse_due("tomorrow 1:30", LONDON, spring)
    assert parse_due("in 24 hours", LONDON, spring) == spring + timedelta(hours=24)


def test_the_day_is_the_locations() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    assert parse_due("tomorrow 9", auckland, NOW) == datetime(2026, 11, 4, 20, tzinfo=UTC)
    assert due_words(parse_due("tomorrow 9", auckland, NOW), auckland, NOW).startswith("Thu 5 Nov 2026 09:00:00 NZDT")


ZONES = st.sampled_from(["Europe/London", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe", "UTC"])
MOMENTS = st.integers(0, 50_000).map(
    lambda hours: datetime(2000, 1, 1, 0, 7, tzinfo=UTC) + timedelta(hours=hours * 26.3)
)
DAYS = st.sampled_from(
    ["", "today", "tomorrow", "next week", *WEEKDAYS, *(f"{day} {month}" for day in (1, 28) for month in MONTHS)]
)
TIMES = st.one_of(
    st.just(""), st.times().map(lambda at: f"{at:%H:%M}"), st.integers(1, 12).map(lambda hour: f"{hour}pm")
)


@given(DAYS, TIMES, ZONES, MOMENTS, st.booleans())
def test_what_is_understood_lies_ahead_and_is_what_the_clock_will_show(
    day: str, at: str, zone_name: str, now: datetime, time_first: bool
) -> None:
    zone, typed = ZoneInfo(zone_name), f"{at} {day}" if time_first else f"{day} {at}"
    try:
        due = parse_due(typed, zone, now)
    except DayError:
        return
    assert due >= now - timedelta(minutes=1)
    assert due - now < timedelta(days=367)
    here = due.astimezone(zone)
    if ":" in at:
        assert f"{here:%H:%M}" == at
    elif not at:
        assert f"{here:%H:%M}" == "09:00"
    if day in WEEKDAYS:
        assert here.weekday() == WEEKDAYS.index(day)
        assert due - now <= timedelta(days=7, hours=2)


@given(st.text(max_size=40), ZONES, MOMENTS)
def test_anything_typed_is_a_time_or_a_reason(typed: str, zone_name: str, now: datetime) -> None:
    with suppress(DayError):
        assert due_words(parse_due(typed, ZoneInfo(zone_name), now), ZoneInfo(zone_name), now)


@given(st.integers(0, 99_999), st.sampled_from(["m", "min", "h", "hours", "d", "days", "w"]), MOMENTS)
def test_spans_are_of_elapsed_time(count: int, unit: str, now: datetime) -> None:
    size = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}[unit[0]]
    try:
        due = parse_due(f"in {count} {unit}", LONDON, now)
    except DayError:
        assert now + timedelta(seconds=count * size) >= datetime(2200, 1, 1, tzinfo=UTC)
        return
    assert due == now + timedelta(seconds=count * size)
