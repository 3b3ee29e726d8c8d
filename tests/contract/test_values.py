"""The values of the wire: what is taken, what is refused, what comes out."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from commlog_tui.contract.base import (
    EARLIEST,
    INSTANT_PATTERN,
    LATEST,
    Instant,
    Slug,
    Text,
    UuidText,
    format_instant,
    parse_instant,
)
from commlog_tui.contract.location import NewLocation

INSTANT = TypeAdapter[datetime](Instant)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2199, 12, 30),  # noqa: DTZ001 - likewise
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(MOMENTS)
def test_an_instant_survives_the_wire(moment: datetime) -> None:
    assert parse_instant(format_instant(moment)) == moment


@given(MOMENTS)
def test_an_instant_comes_out_as_utc_with_a_z(moment: datetime) -> None:
    text = INSTANT.dump_json(INSTANT.validate_python(moment)).decode()
    assert text.endswith('Z"')
    assert INSTANT.validate_json(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        "2026-11-03T09:14:00",
        "2026-13-03T09:14:00Z",
        "2026-02-30T09:14:00Z",
        "2026-11-03T25:14:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "\uff12026-11-03T09:14:00Z",
        "5",
        "Mon",
        "",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|day is out of range"):
        parse_instant(text)


@pytest.mark.parametrize("value", [1762160040, 1.5, None, True, datetime(2026, 1, 1)])  # noqa: DTZ001 - that is the point
def test_only_aware_times_are_instants(value: object) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        parse_instant(value)


def test_the_years_an_instant_may_have() -> None:
    assert parse_instant(EARLIEST) == EARLIEST
    assert parse_instant(LATEST - timedelta(microseconds=1)).tzinfo is UTC


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "a\udfff"])
def test_text_that_no_store_keeps_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Text).validate_python(text)


@pytest.mark.parametrize("text", ["[/red]", "\x1b]52;c;aGk=\x07", "\u202e", "日本語", "", "\U0001f6f6" * 100])
def test_hostile_text_is_kept_as_it_came(text: str) -> None:
    assert TypeAdapter(Text).validate_python(text) == text


def test_a_uuid_is_lower_case_in_its_usual_form() -> None:
    adapter = TypeAdapter(UuidText)
    assert adapter.validate_python("7D3A1C9E-5B0F-4A6E-9C61-0E5D1F2A3B4C") == "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
    for text in ("7d3a1c9e5b0f4a6e9c610e5d1f2a3b4c", "{7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c}", "x", ""):
        with pytest.raises(ValidationError):
            adapter.validate_python(text)


@pytest.mark.parametrize("slug", ["", "Email", "1st", "a b", "é", "a" * 33, "sms\n"])
def test_a_slug_is_short_and_plain(slug: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Slug).validate_python(slug)


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "/etc/localtime", "", "Europe"])
def test_a_location_has_a_real_zone(zone: str) -> None:
    with pytest.raises(ValidationError):
        NewLocation(id="quay", name="Quay", zone=zone)


EDGES = st.sampled_from([EARLIEST, LATEST]).flatmap(
    lambda edge: st.builds(
        lambda minutes, offset: (edge + timedelta(minutes=minutes)).astimezone(timezone(timedelta(minutes=offset))),
        st.integers(-3_000, 3_000),
        st.integers(-14 * 60, 14 * 60),
    )
)


@given(MOMENTS | EDGES)
def test_every_instant_that_is_taken_fits_the_pattern_of_the_description(moment: datetime) -> None:
    text = moment.isoformat()
    try:
        parse_instant(text)
    except ValueError:
        return
    assert re.search(INSTANT_PATTERN, text)


@pytest.mark.parametrize(
    "text", ["1968-01-01T00:00:00Z", "2201-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-03T24:00:00Z"]
)
def test_the_pattern_says_which_years_are_taken(text: str) -> None:
    assert not re.search(INSTANT_PATTERN, text)
