"""``python -m tests.bench.bulk LOG [--size N]``: fills a log of any size, by the core of the append path.

Each worker fills a file with locations of its own, as ``append`` does but without a sync, without
guards, and without looking for what is there already: a location is empty before its first entry.
The files become one at the end. The rows are those that ``append`` writes for the same entries in
the same order, with their instants and salts: a test compares both.
"""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Final

import apsw
from msgspec.structs import replace

from commlog_tui.contract.regions import region_of_zone
from commlog_tui.records.decide import Decision, Head, Known, decide
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.kinds import KINDS
from commlog_tui.records.request import Request
from commlog_tui.store.opening import is_postgresql
from commlog_tui.store.sqlite.access import create_location
from commlog_tui.store.sqlite.append import apply, insert
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.place import Place
from tests.bench.large_log import SEED, entries, locations, volumes
from tests.bench.merging import drop_guards, lay_guards, take_over

AT_ONCE: Final = 4_000
ACTOR: Final = "booking system"
_RECORDED_AFTER: Final = timedelta(seconds=1)
_CACHE_KIB: Final = 512 << 10
_TELL_EVERY: Final = 10.0
_COLLECT_EVERY: Final = 50
"""Batches between two looks for garbage in cycles, which there is next to none of."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker makes: locations by rank, with their numbers of entries."""

    ranks: tuple[tuple[int, int], ...]
    seed: int


Worker = Callable[[Any, Share, int, Any], None]


def instants(items: Sequence[AppendEntry]) -> Iterator[datetime]:
    """Yield when each record of entries is recorded: a second after it happened."""
    for item in items:
        yield item.entry.sent_at + _RECORDED_AFTER
        for event in item.entry.events:
            yield event.at + _RECORDED_AFTER


def salts(rank: int, seed: int = SEED) -> Random:
    """Return the source of a location's salts."""
    return Random(f"salts of {seed}/{rank}")


def batches(share: Share, at_once: int) -> Iterator[tuple[int, list[AppendEntry]]]:
    """Yield the entries of a share in batches of one location, with its rank."""
    for rank, count in share.ranks:
        made = entries(rank, count, share.seed)
        while batch := list(islice(made, at_once)):
            yield rank, batch


def decisions(share: Share, at_once: int) -> Iterator[tuple[int, Decision]]:
    """Yield what is to be written for each batch of a share; its locations are empty."""
    known, rng, everywhere = Known("", Head(), {}, {}), Random(), locations()
    for rank, batch in batches(share, at_once):
        location = everywhere[rank - 1]
        if known.location != location.id:
            region, rng = region_of_zone(location.zone), salts(rank, share.seed)
            known = Known(location.id, Head(), {}, {}, {}, region)
        decision = decide(known, Request(batch), ACTOR, instants(batch).__next__, rng.randbytes)
        known = replace(known, head=decision.head)
        yield rank, decision


def fill(path: Path, size: int, seed: int = SEED, workers: int = 2, at_once: int = AT_ONCE) -> None:
    """Fill a log that is not there yet. Prints how far it is on standard error."""
    begun = perf_counter()
    files = [path, *(path.with_name(f"{path.name}.part{number}") for number in range(1, workers))]
    run_workers(_fill, files, size, seed, at_once)
    with closing(connect(path)) as connection:
        drop_guards(connection)
        _make_fast(connection)
        for file in files[1:]:
            take_over(connection, file)
            file.unlink()
        lay_guards(connection)
        connection.pragma("journal_mode", "wal")
    _tell(size, size, begun)


def run_workers(work: Worker, targets: Sequence[Any], size: int, seed: int, at_once: int) -> None:
    """Give each target to a process that fills it with a share of the locations."""
    begun, context = perf_counter(), get_context("spawn")
    done = context.Value("q", 0)
    parts = shares(list(enumerate(volumes(size), 1)), seed, len(targets))
    processes = [
        context.Process(target=work, args=(target, share, at_once, done), daemon=True)
        for target, share in zip(targets, parts, strict=True)
    ]
    for process in processes:
        process.start()
    for process in processes:
        while process.is_alive():
            process.join(_TELL_EVERY)
            _tell(done.value, size, begun)
        if process.exitcode:
            raise SystemExit("A worker failed.")


def shares(counts: Sequence[tuple[int, int]], seed: int, workers: int) -> list[Share]:
    """Return one share for each worker, with about as many entries each."""
    ranks: list[list[tuple[int, int]]] = [[] for _ in range(workers)]
    for rank, count in counts:
        min(ranks, key=lambda share: sum(one for _, one in share)).append((rank, count))
    return [Share(tuple(share), seed) for share in ranks]


def _fill(path: Path, share: Share, at_once: int, done: Any) -> None:
    """Fill a file with a share."""
    gc.disable()  # a third of the time otherwise
    with ExitStack() as stack:
        connection = stack.enter_context(closing(connect(path)))
        everywhere = locations()
        for location in everywhere:
            create_location(connection, location)
        drop_guards(connection)
        _make_fast(connection)
        for number, (rank, decision) in enumerate(decisions(share, at_once)):
            place = Place.find(connection, everywhere[rank - 1].id)
            with connection:
                insert(connection, place, decision.records)
                apply(connection, place, decision, KINDS)
            with done.get_lock():
                done.value += sum(new.kind == "entry" for new in decision.records)
            if number % _COLLECT_EVERY == 0:
                gc.collect()
        lay_guards(connection)


def _make_fast(connection: apsw.Connection) -> None:
    """Have nothing of a file that is thrown away if this fails be safe."""
    for name, value in {
        "journal_mode": "memory",  # SQLite's defensive mode allows no less
        "synchronous": "off",
        "foreign_keys": "off",
        "secure_delete": "off",
        "cache_size": -_CACHE_KIB,
    }.items():
        connection.pragma(name, value)


def _tell(done: int, size: int, begun: float) -> None:
    seconds = perf_counter() - begun
    sys.stderr.write(f"{done:,} of {size:,} entries in {seconds:,.0f} s, {done / seconds:,.0f} a second\n")


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk", description="Fills a log.")
    parser.add_argument("log", help="a file that is not there yet, or the URL of an empty database")
    parser.add_argument("--size", type=int, default=10_000_000, help="entries (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if not is_postgresql(options.log):
        fill(Path(options.log), options.size, options.seed, options.workers)
        return
    from tests.bench import bulk_postgresql  # noqa: PLC0415 - it imports this module

    bulk_postgresql.fill(options.log, options.size, options.seed, options.workers)


if __name__ == "__main__":
    main()
