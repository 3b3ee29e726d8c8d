"""Filters that exclude, and those of one value: as a query, in words, undone and saved."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.desk.exclusion import FIELDS, Exclusion
from commlog_tui.desk.filters import Filters, FiltersError, chips, query_of, words_of
from commlog_tui.desk.saved_views import SavedView, SavedViews
from tests.desk.samples import LONDON, REFERENCE

TODAY = date(2026, 11, 3)
VALUES = {
    "via": "sms", "status": "bounced", "source": "manual", "kind": "reminder", "to": "07700 900123", "customer": "c-1",
    "reference": REFERENCE, "title": "Booking Reminder", "code": "HB-2041", "day": "2026-11-02",
}  # fmt: skip
WORDS = {
    "via": "sms", "status": "bounced", "source": "manual", "kind": "kind reminder", "to": "07700 900123",
    "customer": "Zoë Quay", "reference": "ref 0d9c6a52…", "title": "title Booking Reminder", "code": "code HB-2041",
    "day": "Mon 2 Nov 2026",
}  # fmt: skip


def name_of(field: str) -> str:
    return "Zoë Quay" if field == "customer" else ""


def query(filters: Filters) -> dict[str, Any]:
    return query_of(filters, LONDON, TODAY).model_dump(mode="json", exclude_defaults=True)


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_can_be_asked_for_alone_and_excluded(field: str) -> None:
    value = VALUES[field]
    only, without = (make(field, value, name_of(field)) for make in (Filters().only, Filters().excluding))
    assert [chip.words for chip in chips(only, TODAY)] == [WORDS[field]]
    assert [chip.words for chip in chips(without, TODAY)] == [f"not {WORDS[field]}"]
    assert query(without) == {FIELDS[field]: [value]}
    asked = query(only)
    expected = {"via": ["sms"], "status": ["bounced"], "day": "2026-11-02T00:00:00Z"}.get(field, value)
    assert asked[{"customer": "customer_id", "day": "since"}.get(field, field)] == expected


@pytest.mark.parametrize("field", FIELDS)
def test_the_one_takes_the_place_of_the_other_and_a_chip_undoes_it(field: str) -> None:
    value = VALUES[field]
    without = Filters(q="boat").only(field, value, name_of(field)).excluding(field, value, name_of(field))
    if field != "day":  # days are a range, from which one is taken
        assert without == Filters(q="boat").excluding(field, value, name_of(field))
    only = without.only(field, value, name_of(field))
    assert only == Filters(q="boat").only(field, value, name_of(field))
    for filters in (only, without):
        assert filters.without(chips(filters, TODAY)[-1].name) in {Filters(q="boat"), only}


def test_several_are_excluded_and_one_undone() -> None:
    filters = Filters().excluding("via", "sms").excluding("via", "phone").excluding("via", "sms")
    assert words_of(filters) == "not phone  not sms"
    assert filters.without("not via:phone") == Filters().excluding("via", "sms")
    assert filters.toggled("sms") == Filters(via=("sms",)).excluding("via", "phone")


def test_more_than_a_query_may_have_is_a_fault() -> None:
    filters = Filters()
    for number in range(21):
        filters = filters.excluding("code", f"HB-{number}")
    with pytest.raises(FiltersError, match="Backspace undoes the last filter"):
        query(filters)


def test_they_are_saved_and_read_again(tmp_path: Path) -> None:
    filters = Filters(via=("sms",))
    for field, value in VALUES.items():
        filters = filters.excluding(field, value, name_of(field))
        filters = filters.only(field, value, name_of(field)) if field in {"title", "to"} else filters
    saved = SavedViews(tmp_path)
    saved.save("all", SavedView(filters))
    assert saved.load() == {"all": SavedView(filters)}


@pytest.mark.parametrize(
    "excluded", [[{"field": "mood", "value": "calm"}], [{"field": "via", "value": "sms", "until": "x"}], [7]]
)
def test_an_exclusion_of_a_newer_version_is_left_alone(tmp_path: Path, excluded: list[Any]) -> None:
    (tmp_path / "filters.json").write_text(json.dumps({"theirs": {"q": "x", "excluded": excluded}}))
    saved = SavedViews(tmp_path)
    assert (saved.load(), saved.newer()) == ({}, ["theirs"])


def test_a_day_of_another_version_is_shown_as_it_is() -> None:
    assert Exclusion("day", "some day").words == "not some day"


def test_a_saved_view_is_named_without_whom_it_is_about_in_privacy_mode() -> None:
    filters = Filters(via=("sms",))
    for field, value in VALUES.items():
        filters = filters.excluding(field, value, name_of(field))
    view = SavedView(filters.only("to", "zoe@example.com").only("title", "Rang Zoë"))
    words = view.words(private=True)
    for text in ("Zoë", "07700", "zoe@", "Booking Reminder"):
        assert text not in words
        assert text in view.words() or text in {"07700", "Booking Reminder"}
    assert "not bounced" in words
