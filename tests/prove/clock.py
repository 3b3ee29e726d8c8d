"""A clock that goes wrong and nights of 23 and 25 hours.

Claimed time, recorded time and order stay three things.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import PageRequest
from commlog_tui.records.rows import EntryRow
from commlog_tui.store.sqlite.store import SqliteStore
from commlog_tui.text.days import DayError, parse_moment, span
from tests.prove.auditing import Promise, audit
from tests.prove.figures import Findings, Proof
from tests.store.factory import accepted, call

NIGHTS: Final = {
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # half an hour
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),  # at midnight
}
STEPS: Final = (timedelta(hours=-1), timedelta(days=1), timedelta(days=-1), timedelta(0), timedelta(minutes=5))
_HOURS: Final = 28


@dataclass
class Clock:
    """The service's clock, set by others whenever they like."""

    now: datetime
    told: list[datetime] = field(default_factory=list)

    def __call__(self) -> datetime:
        """Tell the time, right or wrong."""
        self.now += timedelta(milliseconds=7)
        self.told.append(self.now)
        return self.now


async def _walk(store: SqliteStore, **query: object) -> tuple[list[EntryRow], int]:
    """Return every entry of a query, page after page, and the count that the first page gave."""
    request = PageRequest.model_validate({"limit": 7} | query)
    page = await store.page("quay", request)
    found, counted = list(page.entries), page.total.count
    while page.older is not None:
        page = await store.page("quay", request.model_copy(update={"cursor": page.older}))
        found += page.entries
    return found, counted


def _typed(day: date, dice: Random) -> str:
    minute = dice.randrange(_HOURS * 60)
    moment = datetime(day.year, day.month, day.day) + timedelta(minutes=minute - 120)  # noqa: DTZ001 - as a clerk types it
    return f"{moment:%Y-%m-%d %H:%M}"


async def turn_clock(folder: Path, dice: Random, zone_name: str, night: date, count: int) -> tuple[int, int, list[str]]:
    """Write through one night under a clock that jumps.

    Return what was acknowledged, what lost, and what is wrong.
    """
    zone, faults = ZoneInfo(zone_name), list[str]()
    clock = Clock(datetime(night.year, night.month, night.day, tzinfo=UTC))
    path = folder / f"{zone_name.replace('/', '-')}-{night}.db"
    store = SqliteStore.open(path, clock=clock)
    await store.create_location(NewLocation(id="quay", name="Quay", zone=zone_name))
    promises: list[Promise] = []
    sent: list[tuple[datetime, int]] = []
    while len(promises) < count:
        clock.now += dice.choice(STEPS)
        try:
            sent_at = parse_moment(_typed(night, dice), zone, clock.now)
        except DayError:
            continue  # the hour that is not there: the clerk is told, and types another
        receipt = accepted((await store.append("quay", "desk", [call(sent_at=sent_at)]))[0]).receipt
        promises.append(Promise(receipt.id, receipt.seq, receipt.leaf_hash))
        sent.append((sent_at, receipt.seq))
        if receipt.recorded_at != clock.told[-1] or receipt.seq != len(promises):
            faults.append(f"{zone_name}: {receipt} was recorded at {clock.told[-1]}")
    faults += await _look(store, zone, night, sent, clock)
    await store.close()
    found = audit(path, projections=True)
    return count, len(found.lost({promise.id: promise for promise in promises})), [*faults, *found.faults]


async def _look(
    store: SqliteStore, zone: ZoneInfo, night: date, sent: list[tuple[datetime, int]], clock: Clock
) -> list[str]:
    faults: list[str] = []
    everything, counted = await _walk(store)
    if [(entry.sent_at, entry.seq) for entry in everything] != sorted(sent, reverse=True) or counted != len(sent):
        faults.append(f"{zone}: paging gives {len(everything)} of {len(sent)}, counted {counted}")
    fed = await store.feed("quay", 0, len(sent) + 1)
    if [(row.seq, row.entry and row.entry.recorded_at) for row in fed] != list(enumerate(clock.told, 1)):
        faults.append(f"{zone}: the feed is not in order of seq, or not as the clock told")
    for day in (night + timedelta(days=offset) for offset in (-1, 0, 1)):
        since, until = span(day, day, zone)
        of_day, counted = await _walk(store, since=since, until=until)
        expected = sorted((write for write in sent if write[0].astimezone(zone).date() == day), reverse=True)
        if [(entry.sent_at, entry.seq) for entry in of_day] != expected or counted != len(expected):
            faults.append(f"{zone}: {day} has {len(of_day)} of {len(expected)}, counted {counted}")
    return faults


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """Write so many entries in each of the nights."""
    dice = Random(seed)
    nights = [(zone, night) for zone, both in NIGHTS.items() for night in both]
    ends = [asyncio.run(turn_clock(folder, dice, zone, night, count)) for zone, night in nights]
    acknowledged, lost = sum(end[0] for end in ends), sum(end[1] for end in ends)
    faults = tuple(fault for end in ends for fault in end[2])
    done = f"{acknowledged:,} steps of the clock in {len(nights)} nights of 23 to 25 hours"
    return [Findings("clock", done, acknowledged, lost, faults=faults)]


PROOF: Final = Proof("clock", 500, run)
