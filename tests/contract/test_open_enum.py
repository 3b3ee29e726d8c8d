"""Words of a newer version are read in answers and refused in requests."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from commlog_tui.contract.delivery import NewEvent, Status
from commlog_tui.contract.entry import Changes, Entry
from commlog_tui.contract.location import Me, Permission
from commlog_tui.contract.open_enum import is_known
from tests.desk.samples import an_entry


def answered(**fields: Any) -> Entry:
    return Entry.model_validate_json(json.dumps(an_entry(1).model_dump(mode="json") | fields))


def test_a_known_word_is_the_member() -> None:
    entry = answered(status="bounced")
    assert entry.status is Status.BOUNCED
    assert is_known(entry.status)


@pytest.mark.parametrize("field", ["status", "source", "direction"])
def test_a_newer_word_is_kept_and_shown_as_it_is(field: str) -> None:
    entry = answered(**{field: "beamed-over"})
    word = getattr(entry, field)
    assert (word.value, str(word), f"{word}", is_known(word)) == ("beamed-over", "beamed-over", "beamed-over", False)
    assert word not in list(type(word).__members__.values())
    assert json.loads(entry.model_dump_json())[field] == "beamed-over"
    assert Entry.model_validate_json(entry.model_dump_json()) == entry


@pytest.mark.parametrize("value", [5, None, "\u202ex" * 3, "x" * 65, ["sent"]])
def test_what_is_no_word_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        answered(status=value)


def test_requests_stay_strict() -> None:
    with pytest.raises(ValidationError):
        NewEvent.model_validate({"kind": "beamed-over", "at": "2026-11-03T12:00:00Z"})


def test_a_correction_with_fields_of_a_newer_version_is_read() -> None:
    changes = Changes.model_validate({"title": "Rang", "mood": "good", "direction": "sideways"})
    assert changes.model_fields_set == {"title", "direction"}


def test_newer_roles_and_permissions_leave_the_known_ones() -> None:
    fields = {"name": "x", "role": "robot", "permissions": ["read", "fly"], "locations": [], "version": "9"}
    me = Me.model_validate_json(json.dumps(fields))
    assert Permission.READ in me.permissions
    assert {word.value for word in me.permissions} == {"read", "fly"}
