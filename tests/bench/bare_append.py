"""``python -m tests.bench.bare_append``: appends at the store beside a bare loop that writes the same.

The bare loop uses the same driver, file, settings and schema. It runs the statements that the store
runs, with their values made beforehand, hashes each record as the store does, and commits as often.
It neither reads, checks nor decides. Both take turns, on copies of one log. What is appended is made
beforehand and kept from the garbage collector, as the service does with what it has at its start:
looking through it once takes longer than any commit.
"""

import argparse
import asyncio
import gc
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, Final

import apsw

from commlog_tui.contract.location import NewLocation
from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.rows import RecordRow
from commlog_tui.store.sqlite.access import create_location
from commlog_tui.store.sqlite.append import append
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.store import SqliteStore
from commlog_tui.store.sqlite.tree import read_head, records
from tests.bench.append import Entries
from tests.bench.figures import percentile

_QUAY: Final = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")
_SHAPES: Final = (("one at a time", 1, 1, 400), ("64 writers", 1, 64, 6_400), ("batches of 50", 50, 1, 5_000),
                  ("one of 8,000", 8_000, 1, 8_000))  # fmt: skip
"""Name, entries of a call, callers at once, entries."""
_WARM: Final = 200

Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a transaction of the bare loop writes and hashes."""

    statements: list[Statement]
    hashed: list[tuple[bytes, bytes, bytes]]
    """Public part, salt and personal part of each record."""


@dataclass(slots=True)
class Measured:
    """Seconds of a side, by the clock and of the processor, in each round; milliseconds of its calls."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def fill(path: Path, entries: Entries, count: int) -> None:
    """Make the log that all begin with."""
    with closing(connect(path)) as connection:
        with connection:
            create_location(connection, _QUAY)
        for _ in range(0, count, 1_000):
            _append(connection, entries.take(1_000))
        connection.pragma("wal_checkpoint(TRUNCATE)")


def _append(connection: apsw.Connection, items: Sequence[AppendEntry]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    append(connection, "quay", "bench", items, now)
    connection.execute("COMMIT")


def prepared(path: Path, batches: Sequence[Sequence[AppendEntry]]) -> list[Batch]:
    """Append to a copy of the log, and return what each transaction wrote."""
    made = []
    with closing(connect(path)) as connection:
        place = Place.find(connection, "quay")
        for items in batches:
            seen: list[tuple[str, Any]] = []

            def note(_cursor: object, sql: str, values: Any, to: list[tuple[str, Any]] = seen) -> bool:
                if sql.lstrip().startswith(_WRITES):
                    to.append((sql, values))
                return True

            seq = read_head(connection, place.no).seq
            connection.exec_trace = note
            _append(connection, items)
            connection.exec_trace = None
            statements = [
                (sql, [values for _, values in run]) for sql, run in groupby(seen, key=lambda statement: statement[0])
            ]
            rows: list[RecordRow] = []
            while len(rows) < read_head(connection, place.no).seq - seq:
                rows += records(connection, place, seq + len(rows), 1_000)
            hashed = [
                (row.record.encode(), bytes.fromhex(row.salt or ""), (row.personal or "").encode()) for row in rows
            ]
            made.append(Batch(statements, hashed))
    return made


def bare(path: Path, warm: Sequence[Batch], batches: Sequence[Batch], measured: Measured) -> None:
    """Write the batches."""
    with closing(connect(path)) as connection:
        head = read_head(connection, 1)
        frontier = Frontier(head.seq, head.frontier)
        for batch in warm:
            _write(connection, batch, frontier)
        begun, spent = perf_counter(), process_time()
        for batch in batches:
            _write(connection, batch, frontier)
        measured.clock.append(perf_counter() - begun)
        measured.processor.append(process_time() - spent)


def _write(connection: apsw.Connection, batch: Batch, frontier: Frontier) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for public, salt, personal in batch.hashed:
        commitment(salt, personal)
        frontier.push_leaf(leaf_hash(public))
    for sql, values in batch.statements:
        connection.executemany(sql, values)
    connection.execute("COMMIT")


async def stored(
    path: Path, warm: Sequence[AppendEntry], calls: Sequence[list[AppendEntry]], callers: int, measured: Measured
) -> None:
    """Append by the store, so many callers at once."""
    store = SqliteStore.open(path)
    await store.append("quay", "bench", warm)
    waiting = iter(calls)

    async def caller() -> None:
        for items in waiting:
            begun = perf_counter()
            await store.append("quay", "bench", items)
            measured.calls.append((perf_counter() - begun) * 1000)

    begun, spent = perf_counter(), process_time()
    await asyncio.gather(*(caller() for _ in range(callers)))
    measured.clock.append(perf_counter() - begun)
    measured.processor.append(process_time() - spent)
    await store.close()


def measure(folder: Path, count: int, rounds: int) -> list[str]:
    """Return a line for each way to append."""
    base, entries = folder / "base.db", Entries()
    fill(base, entries, count)
    lines = []
    for name, size, callers, total in _SHAPES:
        here, there = Measured(), Measured()
        for _ in range(rounds):
            warm, items = entries.take(_WARM), entries.take(total)
            together = size * callers
            batches = [items[at : at + together] for at in range(0, total, together)]
            calls = [items[at : at + size] for at in range(0, total, size)]
            paths = [folder / f"{side}.db" for side in ("prepared", "bare", "store")]
            for path in paths:
                shutil.copyfile(base, path)
            first, *others = prepared(paths[0], [warm, *batches])
            gc.collect()
            gc.freeze()
            bare(paths[1], [first], others, there)
            asyncio.run(stored(paths[2], warm, calls, callers, here))
            gc.unfreeze()
            for file in (file for path in paths for file in folder.glob(f"{path.name}*")):
                file.unlink()
        lines.append(_line(name, total, here, there))
    return lines


def _line(name: str, total: int, here: Measured, there: Measured) -> str:
    clock, processor = (
        median(theirs / mine for mine, theirs in zip(mine, theirs, strict=True))
        for mine, theirs in ((here.clock, there.clock), (here.processor, there.processor))
    )
    return (
        f"{name:16}{total / median(here.clock):8,.0f} a second, bare {total / median(there.clock):8,.0f}"
        f"   {clock:.2f} times; us of processor {median(here.processor) / total * 1e6:6.0f}, bare"
        f" {median(there.processor) / total * 1e6:6.0f}   {processor:.2f} times"
        f"   p50 {percentile(here.calls, 0.5):.1f} ms, p99 {percentile(here.calls, 0.99):.1f} ms"
    )


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bare_append", description="Measures appends.")
    parser.add_argument("--entries", type=int, default=20_000, help="entries in the log (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default: %(default)s)")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        lines = measure(Path(folder), options.entries, options.rounds)
    sys.stdout.write(f"medians of {options.rounds} rounds in turns; load {os.getloadavg()[0]:.1f}\n")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
