"""A zone that is stated counts; one that is unknown, or means several, is refused.

Of a doubled hour one can be chosen.
"""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commlog_tui.imports.dates import parse_moment, read_mail_date, read_moment
from commlog_tui.imports.import_warnings import with_warnings
from commlog_tui.imports.items import ImportOptions, Item, Progress, UnreadableError
from commlog_tui.imports.mailbox import read_mbox
from commlog_tui.imports.table import read_csv

LONDON = ZoneInfo("Europe/London")
TOKYO = ZoneInfo("Asia/Tokyo")
MAIL = Path(__file__).parent / "mail"


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("Z", 9), ("UTC", 9), ("GMT", 9), ("+0000", 9), ("-0000", 9), ("+01:00", 8), ("+0100", 8), ("+01", 8),
        ("+1", 8),
        ("-600", 15),
        ("-6", 15), ("\u221206:00", 15), ("GMT+0100", 8), ("GMT+1", 8), ("UTC-05:00", 14), ("UTC +0100", 8), ("CET", 8),
        ("JST", 0),
        ("EET", 7), ("MSK", 6), ("AKST", 18), ("EST", 14), ("PDT", None), ("Europe/Madrid", 8), ("Asia/Tokyo", 0),
        ("+0100 (CET)", 8),
        ("+0100 (PDT)", 8), ("GMT+0100 (Central European Standard Time)", 8), ("(JST)", 0),
        ("+00:00[Europe/London]", 9),
    ],
)  # fmt: skip
@pytest.mark.parametrize("day", ["2026-11-03 09:14", "3 Nov 2026 09:14:00", "Tue, 3 Nov 2026 09:14:00"])
@pytest.mark.parametrize("own", [None, LONDON, TOKYO])
def test_a_stated_zone_wins(day: str, zone: str, hour: int | None, own: ZoneInfo | None) -> None:
    if hour is None and not day.startswith("2026"):
        return  # RFC 5322 gives it a meaning in mail, whatever the season
    if hour is None:
        with pytest.raises(UnreadableError, match="offset"):
            parse_moment(f"{day} {zone}", own)
        return
    assert parse_moment(f"{day} {zone}", own) == datetime(2026, 11, 3, hour, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["IST", "XYZ", "A", "Mars/Olympus", "+15:00", "+0175", "-25", "+1:2:3", "BST", "soon", "+0100 x", "GMT x"]
)
@pytest.mark.parametrize("day", ["2026-11-03 09:14", "3 Nov 2026 09:14:00"])
def test_a_zone_that_is_unknown_or_means_several_is_refused(day: str, zone: str) -> None:
    for own in (None, LONDON):
        with pytest.raises(UnreadableError, match="zone"):
            parse_moment(f"{day} {zone}", own)


def test_letters_that_several_zones_share_count_where_the_callers_own_uses_them() -> None:
    with pytest.raises(UnreadableError, match="several"):
        parse_moment("2026-11-03 09:14 CST", LONDON)
    assert parse_moment("2026-11-03 09:14 CST", ZoneInfo("Asia/Shanghai")).hour == 1
    assert parse_moment("2026-11-03 09:14 CST", ZoneInfo("America/Chicago")).hour == 15
    assert parse_moment("2026-11-03 09:14 IST", ZoneInfo("Asia/Kolkata")).minute == 44
    assert (
        read_mail_date("Tue, 3 Nov 2026 09:14:00 CST", ImportOptions(ZoneInfo("Asia/Shanghai"))).hour == 15
    )  # RFC 5322, section 4.3


def test_dates_of_mail_as_programs_write_them() -> None:
    plan = ImportOptions()
    lines, warnings = {}, []
    for one in with_warnings(
        read_mbox(MAIL / "dates.mbox", plan, Progress()),
        plan,
        datetime(2026, 11, 28, tzinfo=UTC),
        lambda one, words: warnings.append((one.line, words)),
    ):
        assert isinstance(one, Item)
        lines[one.entry.to.partition("@")[0]] = f"{one.entry.sent_at:%Y-%m-%dT%H:%M:%S}"
    odd = {
        "d3": "2026-11-03T09:14:30",
        "d6": "2026-11-03T08:14:00",
        "d8": "2026-10-25T00:30:00",
        "d11": "2099-11-03T09:14:00",
    }
    assert lines == {f"d{number}": "2026-11-03T09:14:00" for number in range(15)} | odd
    assert [(line, words.partition(";")[0]) for line, words in warnings] == [
        (31, "its Date gives no certain time"),
        (111, "its time is in the future"),
    ]


@pytest.mark.parametrize(("fold", "hours"), [(None, [0, 0]), (0, [0, 0]), (1, [1, 1])])
def test_an_hour_that_comes_twice(fold: int | None, hours: list[int]) -> None:
    plan = ImportOptions(LONDON, fold=fold)
    found = [read_moment(text, plan).hour for text in ("2026-10-25 01:30", "Sun Oct 25 01:59:59 2026")]
    assert found == hours
    assert len(plan.warnings) == (0 if fold is not None else 2)
    plan.warnings.clear()
    stated = [
        "2026-10-25T01:30:00+01:00",
        "2026-10-25 01:30 BST",
        "2026-10-25 01:30 GMT",
        "2026-10-25 02:30",
        "2026-10-25 00:30",
    ]
    assert [read_moment(text, plan).hour for text in stated] == [0, 0, 1, 2, 23]
    assert plan.warnings == []
    with pytest.raises(UnreadableError, match="jumped"):
        read_moment("2026-03-29 01:30", plan)


def test_warnings_name_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = ["2026-10-25 01:30", "2026-10-25T01:30:00Z", "2026-10-25 01:30 Mars", "2027-01-01 09:14", "2026-11-03 09:14"]
    path.write_text(
        "via,to,title,source,sent_at\n" + "".join(f"sms,07700 900123,x,system,{row}\n" for row in rows),
        encoding="utf-8",
    )
    plan = ImportOptions(LONDON)
    found: list[tuple[int, str]] = []
    now = datetime(2026, 11, 28, tzinfo=UTC)
    outcomes = list(
        with_warnings(read_csv(path, plan, Progress()), plan, now, lambda one, words: found.append((one.line, words)))
    )
    assert len(outcomes) == 5
    assert [line for line, _ in found] == [2, 5]
    assert "twice" in found[0][1]
    assert "future" in found[1][1]
