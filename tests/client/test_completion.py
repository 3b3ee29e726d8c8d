"""What was saved without an answer is completed by the service's.

Its location, and the instant of a local time.
"""

import pytest

from commlog_tui.client.completion import IncompleteError, completed, local_time
from commlog_tui.contract.location import Location, Me, Role

QUAY = Location(id="quay", name="The Quay", zone="Europe/London")
PIER = Location(id="pier", name="Pier", zone="America/New_York")


def me(*locations: Location) -> Me:
    return Me(name="desk", role=Role.DESK, locations=locations, permissions=frozenset(), version="0")


@pytest.mark.parametrize(
    ("location", "named", "seen", "wanted"),
    [
        ("quay", "", (QUAY, PIER), "quay"),
        ("quay", "pier", (QUAY, PIER), "quay"),
        ("", "pier", (QUAY, PIER), "pier"),
        ("", "", (PIER,), "pier"),
        ("gone", "", (PIER,), "gone"),
    ],
)
def test_the_location_is_the_one_named_or_the_only_one(
    location: str, named: str, seen: tuple[Location, ...], wanted: str
) -> None:
    assert completed(location, {}, me(*seen), named) == {"location": wanted, "content": {}}


@pytest.mark.parametrize("seen", [(), (QUAY, PIER)])
def test_which_of_several_is_never_guessed(seen: tuple[Location, ...]) -> None:
    with pytest.raises(IncompleteError, match="No location was named"):
        completed("", {}, me(*seen))


@pytest.mark.parametrize(
    ("local", "location", "instant"),
    [
        ("2026-07-03T09:14:00", "quay", "2026-07-03T08:14:00Z"),
        ("2026-07-03T09:14:00", "pier", "2026-07-03T13:14:00Z"),
        ("2026-10-25T01:30:00", "quay", "2026-10-25T00:30:00Z"),
        ("2026-07-03T09:14:00+02:00", "quay", "2026-07-03T09:14:00+02:00"),
    ],
)
def test_a_local_time_is_the_location_s_the_first_of_two(local: str, location: str, instant: str) -> None:
    assert completed(location, {"sent_at": local}, me(QUAY, PIER))["content"]["sent_at"] == instant


def test_a_time_that_was_skipped_or_of_an_unknown_location_is_said() -> None:
    with pytest.raises(IncompleteError, match="put forward"):
        completed("quay", {"sent_at": "2026-03-29T01:30:00"}, me(QUAY))
    with pytest.raises(IncompleteError, match="no such location"):
        completed("gone", {"sent_at": "2026-03-29T01:30:00"}, me(QUAY))


@pytest.mark.parametrize(
    "content", [{}, {"sent_at": None}, {"sent_at": 5}, {"sent_at": "2026-03-29T01:30:00Z"}, {"fields": {}}]
)
def test_what_has_an_offset_or_none_is_no_local_time(content: dict[str, object]) -> None:
    assert local_time(content) is None
