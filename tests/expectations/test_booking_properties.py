from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.booking import LineState as State
from commlog_tui.expectations.booking import checklist
from commlog_tui.expectations.due import due_rows
from commlog_tui.expectations.durations import Duration
from commlog_tui.expectations.facts import Booking, Event, Message
from commlog_tui.expectations.rules import Rule
from tests.expectations.bookings import BOOKINGS, INSTANTS, LONDON, RULE_LISTS, RULES, booking, message


@given(BOOKINGS, RULE_LISTS, INSTANTS, st.randoms(use_true_random=False))
def test_the_order_of_records_has_no_meaning(
    one: Booking, rules: Sequence[Rule], now: datetime, random: Random
) -> None:
    def mixed(items: Sequence[object]) -> tuple[object, ...]:
        return tuple(random.sample(items, len(items)))

    messages = tuple(replace(each, events=mixed(each.events)) for each in one.messages)  # type: ignore[arg-type] # events
    other = replace(one, messages=mixed(messages), runs=mixed(one.runs), resolutions=mixed(one.resolutions))  # type: ignore[arg-type] # as they were
    assert checklist(other, rules, now, LONDON) == checklist(one, rules, now, LONDON)
    assert due_rows(other, rules, LONDON) == due_rows(one, rules, LONDON)


@given(BOOKINGS, RULE_LISTS, INSTANTS)
def test_every_message_has_its_line_and_every_rule_a_message_or_a_line(
    one: Booking, rules: Sequence[Rule], now: datetime
) -> None:
    found = checklist(one, rules, now, LONDON)
    assert sorted(line.entry for line in found.lines if line.entry) == sorted(each.id for each in one.messages)
    if one.messages or one.runs:
        for rule in rules:
            assert any(line.kind == rule.kind for line in found.lines)


@given(BOOKINGS, RULE_LISTS, INSTANTS, st.integers(0, 10_000))
def test_overdue_comes_only_after_due_and_never_ends_by_waiting(
    one: Booking, rules: Sequence[Rule], now: datetime, minutes: int
) -> None:
    later = now + timedelta(minutes=minutes)
    before, after = checklist(one, rules, now, LONDON), checklist(one, rules, later, LONDON)
    for line in before.lines:
        if line.state is State.OVERDUE:
            assert line.due_at is not None
            assert now > line.due_at
    overdue = [(line.kind, line.entry, line.due_at) for line in before.lines if line.state is State.OVERDUE]
    still = [(line.kind, line.entry, line.due_at) for line in after.lines if line.state is State.OVERDUE]
    assert set(overdue) <= set(still)


@given(BOOKINGS, RULES, INSTANTS, INSTANTS)
def test_a_message_that_arrived_settles_its_rule(one: Booking, rule: Rule, sent_at: datetime, now: datetime) -> None:
    arrived = message(rule.kind, "delivered", sent_at, via=rule.via or "email", id="it")
    found = checklist(replace(one, messages=(*one.messages, arrived)), [rule], now, LONDON)
    assert not [line for line in found.lines if line.state in {State.OVERDUE, State.DUE} and line.entry is None]
    (row,) = [line for line in found.lines if line.entry == "it"]
    assert row.state is State.DELIVERED


@given(BOOKINGS, RULE_LISTS, INSTANTS)
def test_the_rows_of_an_index_find_what_the_checklist_calls_overdue(
    one: Booking, rules: Sequence[Rule], now: datetime
) -> None:
    rows = due_rows(one, rules, LONDON)
    assert list(rows) == sorted(rows)
    found = checklist(one, rules, now, LONDON).lines
    overdue = {(line.due_at, line.kind) for line in found if line.state is State.OVERDUE and line.is_open}
    assert {(row.due_at, row.kind) for row in rows if row.due_at < now} == overdue


@given(BOOKINGS, RULE_LISTS, INSTANTS)
def test_a_canceled_booking_has_nothing_overdue(one: Booking, rules: Sequence[Rule], now: datetime) -> None:
    skipped = Event("skipped", now, reason="booking-canceled")
    canceled = Message("c", "email", "Survey", "skipped", now, kind="survey", events=(skipped,))
    over = replace(one, messages=(*one.messages, canceled))
    assert not [line for line in checklist(over, rules, now, LONDON).lines if line.state is State.OVERDUE]
    assert due_rows(over, rules, LONDON) == ()


@given(INSTANTS, st.integers(0, 12), INSTANTS)
def test_a_day_before_is_at_the_same_time_of_day_also_over_the_night_of_the_change(
    starts_at: datetime, days: int, booked_at: datetime
) -> None:
    rule = Rule("reminder", "before_start", Duration(days, "day"))
    (row,) = due_rows(booking(message("offer", "sent", booked_at, starts_at=starts_at)), [rule], LONDON)
    due, start = row.due_at.astimezone(LONDON), starts_at.astimezone(LONDON)
    assert (start.date() - due.date()).days == days
    assert due.replace(tzinfo=None).time() == start.replace(tzinfo=None).time()
