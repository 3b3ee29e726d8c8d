"""Dates that are not ISO 8601, read as the caller says they are written.

What would be filled in or swapped is refused.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.imports.dates import read_moment
from commlog_tui.imports.items import DateFormat, ImportOptions, UnreadableError
from tests.imports.reading import item, read, reason

LONDON = ZoneInfo("Europe/London")
WANTED = datetime(2026, 11, 3, 9, 14, tzinfo=UTC)
ORDERS = (DateFormat.DMY, DateFormat.MDY, DateFormat.YMD)


def parsed(text: str, form: str, zone: ZoneInfo | None = LONDON) -> datetime:
    return read_moment(text, ImportOptions(zone, date_format=DateFormat(form)))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("dmy", "03/11/2026 09:14"), ("dmy", "3/11/26 9:14"), ("dmy", "3.11.2026 09:14:00"),
        ("dmy", "3. 11. 2026, 9:14"),
        ("dmy", "03-11-2026 9:14 AM"), ("dmy", "03/11/2026 9:14\u202fa.m."), ("dmy", "3 Nov 2026 09:14"), ("dmy",
        "3rd November 2026 09:14"),
        ("dmy", "Tue 03/11/2026 09:14"), ("dmy", "Tuesday, 3 November 2026 09:14"), ("dmy", "09:14 03/11/2026"), ("dmy",
        "9:14am 3 nov 26"),
        ("dmy", "03/11/2026 10:14 +01:00"), ("dmy", "03/11/2026 10:14 CET"), ("dmy", "03/11/2026 03:14 -600"), ("dmy",
        "03/11/2026T09:14"),
        ("mdy", "11/03/2026 09:14"), ("mdy", "11/3/26 9:14 AM"), ("mdy", "Nov 3, 2026 9:14 AM"),
        ("mdy", "November 3 26 9:14am"),
        ("ymd", "2026/11/03 09:14"), ("ymd", "2026.11.3 9:14"), ("ymd", "26/11/03 09:14"), ("ymd", "2026 Nov 3 09:14"),
        ("excel", "46329.3847222222"), ("excel", "46329,384722"), ("excel", "46329 0.3847222"),
        ("excel", "46329 09:14"),
        ("excel1904", "44867.3847222222"), ("excel1904", "44867 9:14"), ("epoch", "1793697240"),
        ("epoch", "1793697240.0"),
        ("epoch-ms", "1793697240000"), ("epoch-ms", "1793697240000.0"),
    ],
)  # fmt: skip
def test_one_moment_in_many_forms(form: str, text: str) -> None:
    assert parsed(text, form) == WANTED


@pytest.mark.parametrize("form", DateFormat)
@pytest.mark.parametrize(
    "text", ["2026-11-03T09:14:00Z", "2026-11-03 9:14", "2026-11-03 09:14 AM", "Tue, 3 Nov 2026 09:14:00 +0000"]
)
def test_what_is_certain_is_read_with_any_format(form: DateFormat, text: str) -> None:
    assert parsed(text, form) == WANTED


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("dmy", "03/13/2026 09:14"), ("mdy", "13/03/2026 09:14"), ("dmy", "2026/11/03 09:14"),
        ("ymd", "03/11/2026 09:14"),
        ("dmy", "03/11/2026"), ("dmy", "09:14"), ("dmy", "Nov 2026 09:14"), ("dmy", "3 Nov 09:14"),
        ("dmy", "2026 09:14"),
        ("dmy", "Tuesday 09:14"),
        ("dmy", "03/11/2026 9 AM"), ("dmy", "5"), ("dmy", "03/11/2026 13:14 PM"), ("dmy", "03/11/2026 0:14 AM"), ("dmy",
        "03/11/2026 24:00"),
        ("dmy", "31/11/2026 09:14"), ("dmy", "29/02/2026 09:14"), ("dmy", "Wed 03/11/2026 09:14"),
        ("dmy", "03/11/126 09:14"),
        ("dmy", "03/11/2026 00:00:00 09:14"), ("dmy", "2026-11-03 00:00:00 09:14"), ("dmy", "03/11/2026 09:14 soon"),
        ("dmy", "3 de noviembre 2026 09:14"),
        ("dmy", "03/11/2026 09:14 IST"), ("dmy", "03/11-2026 09:14"), ("dmy", "3 11 2026 09:14"), ("dmy", "46329.38"),
        ("dmy", "1793697240"),
        ("dmy", "03/11/1926 09:14"), ("dmy", ""), ("dmy", "today 09:14"), ("mdy", "3 11 26 9:14"),
        ("dmy", "03/11/2026 09:60"),
        ("excel", "46329"), ("excel", "4.6329E+04"), ("excel", "1.5"), ("excel", "-46329.5"), ("excel", "46329 1.38"),
        ("excel", "999999.5"),
        ("excel1904", "46329"), ("epoch", "1793697240000"), ("epoch", "1.79369724E+9"), ("epoch", "-5"), ("epoch",
        "1_793_697_240"),
        ("epoch", "nan"), ("epoch-ms", "1793697240"), ("epoch-ms", "1.79E+12"), ("epoch", "03/11/2026 09:14"),
    ],
)  # fmt: skip
def test_what_would_be_filled_in_or_swapped_is_refused(form: str, text: str) -> None:
    with pytest.raises(UnreadableError):
        parsed(text, form)


def test_without_a_format_the_reason_names_the_option() -> None:
    for text in ("03/11/2026 09:14", "46329.38", "1793697240"):
        with pytest.raises(UnreadableError, match="--date-format"):
            read_moment(text, ImportOptions(LONDON))


def test_local_forms_need_a_zone() -> None:
    for form, text in (("dmy", "03/11/2026 09:14"), ("excel", "46329.38")):
        with pytest.raises(UnreadableError, match="--zone"):
            parsed(text, form, None)
    assert parsed("1793697240", "epoch", None) == WANTED


MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("1971-01-01"), max_value=datetime.fromisoformat("2049-12-31")
).map(lambda moment: moment.replace(microsecond=0))
SEPARATORS = st.sampled_from("./-")


@given(MOMENTS, st.sampled_from(ORDERS), SEPARATORS, st.booleans(), st.booleans(), st.booleans())
def test_what_is_written_in_an_order_is_read_back(
    moment: datetime, order: DateFormat, separator: str, is_short: bool, is_padded: bool, is_halved: bool
) -> None:
    width = 2 if is_padded else 1
    parts = {
        "d": f"{moment.day:0{width}}",
        "m": f"{moment.month:0{width}}",
        "y": f"{moment:%y}" if is_short else str(moment.year),
    }
    clock = f"{moment:%I:%M:%S %p}" if is_halved else f"{moment:%H:%M:%S}"
    text = f"{separator.join(parts[letter] for letter in order.value)} {clock}"
    assert parsed(text, order, ZoneInfo("UTC")) == moment.replace(tzinfo=UTC)


@given(MOMENTS, st.sampled_from(ORDERS), st.sampled_from(ORDERS))
def test_another_order_gives_the_same_or_is_never_swapped(
    moment: datetime, written: DateFormat, stated: DateFormat
) -> None:
    parts = {"d": f"{moment.day:02}", "m": f"{moment.month:02}", "y": f"{moment.year}"}
    numbers = [parts[letter] for letter in written.value]
    try:
        found = parsed(f"{'/'.join(numbers)} 09:14", stated, ZoneInfo("UTC"))
    except UnreadableError:
        return
    assert [int(number) for number in numbers] == [
        {"d": found.day, "m": found.month, "y": found.year}[letter] for letter in stated.value
    ]


@given(
    MOMENTS,
    st.sampled_from(
        [("excel", datetime.fromisoformat("1899-12-30")), ("excel1904", datetime.fromisoformat("1904-01-01"))]
    ),
)
def test_serials_are_exact_to_the_second(moment: datetime, system: tuple[str, datetime]) -> None:
    form, first = system
    days = (moment - first) / timedelta(days=1)
    assert parsed(f"{days:.10f}", form, ZoneInfo("UTC")) == moment.replace(tzinfo=UTC)


COMMON = {"via": "phone", "source": "manual", "to": "07700 900123"}


@pytest.mark.parametrize(
    ("row", "form"),
    [("2026-11-03,09:14", None), ("03/11/2026,9:14 AM", "dmy"), ("46329,0.3847222", "excel"), ("46329,09:14", "excel")],
)
def test_date_and_time_in_two_columns(tmp_path: Path, row: str, form: str | None) -> None:
    columns = {"title": "Subject", "sent_at.date": "Due date", "sent_at.time": "Due time"}
    plan = ImportOptions(LONDON, columns, COMMON, date_format=DateFormat(form) if form else None)
    (one,) = read(tmp_path / "a.csv", f"Subject,Due date,Due time\nRang,{row}\n", plan)
    assert item(one).entry.sent_at == WANTED


def test_a_date_without_its_time_is_refused(tmp_path: Path) -> None:
    columns = {"title": "Subject", "sent_at.date": "Due date", "sent_at.time": "Due time"}
    found = read(
        tmp_path / "a.csv",
        "Subject,Due date,Due time\na,2026-11-03,\nb,,09:14\n",
        ImportOptions(LONDON, columns, COMMON),
    )
    assert all("date and time" in reason(one) for one in found)
    (one,) = read(
        tmp_path / "b.csv",
        "Subject,Due date\na,2026-11-03\n",
        ImportOptions(LONDON, {"sent_at.date": "Due date"}, COMMON | {"title": "x"}),
    )
    assert "sent_at" in reason(one)


def test_statuses_and_providers_go_by_the_format_too(tmp_path: Path) -> None:
    header = "via,to,title,source,sent_at,status,status_at"
    plan = ImportOptions(LONDON, date_format=DateFormat.DMY)
    (one,) = read(
        tmp_path / "a.csv", f"{header}\nsms,07700 900123,x,system,03/11/2026 09:14,delivered,03/11/2026 09:15\n", plan
    )
    (event,) = item(one).entry.events
    assert (item(one).entry.sent_at, event.at) == (WANTED, WANTED + timedelta(minutes=1))
