"""From what was typed to what is sent, and what is wrong with it."""

import pytest

from commlog_tui.contract.recipients import recipient_fault
from commlog_tui.desk.entry.fields import (
    NAMES,
    FieldsError,
    draft,
    item,
    likely_recipient,
    start_of_correction,
    start_of_new,
    start_of_outbox_item,
)
from tests.desk.samples import LONDON, NOW, REFERENCE, an_entry, an_id

REACH = ("zoe@example.com", "07700 900123", "+44 20 7946 0123")


def typed(**fields: str) -> dict[str, str]:
    return dict.fromkeys(NAMES, "") | {"via": "phone", "title": "Rang", "direction": "inbound", "when": "now"} | fields


def faults(fields: dict[str, str]) -> dict[str, str]:
    with pytest.raises(FieldsError) as caught:
        item(start_of_new(None), "demo", typed(**fields), None, zone=LONDON, now=NOW)
    return dict(caught.value.faults)


@pytest.mark.parametrize(
    ("via", "expected"),
    [
        ("email", "zoe@example.com"),
        ("phone", "07700 900123"),
        ("sms", "07700 900123"),
        ("in-person", ""),
        ("pigeon", ""),
    ],
)
def test_somebody_is_reached_as_the_channel_wants_it(via: str, expected: str) -> None:
    assert likely_recipient(via, REACH) == expected
    assert not likely_recipient(via, ())


def test_a_new_entry_is_about_whom_one_is_on_and_its_recipient_comes_first() -> None:
    start = start_of_new(an_entry(to="+44 7700 900999"))
    assert start.customer == {"id": "c-1", "name": "Zoë Quay"}
    assert start.reach == ("+44 7700 900999", "07700 900123", "zoe@example.com")
    assert start.fields["reference"] == REFERENCE


def test_what_is_typed_becomes_an_entry_to_send() -> None:
    start = start_of_new(None)
    made = item(start, "demo", typed(to="07700 900123", when="yesterday 17:30"), {"id": "c-1"}, zone=LONDON, now=NOW)
    assert made.key == start.key
    assert made.content["sent_at"] == "2026-11-02T17:30:00Z"
    assert (made.content["source"], made.content["customer"]["id"]) == ("manual", "c-1")


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"title": ""}, "title", "needs something"),
        ({"via": "Two Words"}, "via", "is a word such as"),
        ({"direction": "sideways"}, "direction", "they spoke"),
        ({"reference": "HB-1"}, "reference", "must be a UUID"),
        ({"when": "31 feb 10:00"}, "when", "28 days"),
        ({"via": "email", "to": "zoe.example.com"}, "to", "no e-mail address"),
        ({"to": "Zoe"}, "to", "no number"),
        ({"to": "p07700 900123"}, "to", "more than a number"),
        ({"to": "12"}, "to", "no number"),
        ({"to": "07700 900123 / 07700 900124"}, "to", "several"),
        ({"to": "zoe@example.com"}, "to", "no number"),
        ({"customer": "zo"}, "customer", "pick one"),
    ],
)
def test_what_is_wrong_is_said_by_field(fields: dict[str, str], name: str, words: str) -> None:
    assert words in faults(fields)[name]


@pytest.mark.parametrize(
    "to",
    ["(020) 7946 0123", "tel:+442079460123", "020 7946 0123 x12", "447700900123@c.us", "\u0660\u0667700 900123", "999"],
)
def test_a_number_may_be_typed_in_any_form(to: str) -> None:
    made = item(start_of_new(None), "demo", typed(to=to), None, zone=LONDON, now=NOW)
    assert made.content["to"] == to


def test_several_faults_are_said_at_once() -> None:
    assert set(faults({"title": "", "when": "noon", "customer": "z"})) == {"title", "when", "customer"}


def test_a_correction_sends_only_what_was_changed() -> None:
    entry = an_entry(source="manual", via="phone", title="Rang", body="Gate code")
    start = start_of_correction(entry, LONDON)
    fields = dict.fromkeys(NAMES, "") | dict(start.fields)
    made = item(start, "demo", fields | {"title": "Rang twice"}, start.customer, zone=LONDON, now=NOW)
    assert (made.action, made.entry_id, made.content) == ("correction", an_id(1), {"changes": {"title": "Rang twice"}})
    with pytest.raises(FieldsError, match="Nothing is changed"):
        item(start, "demo", fields, start.customer, zone=LONDON, now=NOW)
    cleared = item(start, "demo", fields | {"body": ""}, start.customer, zone=LONDON, now=NOW)
    assert cleared.content == {"changes": {"body": None}}


def test_a_draft_goes_on_where_it_was_left_under_its_key() -> None:
    start = start_of_new(None)
    stored = draft(start, "demo", typed(title="Half a sen"), None)
    again = start_of_outbox_item(stored, None, LONDON)
    assert again.key == start.key
    assert again.typed is not None
    assert again.typed["title"] == "Half a sen"
    assert again.typed["when"] != "now"


def test_what_was_refused_is_another_intent() -> None:
    made = item(start_of_new(None), "demo", typed(), None, zone=LONDON, now=NOW)
    again = start_of_outbox_item(made.model_copy(update={"state": "refused"}), None, LONDON)
    assert again.key != made.key
    assert again.replaces == made.key


@pytest.mark.parametrize("to", ["a@example.com", "", "ä@例え.example"])
def test_addresses_that_may_be_right_are_taken(to: str) -> None:
    assert not recipient_fault("email", to)
