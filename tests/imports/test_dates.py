from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.imports.dates import parse_epoch, parse_moment, read_mail_date
from commlog_tui.imports.items import ImportOptions, UnreadableError

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-03T09:14:00Z", 9),
        ("2026-11-03t09:14:00z", 9),
        ("2026-11-03 09:14:00 UTC", 9),
        ("2026-11-03T09:14:00+01:00", 8),
        ("2026-11-03T09:14+0100", 8),
        ("2026-11-03T09:14:00.0000000-05:00", 14),
        ("20261103T091400Z", 9),
        ("20261103t091400z", 9),
        ("20261103T0914+0100", 8),
        ("20261103T091400,000000-05", 14),
        ("Tue, 03 Nov 2026 09:14:00 +0000", 9),
        ("Tue, 3 Nov 2026 09:14:00 -0000", 9),
        ("3 Nov 2026 09:14 EST", 14),
        ("03-Nov-2026 09:14:00 +0100", 8),
        ("Tue, 03 Nov 2026 09:14:00 +0000 (GMT)", 9),
        ("Tuesday, 03 Nov 26 09:14:00 GMT", 9),
    ],
)
def test_a_time_with_its_zone_is_read_as_it_says(text: str, hour: int) -> None:
    assert parse_moment(text, None) == datetime(2026, 11, 3, hour, 14, tzinfo=UTC)
    assert parse_moment(text, LONDON) == datetime(2026, 11, 3, hour, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-07-03T09:14:00", "2026-07-03 09:14", "20260703T0914", "Fri Jul  3 09:14:00 2026", "3 Jul 2026 09:14:00"],
)
def test_a_time_without_a_zone_needs_one(text: str) -> None:
    with pytest.raises(UnreadableError, match="--zone"):
        parse_moment(text, None)
    assert parse_moment(text, LONDON) == datetime(2026, 7, 3, 8, 14, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert parse_moment("2026-10-25T01:30:00", LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_clocks_jumped_over_is_refused() -> None:
    with pytest.raises(UnreadableError, match="jumped"):
        parse_moment("2026-03-29T01:30:00", LONDON)


@pytest.mark.parametrize(
    "text",
    [
        "", "5", "Mon", "yesterday", "2026-11-03", "03/11/2026 09:14", "11/03/2026 9:14 AM", "2026-13-03T09:14:00Z",
        "2026-02-30T09:14:00Z", "2026-11-03T25:14:00Z", "2026-11-03T09:14:00+99:00", "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "Tue, 03 Nov 2026", "Tue, 03 Nov 2026 09:14:00 +9999",
        "20261103", "20261103T09Z", "20261103T2400Z", "20261103T091460Z", "20260230T0914Z", "2026W451T0914Z",
        "202611T0914Z",
        "20261103T0914+9999", "19691231T235959Z", "20261103 0914",
        "32 Nov 2026 09:14:00 +0000", "3 Now 2026 09:14:00 +0000", "٢٠٢٦-11-03T09:14:00Z", "2026-11-03T09:14:00Z; DROP",
        "3 Nov 2026 09:14:00 +0000 " + "x" * 300,
    ],
)  # fmt: skip
def test_what_is_no_certain_time_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_moment(text, LONDON)


@pytest.mark.parametrize("text", ["Tue, 3 Nov 2026 09:14:00 CEST", "Tue Nov  3 09:14:00 IST 2026"])
def test_letters_that_several_zones_share_are_refused_rather_than_guessed(text: str) -> None:
    with pytest.raises(UnreadableError, match="offset"):
        read_mail_date(text, ImportOptions(LONDON))


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "1e30", "five", ""])
def test_what_are_no_unix_seconds_is_refused(seconds: str) -> None:
    with pytest.raises(UnreadableError):
        parse_epoch(seconds)


def test_unix_seconds_are_utc() -> None:
    assert parse_epoch(1793697240) == datetime(2026, 11, 3, 9, 14, tzinfo=UTC)


@given(st.text())
def test_no_text_fails_in_another_way(text: str) -> None:
    with suppress(UnreadableError):
        assert parse_moment(text, LONDON).tzinfo is UTC


@given(st.datetimes(min_value=datetime.fromisoformat("1971-01-01"), max_value=datetime.fromisoformat("2199-01-01")))
def test_a_local_time_that_is_read_is_what_clocks_showed(moment: datetime) -> None:
    with suppress(UnreadableError):
        instant = parse_moment(moment.isoformat(), LONDON)
        assert instant.astimezone(LONDON).replace(tzinfo=None, fold=0) == moment
