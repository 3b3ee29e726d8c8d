from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from commlog_tui.expectations.durations import LONGEST_DAYS, Duration, DurationError, parse_duration

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
NAIVE = (datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - hypothesis takes naive bounds
INSTANTS = st.datetimes(*NAIVE, timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("10 minutes", Duration(10, "minute")),
        ("1 minute", Duration(1, "minute")),
        ("24 hours", Duration(24, "hour")),
        ("24h", Duration(24, "hour")),
        ("an hour", Duration(1, "hour")),
        ("a day", Duration(1, "day")),
        (" 2  Days ", Duration(2, "day")),
        ("1 week", Duration(1, "week")),
        ("30 mins", Duration(30, "minute")),
        ("0 minutes", Duration(0, "minute")),
    ],
)
def test_durations_in_words(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("soon", 'a duration such as "10 minutes"'),
        ("10", "10 minutes"),
        (10, "in quotes"),
        (True, "in quotes"),
        ("10 minuts", "did you mean minutes?"),
        ("3 hurs", "did you mean hours?"),
        ("1 month", "days or weeks"),
        ("-1 days", "a duration such as"),
        ("1.5 hours", "a duration such as"),
        ("9999 days", "at most 3660 days"),
        ("10 minutes 5", "a duration such as"),
        ("", "a duration such as"),
    ],
)
def test_what_is_no_duration_says_what_is(text: object, words: str) -> None:
    with pytest.raises(DurationError, match=words.replace("?", r"\?")):
        parse_duration(text)


@given(st.integers(0, 5000), st.sampled_from(["minute", "hour", "day", "week"]))
def test_a_duration_is_read_back_from_its_own_words(count: int, unit: str) -> None:
    duration = Duration(count, unit)
    assume(count * {"week": 7, "day": 1}.get(unit, 0) <= LONGEST_DAYS)
    assert parse_duration(str(duration)) == duration


def test_a_day_before_is_the_same_time_of_day_over_both_changes_of_the_clocks() -> None:
    spring = datetime(2026, 3, 29, 9, 0, tzinfo=LONDON)
    autumn = datetime(2026, 10, 25, 9, 0, tzinfo=LONDON)
    assert Duration(1, "day").before(spring, LONDON) == datetime(2026, 3, 28, 9, 0, tzinfo=LONDON)
    assert Duration(1, "day").before(autumn, LONDON) == datetime(2026, 10, 24, 9, 0, tzinfo=LONDON)
    assert Duration(24, "hour").before(spring, LONDON) == datetime(2026, 3, 28, 8, 0, tzinfo=LONDON)
    assert Duration(24, "hour").before(autumn, LONDON) == datetime(2026, 10, 24, 10, 0, tzinfo=LONDON)


def test_a_time_that_the_clocks_skip_is_an_hour_later() -> None:
    skipped = Duration(1, "day").after(datetime(2026, 3, 28, 1, 30, tzinfo=LONDON), LONDON)
    assert skipped is not None
    assert skipped.astimezone(LONDON).strftime("%d %H:%M") == "29 02:30"


def test_beyond_the_years_of_a_log_there_is_no_instant() -> None:
    assert Duration(3660, "day").before(datetime(1975, 1, 1, tzinfo=UTC), LONDON) is None
    assert Duration(3660, "day").after(datetime(2199, 1, 1, tzinfo=UTC), LONDON) is None
    assert Duration(24, "hour").after(datetime(2199, 12, 31, 12, tzinfo=UTC), LONDON) is None


@given(INSTANTS, st.integers(0, 400), ZONES)
def test_days_keep_the_time_of_day_and_hours_the_distance(instant: datetime, count: int, name: str) -> None:
    zone = ZoneInfo(name)
    later = Duration(count, "day").after(instant, zone)
    assert later is not None
    here, there = instant.astimezone(zone), later.astimezone(zone)
    assert (there.date() - here.date()).days == count
    if there.replace(tzinfo=None).time() != here.replace(tzinfo=None).time():  # the clocks skip that time of day
        wanted = here.replace(tzinfo=None) + timedelta(days=count)
        assert timedelta(0) < there.replace(tzinfo=None) - wanted <= timedelta(hours=1)
    assert Duration(count, "hour").after(instant, zone) == instant + timedelta(hours=count)
