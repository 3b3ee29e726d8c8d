"""Bookings for the tests of this folder, and strategies for them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from commlog_tui.contract.delivery import EventReason, Status
from commlog_tui.expectations.durations import Duration
from commlog_tui.expectations.facts import Booking, Event, Message, Resolution, Run
from commlog_tui.expectations.rules import TIMINGS, Rule

LONDON: Final = ZoneInfo("Europe/London")
NOW: Final = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
CONFIRMATION: Final = Rule("confirmation", "within", Duration(10, "minute"))
REMINDER: Final = Rule("reminder", "before_start", Duration(1, "day"), unless_booked_later=True)
SURVEY: Final = Rule("survey", "after_start", Duration(1, "day"))


def at(hour: int, minute: int = 0, second: int = 0, *, day: int = 3) -> datetime:
    """Return an instant of November 2026, when London's time is UTC."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


def message(kind: str | None, status: str, sent_at: datetime, **more: Any) -> Message:
    """Return a message whose only event is that of its status."""
    event = {name: more.pop(name) for name in ("detail", "reason", "code", "reported_at") if name in more}
    reported_at = event.pop("reported_at", sent_at)
    events = () if status == "logged" else (Event(status, reported_at, **event),)
    fields = {"id": f"{kind}-{status}-{sent_at:%d%H%M%S}", "via": "email", "title": "A title", "events": events}
    return Message(**(fields | {"kind": kind, "status": status, "sent_at": sent_at} | more))


def booking(*messages: Message, runs: tuple[Run, ...] = (), resolutions: tuple[Resolution, ...] = ()) -> Booking:
    return Booking(None, "QUAY-1", messages, runs, resolutions)


KINDS: Final = ("confirmation", "reminder", "survey")
INSTANTS: Final = st.integers(0, 60 * 24 * 20).map(
    lambda minutes: datetime(2026, 10, 17, tzinfo=UTC) + timedelta(minutes=minutes)
)
"""Twenty days around the end of summer time in London, which is on 25 October."""
EVENTS: Final = st.builds(
    Event,
    st.sampled_from([status.value for status in Status if status is not Status.LOGGED] + ["opened"]),
    INSTANTS,
    st.none() | st.just("550 5.1.1 no such user"),
    st.none() | st.sampled_from([reason.value for reason in EventReason if reason is not EventReason.BOOKING_CANCELED]),
)
STATUSES: Final = st.sampled_from([status.value for status in Status])
MESSAGES: Final = st.builds(
    Message,
    id=st.uuids().map(str),
    via=st.sampled_from(["email", "sms"]),
    title=st.sampled_from(["Hello", "News"]),
    status=STATUSES,
    sent_at=INSTANTS,
    kind=st.none() | st.sampled_from(KINDS),
    starts_at=st.none() | INSTANTS,
    audience=st.sampled_from([None, "customer", "staff"]),
    source=st.sampled_from(["workflow", "manual"]),
    events=st.lists(EVENTS, max_size=3).map(tuple),
)
RUNS: Final = st.builds(
    Run,
    id=st.uuids().map(str),
    workflow=st.sampled_from(["Reminders", "Surveys"]),
    status=st.sampled_from(["running", "completed", "paused", "failed"]),
    at=INSTANTS,
    began_at=INSTANTS,
    starts_at=st.none() | INSTANTS,
)
RESOLUTIONS: Final = st.builds(
    Resolution, actor=st.just("Ann"), at=INSTANTS, expected=st.none() | st.sampled_from(KINDS)
)
BOOKINGS: Final = st.builds(
    Booking,
    st.none(),
    st.just("QUAY-1"),
    st.lists(MESSAGES, max_size=5, unique_by=lambda one: one.id).map(tuple),
    st.lists(RUNS, max_size=2, unique_by=lambda one: one.id).map(tuple),
    st.lists(RESOLUTIONS, max_size=2).map(tuple),
)
DURATIONS: Final = st.builds(Duration, st.integers(0, 48), st.sampled_from(["minute", "hour"])) | st.builds(
    Duration, st.integers(0, 7), st.just("day")
)
RULES: Final = st.builds(
    Rule,
    st.sampled_from(KINDS),
    st.sampled_from(TIMINGS),
    DURATIONS,
    via=st.none() | st.just("sms"),
    lasts=st.none() | DURATIONS,
    unless_booked_later=st.booleans(),
)
RULE_LISTS: Final = st.lists(RULES, max_size=4)
