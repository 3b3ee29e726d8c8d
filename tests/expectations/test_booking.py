from dataclasses import replace
from datetime import timedelta

import pytest

from commlog_tui.contract.booking import LineState as State
from commlog_tui.expectations.booking import Line, checklist
from commlog_tui.expectations.durations import Duration
from commlog_tui.expectations.facts import Booking, Resolution, Run
from tests.expectations.bookings import (
    CONFIRMATION,
    LONDON,
    NOW,
    REMINDER,
    SURVEY,
    at,
    booking,
    message,
)

STARTS = at(9, day=5)


def lines(of: Booking, *rules: object, now: object = NOW) -> list[Line]:
    return list(checklist(of, rules, now, LONDON).lines)  # type: ignore[arg-type] # rules and an instant


def test_the_checklist_of_the_issue() -> None:
    found = lines(
        booking(
            message("confirmation", "delivered", at(14, 2), starts_at=STARTS),
            message("survey", "skipped", at(14, 3), reason="no-address"),
            message("refund", "bounced", at(14, 4), detail="550 5.1.1 User unknown"),
        ),
        CONFIRMATION,
        REMINDER,
        SURVEY,
    )
    assert [(line.title, line.state.value, line.at, line.reason) for line in found] == [
        ("Confirmation", "delivered", at(14, 2), None),
        ("Survey", "skipped", at(14, 3), "no e-mail address"),
        ("Refund notice", "failed", at(14, 4), "the mailbox does not exist"),
        ("Reminder", "due", at(9, day=4), None),
    ]
    assert [line.title for line in found if line.is_open] == ["Refund notice"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("scheduled", "due"),
        ("queued", "due"),
        ("sent", "sent"),
        ("deferred", "sent"),
        ("logged", "sent"),
        ("delivered", "delivered"),
        ("complained", "delivered"),
        ("bounced", "failed"),
        ("rejected", "failed"),
        ("failed", "failed"),
        ("canceled", "skipped"),
        ("skipped", "skipped"),
        ("a-newer-word", "unknown"),
    ],
)
def test_every_status_has_its_state(status: str, state: str) -> None:
    (line,) = lines(booking(message("offer", status, at(12))))
    assert line.state == state


def test_a_message_is_overdue_only_after_its_time() -> None:
    one = booking(message("offer", "delivered", at(12)))
    due_at = at(12, 10)
    for now, state in ((due_at, State.DUE), (due_at + timedelta(seconds=1), State.OVERDUE)):
        _, missing = lines(one, CONFIRMATION, now=now)
        assert (missing.kind, missing.state, missing.due_at) == ("confirmation", state, due_at)


def test_a_scheduled_message_that_was_not_sent_in_time_is_overdue() -> None:
    one = booking(message("reminder", "scheduled", at(12), starts_at=STARTS))
    assert [line.state for line in lines(one, REMINDER, now=at(8, day=4))] == [State.DUE]
    (line,) = lines(one, REMINDER, now=at(10, day=4))
    assert (line.state, line.entry is None, line.is_open) == (State.OVERDUE, False, True)


def test_without_the_start_on_record_nothing_is_guessed() -> None:
    _, missing = lines(booking(message("offer", "delivered", at(12))), REMINDER, now=at(0, day=30))
    assert (missing.state, missing.reason) == (State.UNKNOWN, "the booking's start is not on record")
    assert not missing.is_open


def test_a_booking_made_later_than_the_message_was_due_does_not_expect_it() -> None:
    missing, _ = lines(booking(message("offer", "delivered", at(12), starts_at=at(18))), REMINDER)
    assert (missing.state, missing.reason) == (State.NOT_EXPECTED, "booked later than that")


@pytest.mark.parametrize("how", ["kind", "reason"])
def test_a_canceled_booking_expects_nothing_more_and_hides_nothing(how: str) -> None:
    canceled = (
        message("cancellation", "delivered", at(13))
        if how == "kind"
        else message("survey", "skipped", at(13), reason="booking-canceled")
    )
    planned = message("change", "scheduled", at(12, 30))
    one = booking(message("offer", "delivered", at(12), starts_at=STARTS), canceled, planned)
    found = lines(one, CONFIRMATION, REMINDER, now=at(0, day=30))
    assert not [line for line in found if line.is_open]
    missing = {line.kind: line for line in found if line.state is State.NOT_EXPECTED}
    assert set(missing) == {"confirmation", "reminder", "change"}
    assert {line.reason for line in missing.values()} == {"the booking is canceled"}
    assert len(found) == 5


def test_the_latest_message_says_when_a_moved_booking_starts() -> None:
    one = booking(
        message("change", "delivered", at(13), starts_at=at(9, day=20)),
        message("confirmation", "delivered", at(12), starts_at=STARTS),
    )
    assert lines(one, REMINDER)[-1].due_at == at(9, day=19)


