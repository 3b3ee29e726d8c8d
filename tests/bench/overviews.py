"""``python -m tests.bench.overviews [--entries N] [--file LOG]``: worklist, booking and statistics.

Fills a log of eighteen months with entries of bookings, in batches as an import appends them, and
prints p50 and p99 of what a desk asks of it, in milliseconds, by the store's own clock: the answer
as rows, without HTTP. A file that is there already is measured as it is.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final
from uuid import UUID

from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import PageRequest
from commlog_tui.contract.statistics import StatisticsQuery
from commlog_tui.contract.worklist import WorklistQuery
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.store import SqliteStore

_ENTRIES: Final = 1_000_000
_BATCH: Final = 5_000
_ASKED: Final = 300
_DAYS: Final = 548
_END: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)
_FIRST: Final = _END - timedelta(days=_DAYS)
_KINDS: Final = ("confirmation", "reminder", "survey", "refund")
_TROUBLE: Final = ("bounced", "failed", "rejected", "deferred")
_LOCATION: Final = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")


def booking_of(number: int) -> str:
    """Return the reference of a booking, which four messages are about."""
    return str(UUID(int=Random(number // len(_KINDS)).getrandbits(128), version=4))


def entry(number: int, count: int, rng: Random) -> AppendEntry:
    """Return one entry of a log of so many: one in fifty did not arrive."""
    sent_at = _FIRST + timedelta(days=_DAYS) * (number / count)
    outcome = rng.choice(_TROUBLE) if rng.random() < 0.02 else "delivered"
    guest, is_mail = rng.randrange(125_000), rng.random() < 0.7
    fields: dict[str, Any] = {
        "via": "email" if is_mail else "sms",
        "to": f"guest.{guest}@example.com" if is_mail else f"07700 9{guest % 100_000:05d}",
        "title": "Booking Confirmation",
        "source": "workflow",
        "reference": booking_of(number),
        "kind": _KINDS[number % len(_KINDS)],
        "starts_at": sent_at + timedelta(days=rng.randrange(1, 60)),
        "sent_at": sent_at,
        "events": [{"kind": "sent", "at": sent_at}, {"kind": outcome, "at": sent_at + timedelta(seconds=9)}],
    }
    return AppendEntry(str(UUID(int=rng.getrandbits(128), version=4)), NewEntry.model_validate(fields))


async def fill(store: SqliteStore, count: int) -> None:
    """Append the entries of a log."""
    rng = Random(7)
    await store.create_location(_LOCATION)
    for first in range(0, count, _BATCH):
        batch = [entry(number, count, rng) for number in range(first, min(first + _BATCH, count))]
        await store.append("quay", "bench", batch)
        sys.stderr.write(f"\r{first + len(batch):,} of {count:,} entries")
    sys.stderr.write("\n")


async def measure(store: SqliteStore, count: int) -> None:
    """Print the figures."""
    rng = Random(11)
    week = {"from": (_END - timedelta(days=7)).date(), "to": _END.date()}
    year = {"from": (_END - timedelta(days=364)).date(), "to": _END.date(), "by": "week"}
    asks: dict[str, Callable[[], Awaitable[object]]] = {
        "worklist, first page": lambda: store.worklist("quay", WorklistQuery(), _END),
        "booking": lambda: store.page("quay", PageRequest(reference=booking_of(rng.randrange(count)))),
        "statistics, week by day": lambda: store.statistics("quay", StatisticsQuery.model_validate(week)),
        "statistics, week by hour": lambda: store.statistics(
            "quay", StatisticsQuery.model_validate(week | {"by": "hour"})
        ),
        "statistics, year by week": lambda: store.statistics("quay", StatisticsQuery.model_validate(year)),
    }
    sys.stdout.write(f"{count:,} entries, {_ASKED} times each, load {os.getloadavg()[0]:.1f}; milliseconds\n")
    for name, ask in asks.items():
        await ask()
        times = []
        for _ in range(_ASKED):
            begun = perf_counter()
            await ask()
            times.append((perf_counter() - begun) * 1000)
        cuts = quantiles(times, n=100)
        sys.stdout.write(f"{name:28} p50 {cuts[49]:7.2f}   p99 {cuts[98]:7.2f}\n")


async def run(path: Path, count: int) -> None:
    """Fill the log if it is not there, and measure."""
    is_there = await asyncio.to_thread(path.exists)
    store = SqliteStore.open(path)
    try:
        if not is_there:
            await fill(store, count)
        await measure(store, count)
    finally:
        await store.close()


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.overviews", description="Measures the overviews.")
    parser.add_argument("--entries", type=int, default=_ENTRIES, help="entries of the log (default: %(default)s)")
    parser.add_argument("--file", type=Path, help="the log, made if it is not there (default: a temporary one)")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        asyncio.run(run(options.file or Path(folder) / "log.db", options.entries))


if __name__ == "__main__":
    main()
