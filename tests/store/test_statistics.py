"""Counters by local day and hour, channel, kind of message and status."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from commlog_tui.contract.statistics import Period, StatisticsQuery
from commlog_tui.records.kind import Item
from commlog_tui.store.protocol import Store
from tests.store.factory import NOON, call, correction, event, mail, minutes, put, redaction

NOVEMBER_3 = date(2026, 11, 3)
Counted = dict[tuple[str, int | None, str, str | None], dict[str, int]]


async def counted(
    store: Store, by: Period = Period.DAY, since: str = "2026-10-01", until: str = "2026-11-30"
) -> Counted:
    answer = await store.statistics("quay", StatisticsQuery.model_validate({"from": since, "to": until, "by": by}))
    assert (answer.zone, answer.by) == ("Europe/London", by)
    assert all(row.entries == sum(row.statuses.values()) > 0 for row in answer.rows)
    return {(row.day.isoformat(), row.hour, row.via, row.kind): dict(row.statuses) for row in answer.rows}


async def test_entries_are_counted_by_channel_kind_and_status(store: Store) -> None:
    reminder, plain = mail(kind="reminder"), mail()
    await put(store, reminder, plain, mail(kind="reminder", via="sms", to="07700 900123"), call())
    await put(store, event(reminder, "sent"), event(plain, "bounced"), event(plain, "sent"), event(reminder, "opened"))
    assert await counted(store) == {
        ("2026-11-03", None, "email", None): {"bounced": 1},
        ("2026-11-03", None, "email", "reminder"): {"sent": 1},
        ("2026-11-03", None, "phone", None): {"logged": 1},
        ("2026-11-03", None, "sms", "reminder"): {"logged": 1},
    }
    await put(store, event(reminder, "delivered"))
    assert (await counted(store))["2026-11-03", None, "email", "reminder"] == {"delivered": 1}


@pytest.mark.parametrize(
    ("sent_at", "day", "hour"),
    [
        ("2026-10-24T22:59:59.999999Z", "2026-10-24", 23),
        ("2026-10-24T23:00:00Z", "2026-10-25", 0),
        ("2026-10-25T00:30:00Z", "2026-10-25", 1),
        ("2026-10-25T01:30:00Z", "2026-10-25", 1),
        ("2026-10-25T23:59:00Z", "2026-10-25", 23),
        ("2026-11-03T12:00:00Z", "2026-11-03", 12),
    ],
)
async def test_days_and_hours_are_those_of_the_zone(store: Store, sent_at: str, day: str, hour: int) -> None:
    await put(store, mail(sent_at=sent_at))
    assert await counted(store) == {(day, None, "email", None): {"logged": 1}}
    assert await counted(store, Period.HOUR, since=day, until="2026-11-04") == {
        (day, hour, "email", None): {"logged": 1}
    }


async def test_weeks_begin_on_monday_and_the_period_is_half_open(store: Store) -> None:
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (1, 2, 8, 9)]
    await put(store, *(mail(sent_at=day) for day in days))
    weeks = await counted(store, Period.WEEK)
    assert {key[0]: value["logged"] for key, value in weeks.items()} == {
        "2026-10-26": 1,
        "2026-11-02": 2,
        "2026-11-09": 1,
    }
    cut = await counted(store, Period.WEEK, since="2026-11-08", until="2026-11-09")
    assert {key[0]: value["logged"] for key, value in cut.items()} == {"2026-11-02": 1}


async def test_a_correction_moves_a_count_and_a_redaction_keeps_it(store: Store) -> None:
    rang, sent = call(), mail(kind="reminder")
    await put(store, rang, sent, event(sent, "bounced"))
    await put(store, correction(rang, via="sms", sent_at=NOON + minutes(60 * 24)))
    assert await counted(store) == {
        ("2026-11-03", None, "email", "reminder"): {"bounced": 1},
        ("2026-11-04", None, "sms", None): {"logged": 1},
    }
    await put(store, redaction(rang), redaction(sent))
    assert await counted(store) == {
        ("2026-11-03", None, "email", "reminder"): {"bounced": 1},
        ("2026-11-03", None, "phone", None): {"logged": 1},
    }
    before = await counted(store, Period.HOUR, since="2026-11-03", until="2026-11-05")
    await store.rebuild()
    assert await counted(store, Period.HOUR, since="2026-11-03", until="2026-11-05") == before


async def test_another_location_is_counted_for_itself(store: Store) -> None:
    await put(store, mail(), location="pier")
    assert await counted(store) == {}


@pytest.mark.parametrize("seed", range(3))
async def test_batches_make_no_difference(store: Store, seed: int) -> None:
    rng = Random(seed)
    items: list[Item] = []
    sent = [mail(kind=rng.choice([None, "reminder"]), sent_at=NOON + minutes(rng.randrange(9_000))) for _ in range(12)]
    for one in sent:
        items.append(one)
        some = rng.sample(items, min(3, len(items)))
        items += [event(about, rng.choice(["sent", "failed", "delivered"])) for about in some if about in sent]
    await put(store, *items, location="pier")
    for item in items:
        await put(store, item)
    expected = await store.statistics("pier", query("2026-11-01", "2026-11-30"))
    assert (await store.statistics("quay", query("2026-11-01", "2026-11-30"))).rows == expected.rows
    await store.rebuild()
    assert (await store.statistics("quay", query("2026-11-01", "2026-11-30"))).rows == expected.rows


def query(since: str, until: str, **more: Any) -> StatisticsQuery:
    return StatisticsQuery.model_validate({"from": since, "to": until} | more)


@pytest.mark.parametrize(
    ("since", "until", "by"),
    [("2026-11-04", "2026-11-03", "day"), ("2020-01-01", "2026-01-01", "day"), ("2026-01-01", "2026-03-01", "hour"),
     ("1969-12-31", "1970-01-02", "day"), ("2026-11-03", "2026-11-04", "month")],
)  # fmt: skip
def test_periods_are_bounded(since: str, until: str, by: str) -> None:
    with pytest.raises(ValidationError):
        query(since, until, by=by)
    assert query("2026-11-03", "2026-11-03").since == NOVEMBER_3


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-10-05", "2026-11-02"),
        ("2026-10-07", "2026-11-05"),
        ("2026-10-07", "2026-10-09"),
        ("2026-10-01", "2026-10-12"),
    ],
)
async def test_weeks_are_the_sums_of_their_days_within_the_period(store: Store, since: str, until: str) -> None:
    rng = Random(since + until)
    items = [mail(kind=rng.choice(["reminder", None]), sent_at=NOON - minutes(1440 * day)) for day in range(36)]
    await put(store, *items, *(event(item, rng.choice(["bounced", "delivered"])) for item in items))
    days = await counted(store, Period.DAY, since, until)
    weeks: Counted = {}
    for (day, _, via, kind), statuses in days.items():
        moment = date.fromisoformat(day)
        found = weeks.setdefault(((moment - timedelta(days=moment.weekday())).isoformat(), None, via, kind), {})
        for status, count in statuses.items():
            found[status] = found.get(status, 0) + count
    assert await counted(store, Period.WEEK, since, until) == weeks
    await store.rebuild()
    assert await counted(store, Period.WEEK, since, until) == weeks
