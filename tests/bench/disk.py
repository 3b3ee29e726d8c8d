"""``python -m tests.bench.disk``: bytes an entry on the disk, and what each safeguard and index costs an append.

Entries without events and texts, with their evidence; of tables, what the values of each column
take. ``--generated N`` measures so many entries of the log of 200 locations that ``tests.bench.bulk``
makes, without their events and texts, instead. Costs are of batches of 50: processor time
and pages written to the write-ahead log, each variant beside the whole in the same round. An index
whose entries come in no order writes about a page for every entry; one that was created anew is
full, and splits pages for a while, so the entries measured follow on many.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
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
from tests.bench.bulk import ACTOR, instants
from tests.bench.large_log import entries as generated
from tests.bench.large_log import locations, volumes

_QUAY: Final = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")
_FRAME: Final = 4_096 + 24
_BATCH: Final = 50
_WARM, _BATCHES = 4, 30
_AT_ONCE: Final = 1_000
_LEAST: Final = 16_384
"""Bytes in all of what is not worth a line."""
_VALUE: Final = """
sum(CASE typeof("{0}") WHEN 'null' THEN 0 WHEN 'integer' THEN CASE WHEN "{0}" IN (0, 1) THEN 0
WHEN abs("{0}" + 0.5) < 128 THEN 1 WHEN abs("{0}" + 0.5) < 32768 THEN 2 WHEN abs("{0}" + 0.5) < 8388608 THEN 3
WHEN abs("{0}" + 0.5) < 2147483648 THEN 4 WHEN abs("{0}" + 0.5) < 140737488355328 THEN 6 ELSE 8 END
ELSE length(CAST("{0}" AS BLOB)) END)
"""
"""Bytes of a value as it lies in a row (https://sqlite.org/fileformat2.html#record_format)."""
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
    parser.add_argument("--generated", type=int, default=0, help="entries of the generated log to measure instead")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.db"
        entries = Entries()
        if asked.generated:
            with_log(path, lambda connection: _generate(connection, asked.generated))
            _print_bytes(path, asked.generated)
            return
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
    for _ in range(0, count, _AT_ONCE):
        _append(connection, take(entries, _AT_ONCE))


def _generate(connection: apsw.Connection, count: int) -> None:
    connection.pragma("synchronous", "off")
    for rank, (location, volume) in enumerate(zip(locations(), volumes(count), strict=True), 1):
        made = _bare(generated(rank, volume))
        with connection:
            create_location(connection, location)
        while items := list(islice(made, _AT_ONCE)):
            with connection:
                append(connection, location.id, ACTOR, items, instants(items).__next__)


def take(entries: Entries, count: int) -> list[AppendEntry]:
    """Return entries without texts."""
    return list(_bare(entries.take(count)))


def _bare(items: Iterable[AppendEntry]) -> Iterable[AppendEntry]:
    return (AppendEntry(one.id, one.entry.model_copy(update={"body": None, "events": ()})) for one in items)


def _append(connection: apsw.Connection, items: list[AppendEntry]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    append(connection, "quay", "bench", items, lambda: datetime.now(UTC))
    connection.execute("COMMIT")


def _print_bytes(path: Path, count: int) -> None:
    connection = connect(path)
    rows = [(str(name), int(size), table) for name, size, table in connection.execute(_TABLES)]
    whole = sum(size for _, size, _ in rows)
    sys.stdout.write(f"{count:,} entries: {whole / count:.0f} bytes an entry\n")
    for name, size, table in rows:
        if size > _LEAST:
            of = "" if table is None else _columns(connection, name, count) if table == name else f"of {table}"
            sys.stdout.write(f"  {name:28}{size / count:8.1f}  {of}\n")
    connection.close()


def _columns(connection: apsw.Connection, table: str, count: int) -> str:
    """Return what the values of each column take of an entry, where that is anything."""
    names = [str(name) for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    sums = ", ".join(_VALUE.format(name) for name in names)
    (sizes,) = connection.execute(f'SELECT {sums} FROM "{table}"').fetchall()
    parts = zip(names, (int(size or 0) / count for size in sizes), strict=True)
    return ", ".join(f"{name} {size:.1f}" for name, size in parts if size >= 0.05)


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
