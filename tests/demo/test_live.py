"""A live day is the same for the same seed and start, and believable."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.delivery import DeliveryKind, NewMessageEvent
from commlog_tui.contract.entry import NewEntry, Source
from commlog_tui.contract.run import NewRun, RunState
from commlog_tui.demo.live import Action, plan_day
from commlog_tui.demo.rules import demo_rules

START = datetime(2026, 11, 28, 9, tzinfo=UTC)
SEEDS = st.integers(0, 2**32)
STARTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware
PACES = st.integers(1, 600)


def entries(day: tuple[Action, ...]) -> list[NewEntry]:
    return [action.body for action in day if isinstance(action.body, NewEntry)]


@given(SEEDS, STARTS, PACES)
def test_time_runs_forwards_and_every_record_states_its_own(seed: int, start: datetime, pace: int) -> None:
    day = plan_day(seed, start, pace)
    assert day == plan_day(seed, start, pace)
    assert day[0].at == start
    instants = [action.at for action in day]
    assert instants == sorted(set(instants))
    gaps = {(later - earlier).total_seconds() * pace for earlier, later in pairwise(instants)}
    assert 59.9 < min(gaps) <= max(gaps) < 180.1
    for action in day:
        stated = action.body.sent_at if isinstance(action.body, NewEntry) else action.body.at
        assert stated == action.at
    assert len({action.key for action in day}) == len(day)


@given(SEEDS, STARTS)
def test_events_follow_their_entry_except_where_they_are_early(seed: int, start: datetime) -> None:
    day = plan_day(seed, start)
    whole = {entry.message.id for entry in entries(day) if entry.message}
    begun: set[str] = set()
    for action in day:
        if isinstance(action.body, NewEntry) and action.body.message:
            assert action.body.message.id not in begun
            begun.add(action.body.message.id)
        elif isinstance(action.body, NewMessageEvent):
            assert (action.body.message.id not in begun) == action.is_early
            assert action.body.message.id in whole


@given(SEEDS, STARTS)
def test_a_day_shows_everything_that_can_happen(seed: int, start: datetime) -> None:
    day = plan_day(seed, start)
    events = [action.body for action in day if isinstance(action.body, NewMessageEvent)]
    assert {event.kind for event in events} >= {
        DeliveryKind.QUEUED, DeliveryKind.SENT, DeliveryKind.DELIVERED, DeliveryKind.BOUNCED, DeliveryKind.FAILED,
    }  # fmt: skip
    assert all(event.code for event in events if event.kind in {DeliveryKind.BOUNCED, DeliveryKind.FAILED})
    assert any(event.reason for entry in entries(day) for event in entry.events)
    assert {entry.via for entry in entries(day) if entry.source is Source.MANUAL} >= {"in-person", "phone"}
    states = {action.body.status for action in day if isinstance(action.body, NewRun)}
    assert states == {RunState.RUNNING, RunState.COMPLETED, RunState.FAILED}


@given(SEEDS)
def test_another_start_shares_no_key_message_or_booking(seed: int) -> None:
    first, second = plan_day(seed, START), plan_day(seed, START + timedelta(minutes=10))
    assert {action.key for action in first}.isdisjoint(action.key for action in second)
    for name in ("reference", "message"):
        used = {str(getattr(entry, name)) for entry in entries(first)} - {"None"}
        assert used.isdisjoint(str(getattr(entry, name)) for entry in entries(second))


def test_the_demo_has_rules_that_need_the_start_of_a_booking() -> None:
    rules = demo_rules()["demo"]
    assert {rule.kind for rule in rules} == {"confirmation", "reminder", "survey"}
    assert not [rule for rule in rules if rule.timing == "within"]
