"""``python -m tests.bench.disk``: bytes an entry on the disk, and what each safeguard and index costs an append.

Entries without events and texts, with their evidence. Costs are of batches of 50: processor time
and pages written to the write-ahead log, each variant beside the whole in the same round. An index
whose entries come in no order writes about a page for every entry; one that was created anew is
full, and splits pages for a while, so the entries measured follow on many.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

import apsw

from commlog_tui.contract.location import NewLocation
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.access import create_location
from commlog_tui.store.sqlite.append import append
from commlog_tui.store.sqlite.connection import connect
from tests.bench.append import Entries

_QUAY: Final = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")
_FRAME: Final = 4_096 + 24
_BATCH: Final = 50
_WARM, _BATCHES = 4, 30
_TABLES: Final = """
SELECT name, sum(pgsize), (SELECT tbl_name FROM sqlite_schema WHERE sqlite_schema.name = dbstat.name)
FROM dbstat GROUP BY name ORDER BY 2 DESC
"""
_INDEXES: Final = """
SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'entry' AND sql IS NOT NULL ORDER BY name
"""

Variant = Callable[[apsw.Connection], object]


def main() -> None:
    """Measure, and print both tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.disk", description="Measures disk and its safeguards.")
    parser.add_argument("--entries", type=int, default=50_000, help="entries in the log (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each variant (default: %(default)s)")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.db"
        entries = Entries()
        with_log(path, lambda connection: _fill(connection, entries, asked.entries))
        _print_bytes(path, asked.entries)
        if asked.rounds:
            _print_costs(path, entries, asked.rounds)


def with_log(path: Path, work: Variant) -> None:
    """Do something with a log file, and leave one file."""
    connection = connect(path)
    try:
        work(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _fill(connection: apsw.Connection, entries: Entries, count: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    create_location(connection, _QUAY)
    connection.execute("COMMIT")
    for _ in range(0, count, 1_000):
        _append(connection, take(entries, 1_000))


def take(entries: Entries, count: int) -> list[AppendEntry]:
    """Return entries without texts."""
    return [AppendEntry(item.id, item.entry.model_copy(update={"body": None})) for item in entries.take(count)]


def _append(connection: apsw.Connection, items: list[AppendEntry]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    append(connection, "quay", "bench", items, lambda: datetime.now(UTC))
    connection.execute("COMMIT")


def _print_bytes(path: Path, count: int) -> None:
    connection = connect(path)
    rows = connection.execute(_TABLES).fetchall()
    connection.close()
    whole = sum(int(size) for _, size, _ in rows)  # type: ignore[arg-type,misc] # an integer
    sys.stdout.write(f"{count:,} entries: {whole / count:.0f} bytes an entry\n")
    for name, size, table in rows:
        if int(size) > 16_384:  # type: ignore[arg-type] # an integer
            of = "" if table in {None, name} else f"of {table}"
            sys.stdout.write(f"  {name!s:28}{int(size) / count:8.1f}  {of}\n")  # type: ignore[arg-type] # an integer


def _print_costs(path: Path, entries: Entries, rounds: int) -> None:
    connection = connect(path)
    indexes = [str(name) for (name,) in connection.execute(_INDEXES)]
    connection.close()
    variants: dict[str, Variant] = {
        "everything": lambda _: None,
        "without guards": _drop_guards,
        "without foreign keys": lambda c: c.pragma("foreign_keys", "off"),
        "without secure_delete": lambda c: c.pragma("secure_delete", "off"),
        "without fsync": lambda c: c.pragma("synchronous", "normal"),
    }
    for index in indexes:
        variants[f"without {index}"] = lambda c, name=index: c.execute(f"DROP INDEX {name}")  # type: ignore[misc] # mypy does not infer the default
    measured: dict[str, list[tuple[float, float, float]]] = {name: [] for name in variants}
    for _ in range(rounds):
        batches = [take(entries, _BATCH) for _ in range(_WARM + _BATCHES)]
        _measure(path, variants["everything"], batches)  # the forms of their numbers are known to every variant then
        for name, variant in variants.items():
            measured[name].append(_measure(path, variant, batches))
    sys.stdout.write(
        f"batches of {_BATCH}, medians of {rounds} rounds in turns; load {os.getloadavg()[0]:.1f}\n"
        f"  {'':40}us of processor   ratio   us in all   pages an entry\n"
    )
    base = measured["everything"]
    for name, runs in measured.items():
        ratio = median(run[0] / whole[0] for run, whole in zip(runs, base, strict=True))
        spent, passed, pages = (median(run[at] for run in runs) for at in range(3))
        sys.stdout.write(f"  {name:40}{spent:15.1f}{ratio:8.2f}{passed:12.1f}{pages:17.2f}\n")


def _drop_guards(connection: apsw.Connection) -> None:
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")


def _measure(path: Path, variant: Variant, batches: list[list[AppendEntry]]) -> tuple[float, float, float]:
    """Return, of an entry, the microseconds of processor time and of time, and the pages written."""
    copy = path.with_name("variant.db")
    shutil.copyfile(path, copy)
    connection = connect(copy)
    try:
        connection.pragma("wal_autocheckpoint", 0)
        variant(connection)
        for batch in batches[:_WARM]:
            _append(connection, batch)
        log = copy.with_name("variant.db-wal")
        before, begun, spent = log.stat().st_size, perf_counter(), process_time()
        for batch in batches[_WARM:]:
            _append(connection, batch)
        count = _BATCH * _BATCHES
        took = (process_time() - spent) / count * 1e6, (perf_counter() - begun) / count * 1e6
        return *took, (log.stat().st_size - before) / _FRAME / count
    finally:
        connection.close()
        for file in path.parent.glob("variant.db*"):
            file.unlink()


if __name__ == "__main__":
    main()
