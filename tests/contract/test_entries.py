"""Entries, corrections, queries and identities."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.delivery import RANK, DeliveryKind, NewEvent, Status, status_of
from commlog_tui.contract.entry import EntryChanges, NewEntry
from commlog_tui.contract.identity import (
    id_of_event,
    id_of_key,
    id_of_redaction,
    ids_of_key,
    is_reserved,
    namespaced_id,
)
from commlog_tui.contract.query import EntryQuery, PageRequest

CALL = {"via": "phone", "title": "Rang about parking", "source": "manual", "sent_at": "2026-11-03T09:14:00Z"}
MAIL = {**CALL, "via": "email", "to": "ada@example.com", "source": "workflow"}
EVENT = {"kind": "sent", "at": "2026-11-03T09:14:01Z"}


@pytest.mark.parametrize(
    "wrong",
    [
        CALL | {"via": "Phone"},
        CALL | {"title": ""},
        CALL | {"title": "x" * 501},
        CALL | {"sent_at": "2026-11-03T09:14:00"},
        CALL | {"source": "me"},
        CALL | {"actor": "root"},
        CALL | {"seq": 1},
        CALL | {"events": [EVENT]},
        MAIL | {"to": ""},
        MAIL | {"to": "x" * 321},
        MAIL | {"events": [EVENT] * 51},
        MAIL | {"customer": {"name": "no id"}},
        MAIL | {"body": "\x00"},
    ],
)
def test_what_is_no_entry_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewEntry.model_validate(wrong)


def test_an_entry_survives_the_wire() -> None:
    entry = NewEntry.model_validate(MAIL | {"events": [EVENT], "customer": {"id": "c-1", "numbers": ["07700 900123"]}})
    assert NewEntry.model_validate_json(entry.model_dump_json()) == entry


def test_a_correction_says_what_it_changes() -> None:
    assert EntryChanges(title="Rang about mooring").model_fields_set == {"title"}
    assert EntryChanges(code=None).model_fields_set == {"code"}
    empty: list[dict[str, Any]] = [
        {},
        {"title": None},
        {"via": None},
        {"sent_at": None},
        {"seq": 3},
        {"source": "system"},
    ]
    for wrong in empty:
        with pytest.raises(ValidationError):
            EntryChanges.model_validate(wrong)


def test_every_event_has_a_rank_and_every_raising_one_a_status() -> None:
    assert set(RANK) == set(DeliveryKind)
    assert {str(kind) for kind, rank in RANK.items() if rank} | {"logged"} == {status.value for status in Status}
    raising = [rank for rank in RANK.values() if rank]
    assert len(raising) == len(set(raising)), "two events of one rank would make the status depend on arrival"


@given(st.lists(st.sampled_from(DeliveryKind), max_size=4))
def test_status_does_not_depend_on_arrival(kinds: list[DeliveryKind]) -> None:
    assert len({status_of(order) for order in permutations(kinds)}) == 1


@given(st.lists(st.sampled_from(DeliveryKind), max_size=6))
def test_an_open_never_raises_the_status(kinds: list[DeliveryKind]) -> None:
    assert status_of([*kinds, DeliveryKind.OPENED, DeliveryKind.CLICKED]) is status_of(kinds)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255))
def test_every_key_stands_for_one_id(key: str) -> None:
    assert is_uuid(id_of_key(key))
    assert id_of_key(key) == id_of_key(key)
    assert id_of_key(id_of_key(key)) == id_of_key(key)


def test_known_ids() -> None:
    assert id_of_key("7D3A1C9E-5B0F-4A6E-9C61-0E5D1F2A3B4C") == "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
    assert id_of_key("a") != id_of_key("b")


def test_an_id_is_the_beginning_of_sha_256_marked_as_version_8() -> None:
    """As ``sha256sum`` has it of the parts with a zero byte between them.

    An id that was ever told must stay what it is.
    """
    entry = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"
    sent = NewEvent.model_validate({"kind": "sent", "at": "2026-11-03T10:15:00+01:00"})
    bounced = NewEvent.model_validate({"kind": "bounced", "at": "2026-11-03T09:15:00.25Z", "to": "ada@example.com"})
    assert id_of_key("k") == "90366280-6b80-8155-a989-d7cb4595c36f"
    assert id_of_key("Zoë 7") == "3931f7f5-4724-8efb-84b0-fa35e0c70d9f"
    assert id_of_event(entry, sent) == "1adc3784-1c9f-8b4c-a263-867963fae30b"
    assert id_of_event(entry, bounced) == "2928b95a-e7e5-8194-9b58-b2533036d877"
    assert id_of_redaction("wish", entry) == "3cb2b104-1656-8303-887a-2c346c0e5f20"


def test_an_id_apart_is_one_that_no_key_stands_for() -> None:
    key = id_of_key("k")
    assert namespaced_id(key, manual=True) == "c0b0a7e5-f0dc-819a-8c5a-77e1e07c8ed9"
    assert namespaced_id(key, manual=False) == "c0b0a7e5-47f2-8396-b402-d7c03f9af481"
    assert all(is_uuid(one) for one in ids_of_key("k"))
    assert len(ids_of_key("k")) == 3
    assert [is_reserved(one) for one in (key, namespaced_id(key, manual=True), namespaced_id(key, manual=False))] == [
        False,
        True,
        True,
    ]


def test_a_repeated_report_has_the_same_id() -> None:
    one, entry = NewEvent.model_validate(EVENT), id_of_key("x")
    assert id_of_event(entry, one) == id_of_event(
        entry, NewEvent.model_validate(EVENT | {"at": "2026-11-03T10:14:01+01:00"})
    )
    assert id_of_event(entry, one) != id_of_event(id_of_key("y"), one)
    assert id_of_event(entry, one) != id_of_event(entry, NewEvent.model_validate(EVENT | {"kind": "delivered"}))


def test_a_query_is_a_value() -> None:
    assert EntryQuery(via=("sms",)) == EntryQuery.model_validate({"via": ["sms"]})
    assert hash(EntryQuery(q="ada")) == hash(EntryQuery(q="ada"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-11-03T00:00:00Z", "until": "2026-11-02T00:00:00Z"},
        {"limit": 0},
        {"limit": 201},
        {"limit": 2**63},
        {"cursor": "not base64!"},
        {"cursor": "x" * 501},
        {"offset": 50},
        {"q": ""},
        {"status": "opened"},
    ],
)
def test_what_is_no_page_request_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PageRequest.model_validate(wrong)
