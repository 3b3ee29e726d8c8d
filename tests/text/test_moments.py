from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.text.moments import ago, brief_local, local, short_local, utc, zone_name
from tests.desk.samples import LONDON, NOW


def test_local_time_names_its_zone() -> None:
    assert local(NOW, LONDON) == "Tue 3 Nov 2026 09:14:05 GMT"
    assert local(datetime(2026, 7, 1, 12, tzinfo=UTC), LONDON) == "Wed 1 Jul 2026 13:00:00 BST"
    assert local(NOW, ZoneInfo("America/New_York")) == "Tue 3 Nov 2026 04:14:05 EST"


def test_brief_local_time_leaves_out_the_year_it_is_said_in() -> None:
    assert brief_local(NOW, LONDON, 2026) == "3 Nov 09:14:05 GMT"
    assert brief_local(NOW, LONDON, 2027) == "3 Nov 2026 09:14:05 GMT"


def test_the_hour_that_comes_twice_is_told_apart_by_its_zone() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local(first, LONDON) == "Sun 25 Oct 2026 01:30:00 BST"
    assert local(first + timedelta(hours=1), LONDON) == "Sun 25 Oct 2026 01:30:00 GMT"


def test_a_zone_without_letters_is_told_by_its_offset() -> None:
    assert zone_name(NOW, ZoneInfo("Australia/Lord_Howe")) == "UTC+11"
    assert zone_name(datetime(2026, 7, 1, tzinfo=UTC), ZoneInfo("Australia/Lord_Howe")) == "UTC+10:30"
    assert zone_name(NOW, ZoneInfo("America/Sao_Paulo")) == "UTC-03"


def test_rows_and_utc() -> None:
    assert short_local(NOW, ZoneInfo("Asia/Tokyo")) == "2026-11-03 18:14"
    assert utc(NOW) == "2026-11-03 09:14:05 UTC"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=3), "3 minutes ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=-2), "in 2 hours"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_how_long_ago(before: timedelta, words: str) -> None:
    assert ago(NOW - before, NOW) == words