def test_a_run_says_when_the_booking_was_first_known() -> None:
    run = Run("r", "Confirmations", "failed", at(11, 1), at(11), error="SMTP: timed out", step="Send e-mail")
    failed, missing = lines(booking(runs=(run,)), CONFIRMATION)
    assert (missing.state, missing.due_at) == (State.OVERDUE, at(11, 10))
    assert (failed.title, failed.reason) == ("Workflow Confirmations", "at the step Send e-mail: SMTP: timed out")
    assert failed.is_open
    again = Run("s", "Confirmations", "completed", at(12, 1), at(12))
    settled, missing = lines(booking(runs=(again, run)), CONFIRMATION)
    assert (settled.settled_at, settled.is_open, missing.state) == (at(12, 1), False, State.OVERDUE)


def test_a_later_delivery_settles_a_failure_and_an_earlier_one_does_not() -> None:
    bounced = message("refund", "bounced", at(12))
    later = message("refund", "delivered", at(13), reported_at=at(13, 1), via="sms")
    failed, _ = lines(booking(later, bounced))
    assert (failed.settled_at, failed.is_open) == (at(13, 1), False)
    _, failed = lines(booking(message("refund", "delivered", at(11)), bounced))
    assert failed.is_open
    failed, _ = lines(booking(bounced, message("refund", "sent", at(13))))
    assert failed.is_open
    failed, _ = lines(booking(bounced, message("reminder", "delivered", at(13))))
    assert failed.is_open


def test_messages_without_a_kind_are_matched_by_title() -> None:
    bounced = message(None, "bounced", at(12), title="Your refund")
    other = message(None, "delivered", at(13), title="Your parking")
    again = message(None, "delivered", at(14), title="Your refund")
    assert lines(booking(bounced, other))[0].is_open
    assert not lines(booking(bounced, other, again))[0].is_open


def test_somebody_ticks_off_an_entry_or_an_expected_kind() -> None:
    bounced = message("refund", "bounced", at(12))
    done = Resolution("Ann", at(14), "called the guest", entry=bounced.id)
    expected = Resolution("Ben", at(15), expected="confirmation")
    found = lines(booking(bounced, resolutions=(done, expected)), CONFIRMATION)
    assert [(line.kind, line.resolved) for line in found] == [("refund", done), ("confirmation", expected)]
    assert not any(line.is_open for line in found)
    assert [line.state for line in found] == [State.FAILED, State.OVERDUE]


def test_a_tick_means_what_was_due_by_then_and_not_a_later_message_of_the_kind() -> None:
    second = replace(REMINDER, duration=Duration(2, "hour"))
    done = Resolution("Ann", at(10, day=4), expected="reminder")
    one = booking(message("offer", "delivered", at(12), starts_at=STARTS), resolutions=(done,))
    _, first, later = lines(one, REMINDER, second, now=at(8, day=5))
    assert (first.resolved, later.resolved, later.is_open) == (done, None, True)
    early = Resolution("Ann", at(13), expected="reminder")
    one = booking(message("offer", "delivered", at(12), starts_at=STARTS), resolutions=(early,))
    _, first, later = lines(one, REMINDER, second, now=at(8, day=5))
    assert (first.resolved, later.resolved) == (early, None)


def test_of_two_rules_of_a_kind_a_message_counts_for_the_one_it_is_nearest_to() -> None:
    second = replace(REMINDER, duration=Duration(2, "hour"))
    one = booking(message("reminder", "delivered", at(9, 5, day=4), starts_at=STARTS))
    found = lines(one, REMINDER, second, now=at(6, day=5))
    assert [(line.state, line.due_at) for line in found] == [
        (State.DELIVERED, at(9, day=4)),
        (State.DUE, at(7, day=5)),
    ]


def test_a_rule_of_a_channel_wants_that_channel_and_messages_to_staff_do_not_count() -> None:
    by_sms = replace(CONFIRMATION, via="sms")
    one = booking(
        message("confirmation", "delivered", at(12)),
        message("confirmation", "delivered", at(12, 1), via="sms", audience="staff"),
    )
    found = lines(one, by_sms)
    assert [(line.title, line.state) for line in found] == [
        ("Confirmation", State.DELIVERED),
        ("Confirmation to staff", State.DELIVERED),
        ("Confirmation", State.OVERDUE),
    ]


def test_what_is_written_by_hand_is_shown_and_needs_no_delivery() -> None:
    called = message(None, "logged", at(12), source="manual", via="phone", direction="inbound", title="Asked")
    (line,) = lines(booking(called))
    assert (line.title, line.state, line.reason) == ("Asked", State.LOGGED, None)
    by_hand = message("confirmation", "logged", at(12), source="manual")
    assert [line.state for line in lines(booking(by_hand), CONFIRMATION)] == [State.LOGGED]


def test_nothing_on_record_is_an_empty_checklist() -> None:
    assert lines(booking(), CONFIRMATION, REMINDER) == []
