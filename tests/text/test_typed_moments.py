from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.text.days import DayError, parse_moment
from commlog_tui.text.moments import short_local
from tests.desk.samples import LONDON, NOW

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("now", NOW),
        ("", NOW),
        ("09:14", datetime(2026, 11, 3, 9, 14, tzinfo=UTC)),
        ("9:14", datetime(2026, 11, 3, 9, 14, tzinfo=UTC)),
        ("yesterday 17:30", datetime(2026, 11, 2, 17, 30, tzinfo=UTC)),
        ("3 jul 13:00", datetime(2026, 7, 3, 12, tzinfo=UTC)),
        ("thursday 10:00:30", datetime(2026, 10, 29, 10, 0, 30, tzinfo=UTC)),
        ("2026-07-03 13:00", datetime(2026, 7, 3, 12, tzinfo=UTC)),
        ("2026-07-03T13:00", datetime(2026, 7, 3, 12, tzinfo=UTC)),
        ("2026-07-03T13:00:00Z", datetime(2026, 7, 3, 13, tzinfo=UTC)),
        ("2026-07-03t13:00:00.5+02:00", datetime(2026, 7, 3, 11, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_moments_as_people_type_them(typed: str, instant: datetime) -> None:
    assert parse_moment(typed, LONDON, NOW) == instant


@pytest.mark.parametrize(
    ("zone", "typed", "instant"),
    [
        (LONDON, "2026-10-25 01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (NEW_YORK, "2026-11-01 01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (LORD_HOWE, "2026-04-05 01:45", datetime(2026, 4, 4, 14, 45, tzinfo=UTC)),
    ],
)
def test_a_time_that_comes_twice_is_the_first(zone: ZoneInfo, typed: str, instant: datetime) -> None:
    assert parse_moment(typed, zone, NOW) == instant


@pytest.mark.parametrize(
    ("zone", "typed"),
    [(LONDON, "2026-03-29 01:30"), (NEW_YORK, "2026-03-08 02:00"), (LORD_HOWE, "2026-10-04 02:15")],
)
def test_a_time_that_never_was_is_refused(zone: ZoneInfo, typed: str) -> None:
    with pytest.raises(DayError, match="put forward"):
        parse_moment(typed, zone, NOW)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("25:00", "no such time of day"),
        ("yesterday", "At what time"),
        ("09:60", "no such time of day"),
        ("31 nov 09:00", "has 30 days"),
        ("soon 09:00", "This is no day"),
        ("2026-11-03", "At what time"),
        ("5", "This is no time"),
        ("2026-02-30T09:00:00Z", "no such date"),
        ("1970-01-01T00:00:00+01:00", "between 1970 and 2199"),
        ("0001-01-01T00:00:00+14:00", "no such date"),
    ],
)
def test_what_is_no_moment_says_why(typed: str, why: str) -> None:
    with pytest.raises(DayError, match=why):
        parse_moment(typed, LONDON, NOW)


def test_a_log_cannot_hold_a_moment_before_its_first_year() -> None:
    with pytest.raises(DayError, match="between 1970 and 2199"):
        parse_moment("1970-01-01 00:30", ZoneInfo("Asia/Tokyo"), NOW)


@given(st.text())
def test_nothing_typed_is_a_crash(typed: str) -> None:
    try:
        moment = parse_moment(typed, LONDON, NOW)
    except DayError:
        return
    assert moment.utcoffset() == timedelta()


@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)), st.sampled_from([LONDON, NEW_YORK, LORD_HOWE]))  # noqa: DTZ001 - the strategy adds the zone
def test_what_a_row_shows_can_be_typed_back(naive: datetime, zone: ZoneInfo) -> None:
    instant = naive.replace(tzinfo=UTC, second=0, microsecond=0)
    typed = parse_moment(short_local(instant, zone), zone, NOW)
    assert timedelta() <= instant - typed <= timedelta(hours=1)
    assert short_local(typed, zone) == short_local(instant, zone)
