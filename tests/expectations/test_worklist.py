from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.expectations.booking import checklist
from commlog_tui.expectations.facts import Booking, Resolution, Run
from commlog_tui.expectations.worklist import worklist
from tests.expectations.bookings import (
    BOOKINGS,
    CONFIRMATION,
    INSTANTS,
    LONDON,
    NOW,
    REMINDER,
    RULE_LISTS,
    at,
    booking,
    message,
)


def coded(code: str, one: Booking) -> Booking:
    return Booking(None, code, one.messages, one.runs, one.resolutions)


def items(*bookings: Booking) -> list[tuple[str | None, str, str | None]]:
    found = worklist((checklist(one, [CONFIRMATION, REMINDER], NOW, LONDON) for one in bookings), NOW, LONDON)
    return [(item.code, item.reason, item.done) for item in found]


def test_the_soonest_booking_is_first_and_each_item_says_why() -> None:
    later = booking(message("confirmation", "bounced", at(12), code="5.1.1", starts_at=at(9, day=20)))
    soon = booking(message("offer", "delivered", at(12), starts_at=at(18)))
    nowhen = booking(message("confirmation", "failed", at(12)))
    past = booking(message("confirmation", "rejected", at(9), detail="blocked by us", starts_at=at(12)))
    fine = booking(message("confirmation", "delivered", at(12), starts_at=at(17)))
    assert items(coded("PAST", past), coded("LATER", later), coded("?", nowhen), coded("SOON", soon), fine) == [
        ("SOON", "nothing was sent, and no reason is on record", None),
        ("LATER", "the mailbox does not exist", None),
        ("?", "no reason was reported", None),
        ("PAST", "blocked by us", None),
    ]


def test_a_failed_run_of_the_booking_is_named() -> None:
    run = Run("r", "Confirmations", "failed", at(12), at(12), error="timed out")
    one = booking(message("offer", "delivered", at(11)), runs=(run,))
    assert items(one) == [("QUAY-1", "nothing was sent; Workflow Confirmations failed 12:00: timed out", None)]


def test_what_was_ticked_off_or_settled_says_so_and_comes_last() -> None:
    bounced = message("confirmation", "bounced", at(12), id="b")
    ticked = booking(bounced, resolutions=(Resolution("Ann", at(15), "called", entry="b"),))
    settled = booking(bounced, message("confirmation", "delivered", at(13), via="sms"))
    expected = booking(
        message("offer", "delivered", at(11)), resolutions=(Resolution("Ben", at(14), expected="confirmation"),)
    )
    waiting = booking(bounced)
    assert [
        (code, done) for code, _, done in items(ticked, settled, coded("BEN", expected), coded("OPEN", waiting))
    ] == [
        ("OPEN", None),
        ("QUAY-1", "ticked off by Ann 15:00: called"),
        ("BEN", "ticked off by Ben 14:00"),
        ("QUAY-1", "by itself: delivered by a later message 13:00"),
    ]


def test_what_arrived_late_is_off_the_list() -> None:
    one = booking(message("offer", "delivered", at(11)), message("confirmation", "delivered", at(15)))
    assert items(one) == []


@given(st.lists(BOOKINGS, max_size=4), RULE_LISTS, INSTANTS)
def test_every_open_line_is_an_item_once_with_something_to_do(
    bookings: list[Booking], rules: list[object], now: object
) -> None:
    found = [checklist(one, rules, now, LONDON) for one in bookings]  # type: ignore[arg-type] # rules and an instant
    listed = worklist(found, now, LONDON)  # type: ignore[arg-type] # an instant
    waiting = [item for item in listed if item.done is None]
    assert len(waiting) == sum(line.run is None for each in found for line in each.open)
    assert all(item.reason and item.advice for item in listed)
    assert [item.done is None for item in listed] == sorted((item.done is None for item in listed), reverse=True)
    assert worklist(reversed(found), now, LONDON) == listed  # type: ignore[arg-type] # an instant
