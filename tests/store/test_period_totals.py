"""Totals of periods that begin or end within a day."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from commlog_tui.store import totals
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite import totals as sqlite_totals
from tests.store.factory import ask, call, mail, put

FIRST = datetime(2026, 10, 24, 20, 30, tzinfo=UTC)
"""Before the night in which the clocks of the location go back."""
HOURS = 72
LAST = FIRST + timedelta(days=9)
"""After all of them."""


@pytest.mark.parametrize("few", [0, 40, 2_000])
async def test_a_period_is_counted_by_its_days_and_what_is_around_them(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(sqlite_totals, "FEW", few)
    monkeypatch.setattr(sqlite_totals, "MOST_FEW", few // 2)
    monkeypatch.setattr(totals, "CAP", 30)
    times = [FIRST + timedelta(hours=hour) for hour in range(HOURS)]
    items = [(mail if number % 3 else call)(sent_at=at) for number, at in enumerate(times)]
    await put(store, *items)
    rng = Random(7)
    moments = [FIRST + timedelta(minutes=rng.randrange(-60, HOURS * 60 + 60)) for _ in range(40)]
    midnights = [datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)]
    pairs = zip([*moments[:20], *midnights], [*moments[20:], *reversed(midnights)], strict=True)
    for since, until in map(sorted, pairs):
        for period in ({"since": since}, {"until": until}, {"since": since, "until": until}):
            for via in ([], ["phone"], ["email", "phone"]):
                total = (await ask(store, **period, via=via)).total
                expected = sum(
                    period.get("since", FIRST) <= item.entry.sent_at < period.get("until", LAST)
                    and (not via or item.entry.via in via)
                    for item in items
                )
                assert (total.count, total.exact) == (expected, True), (period, via)


async def test_a_day_with_more_than_is_counted_is_marked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "CAP", 5)
    await put(store, *(mail(sent_at=FIRST + timedelta(minutes=minute)) for minute in range(9)))
    assert (await ask(store, since=FIRST + timedelta(minutes=1), limit=2)).total.exact is False
    assert (await ask(store, since=FIRST + timedelta(minutes=6))).total.count == 3


async def test_days_around_the_one_asked_for_count_once(store: Store) -> None:
    await put(store, *(mail(sent_at=FIRST + timedelta(days=day)) for day in range(7)))
    for day in range(7):
        page = await ask(store, at=FIRST + timedelta(days=day, minutes=5), limit=2)
        assert (page.first, page.total.count) == (7 - day, 7)
