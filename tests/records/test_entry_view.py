"""Entries made straight of columns are those that their parts make."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.ledger.canonical import canonical
from commlog_tui.records.entry_state import entry_row
from commlog_tui.records.entry_view import entry_views, form_of
from commlog_tui.records.instants import instant, instants, optional_instant
from commlog_tui.records.part_codec import to_part
from commlog_tui.records.personal_codec import entry_part, to_packed
from commlog_tui.records.public_codec import Columns, to_columns
from commlog_tui.records.rows import EntryRow
from commlog_tui.records.uuids import uuid_text
from tests.records.test_codec import ID, LOCATION, SEQ, entries, public_parts

GIVEN: dict[str, Any] = {"kind": "entry", "sent_at": 1_790_000_000_000_001, "via": "email", "source": "system"}
moments = st.integers(0, 7_258_118_400_000_000)
"""To the year 2200, the last that a record can name."""
usual = st.fixed_dictionaries({}, optional={"starts_at": moments, "message_key": st.uuids().map(str)})


def entry_view(columns: Columns, personal: bytes) -> EntryRow | None:
    form, recorded_at, lag, _, rest = columns
    forms = {None: None, 1: None if form is None else form_of(form, LOCATION)}
    number = None if form is None else 1
    (view,) = entry_views([(SEQ, ID, number, recorded_at, lag, rest, personal, 3)], forms, {3: "sent"})
    return view


@given(public_parts, usual, entries)
def test_a_view_is_what_the_parts_make(public: dict[str, Any], more: dict[str, Any], personal: dict[str, Any]) -> None:
    data = to_packed(canonical(personal))
    columns = to_columns(canonical(public | GIVEN | more), LOCATION, SEQ, ID, None)
    with suppress(ValueError, OverflowError):  # a part that no version wrote
        expected = entry_row(to_part(columns, LOCATION, SEQ, ID, None), entry_part(data), "sent", corrected=False)
        assert entry_view(columns, data) in {None, expected}


@given(moments, usual, entries)
def test_what_is_usual_has_a_view(at: int, more: dict[str, Any], personal: dict[str, Any]) -> None:
    filed = {"id": uuid_text(ID), "location": LOCATION, "seq": SEQ}
    fields = GIVEN | more | filed | {"actor": "desk", "recorded_at": at, "personal": "00" * 32}
    columns = to_columns(canonical(fields), LOCATION, SEQ, ID, None)
    data = to_packed(canonical(personal))
    view = entry_view(columns, data)
    expected = entry_row(to_part(columns, LOCATION, SEQ, ID, None), entry_part(data), "sent", corrected=False)
    assert view == (None if data[:1] == b"{" else expected)


@given(st.binary(max_size=30))
def test_damaged_columns_make_no_view(rest: bytes) -> None:
    fields = GIVEN | {"id": uuid_text(ID), "location": LOCATION, "seq": SEQ, "actor": "desk"}
    whole = to_columns(
        canonical(fields | {"recorded_at": 5, "personal": "00" * 32, "starts_at": 9}), LOCATION, SEQ, ID, None
    )
    data = to_packed(canonical({"to": "", "title": "Refund", "body": None, "code": None, "reference": None}))
    damaged = Columns(*whole[:4], rest)
    with suppress(ValueError, OverflowError):
        view = entry_view(damaged, data)
        part = to_part(damaged, LOCATION, SEQ, ID, None)
        assert view is None or view.starts_at == optional_instant(part.starts_at)


@given(st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
def test_every_microsecond_is_an_instant_of_its_own(microseconds: int) -> None:
    expected = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    assert instant(microseconds) == expected
    assert instants([microseconds]) == [expected]
    assert instants([5, microseconds]) == [instant(5), expected]
