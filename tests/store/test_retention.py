"""Retention goes by a time that clock and records agree on, never by a clock alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commlog_tui.store.errors import ClockError
from commlog_tui.store.opening import open_store
from commlog_tui.store.protocol import Store
from commlog_tui.store.retention import BOUND, STEP
from tests.store.conftest import OpenLog
from tests.store.databases import DATABASES, make_database
from tests.store.factory import PIER, QUAY, mail, put

START = datetime(2026, 11, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


class Clock:
    """The service's clock, right or wrong."""

    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def log(open_log: OpenLog, clock: Clock) -> AsyncIterator[Store]:
    store = open_log(clock=clock)
    await store.create_location(QUAY)
    await store.create_location(PIER)
    await store.set_retention("quay", 12)
    yield store
    await store.close()


async def live(store: Store, clock: Clock, days: int, location: str = "quay") -> None:
    """Record one entry a day; the clock ends on the last of them."""
    for day in range(days):
        clock.now += DAY if day else timedelta()
        await put(store, mail(sent_at=clock.now), location=location)


async def redacted(store: Store, now: datetime, *, trust_clock: bool = False) -> int:
    return (await store.redact_due(now, trust_clock=trust_clock)).redacted


async def test_what_is_older_goes_and_says_so(log: Store, clock: Clock) -> None:
    old, young = mail(sent_at=START - 13 * 31 * DAY), mail(sent_at=START)
    await put(log, old, young)
    await put(log, elsewhere := mail(sent_at=START - 13 * 31 * DAY), location="pier")
    run, (due,) = await log.find_due(START)
    assert ([entry.id for entry in due.entries], due.location, due.months) == ([old.id], "quay", 12)
    assert (run.redacted, run.is_held_back) == (0, False)
    assert not (await log.detail("quay", old.id)).entry.redacted
    assert [await redacted(log, START) for _ in range(2)] == [1, 0]
    detail = await log.detail("quay", old.id)
    assert detail.redaction is not None
    assert (detail.redaction.actor, detail.entry.redacted) == ("Retention", True)
    assert detail.redaction.reason == "Older than 12 months, as long as this location keeps personal data."
    assert not (await log.detail("quay", young.id)).entry.redacted
    assert not (await log.detail("pier", elsewhere.id)).entry.redacted
    await log.set_retention("quay", None)
    assert await redacted(log, START.replace(year=2199), trust_clock=True) == 0
    assert (await log.find_due(START))[1] == []


@pytest.mark.parametrize("days", [1, 3, 30])
async def test_a_clock_that_is_years_ahead_redacts_nothing_and_is_said(log: Store, clock: Clock, days: int) -> None:
    await live(log, clock, days)
    ahead = clock.now + 3 * YEAR
    run = await log.redact_due(ahead)
    assert (run.redacted, run.is_held_back, run.believed) == (0, True, clock.now + BOUND)
    found, (due,) = await log.find_due(ahead, trust_clock=True)
    assert (found.is_held_back, len(due.entries)) == (False, days)
    assert await redacted(log, ahead, trust_clock=True) == days


@pytest.mark.parametrize("location", ["quay", "pier"])
async def test_records_of_a_clock_that_stepped_ahead_are_no_witness_until_they_span_the_bound(
    log: Store, clock: Clock, location: str
) -> None:
    await live(log, clock, 30)
    clock.now += 3 * YEAR
    for _ in range(3):
        await live(log, clock, 1, location)
        with pytest.raises(ClockError, match="The clock stepped"):
            await log.redact_due(clock.now)
        with pytest.raises(ClockError):
            await log.find_due(clock.now)
    assert await redacted(log, clock.now, trust_clock=True) == 30
    clock.now += DAY
    await live(log, clock, BOUND.days + 1, location)
    assert (await log.redact_due(clock.now)).believed == clock.now, "a closed season is over"


async def test_two_steps_do_not_vouch_for_each_other(log: Store, clock: Clock) -> None:
    await live(log, clock, 30)
    for _ in range(3):
        clock.now += 3 * YEAR
        await live(log, clock, 2)
    with pytest.raises(ClockError):
        await log.redact_due(clock.now)


async def test_a_clock_set_back_again_leaves_the_data_of_the_years_between(log: Store, clock: Clock) -> None:
    await live(log, clock, 30)
    right = clock.now
    clock.now += 3 * YEAR
    await live(log, clock, 2)
    clock.now = right + DAY
    await live(log, clock, 2)
    assert await redacted(log, clock.now) == 0


@pytest.mark.parametrize("gap", [8, 30])
async def test_a_log_that_is_seldom_written_keeps_its_retention(log: Store, clock: Clock, gap: int) -> None:
    for _ in range(60):
        clock.now += gap * DAY
        await live(log, clock, 1)
    run = await log.redact_due(clock.now)
    assert (run.believed, run.is_held_back, run.redacted > 0) == (clock.now, False, True)


async def test_a_quiet_location_goes_by_the_records_of_the_others(log: Store, clock: Clock) -> None:
    await live(log, clock, 10)
    await live(log, clock, 2, "pier")
    for _ in range(80):
        clock.now += 6 * DAY
        await live(log, clock, 1, "pier")
    assert await redacted(log, clock.now) == 10


@pytest.mark.parametrize("name", DATABASES)
def test_never_beyond_the_newest_record_plus_the_bound(
    name: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    @settings(max_examples=40 if name == "sqlite" else 15, deadline=None)
    @given(
        gaps=st.lists(st.sampled_from([0, 1, 3, 7, 8, 40, 900, 3000, -5]), min_size=1, max_size=14),
        ahead=st.integers(-40, 4000),
    )
    def check(gaps: list[int], ahead: int) -> None:
        folder = tmp_path_factory.mktemp("log")
        database = make_database(name, folder, lambda: request.getfixturevalue("create_database"))
        asyncio.run(is_never_beyond(database.url, gaps, ahead))

    check()


async def is_never_beyond(url: str, gaps: list[int], ahead: int) -> None:
    clock = Clock()
    store = open_store(url, clock=clock)
    await store.create_location(QUAY)
    await store.set_retention("quay", 12)
    moments = []
    for gap in gaps:
        clock.now += gap * DAY
        moments.append(clock.now)
        await put(store, mail(sent_at=clock.now))
    now = clock.now + ahead * DAY
    try:
        run = await store.redact_due(now)
    except ClockError:
        assert any(later - earlier > STEP for earlier, later in pairwise(moments))
    else:
        assert run.believed <= min(now, max(moments) + BOUND)
    await store.close()
