"""``python -m tests.bench.append_postgresql``: durable appends a second in PostgreSQL.

Beside each figure is that of a bare loop with the same driver, in the same session and on the same
server: it writes the same rows of the same tables, with their hashes and indexes, by one statement
for each table with arrays, all in one pipeline as the store does, with nothing to load or to decide.
What several entries of a batch say of one row is merged beforehand. For the writers it records as
many entries in a transaction as there are writers. Both take turns.
The server is a cluster of our own on the disk of the temporary folder, with its usual settings.
"""

import argparse
import asyncio
import hmac
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from statistics import median
from time import perf_counter
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row, tuple_row

from commlog_tui.contract.location import NewLocation
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql.connection import CONTEXT
from commlog_tui.store.postgresql.record_rows import RECORD_COLUMNS, read_record
from commlog_tui.store.protocol import Store
from tests.bench.append import Entries
from tests.bench.figures import percentile
from tests.postgresql.cluster import Cluster

_ROUNDS: Final = 3
_SINGLES: Final = 400
_WRITERS: Final = 64
_EACH: Final = 40
_FIFTIES: Final = 40
_LARGE: Final = 8_000
_TABLES: Final = ("record", "entry", "body", "title", "customer", "contact", "tally", "statistic", "facet")
_HASHED: Final = f"SELECT salt, {RECORD_COLUMNS} FROM record WHERE location = 1 AND seq BETWEEN %s AND %s"
_KEYS: Final = {
    "title": ("location", "no"),
    "facet": ("location", "no"),
    "customer": ("location", "id"),
    "contact": ("location", "customer", "address"),
    "tally": ("location", "day", "via"),
    "statistic": ("location", "hour", "day", "via", "kind", "status"),
}
"""Of the tables of which one row is written by many entries."""
_UPDATES: Final = {
    "title": "NOTHING",
    "customer": "UPDATE SET last_seen = excluded.last_seen",
    "contact": "NOTHING",
}
_ADD: Final = "UPDATE SET entries = {0}.entries + excluded.entries"
_TYPES: Final = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_AS_TEXT: Final = frozenset({"uuid", "tsvector"})
_SEE: Final = "SELECT set_config('commlog.location', '1', false)"
_HEAD: Final = "UPDATE head SET seq = %s, entries = %s, frontier = %s WHERE location = 1"


@dataclass
class Rows:
    """What the bare loop writes for one entry: rows by table."""

    of: dict[str, list[dict[str, Any]]]
    hashed: tuple[bytes, bytes, bytes] = (b"", b"", b"")
    """Public part, salt and personal part."""


class BareLoop:
    """Writes rows that were read from the store's own tables."""

    def __init__(self, url: str) -> None:
        open_store(url)
        self._connection = psycopg.connect(url, autocommit=True, context=CONTEXT)
        self._connection.execute(_SEE)
        self._connection.execute(
            "INSERT INTO location (no, id, name, zone) VALUES (1, 'quay', 'Quay', 'Europe/London')"
        )
        self._connection.execute("INSERT INTO head VALUES (1, 0, 0, '')")
        self._statements = [(table, *self._insert(table)) for table in _TABLES]

    def _insert(self, table: str) -> tuple[str, list[str]]:
        """Return the statement that inserts many rows, and the columns in the order of its arrays."""
        types: dict[str, str] = dict(self._connection.execute(_TYPES, (table,)).fetchall())
        arrays = ", ".join("%b::text[]" if kind in _AS_TEXT else f"%b::{kind}[]" for kind in types.values())
        values = ", ".join(f"{name}::{kind}" for name, kind in types.items())
        names = ", ".join(types)
        statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM unnest({arrays}) AS new ({names})"
        if table in _KEYS:
            update = _UPDATES.get(table, _ADD.format(table))
            statement += f" ON CONFLICT ({', '.join(_KEYS[table])}) DO {update}"
        return statement, list(types)

    def write(self, batch: Sequence[Rows]) -> None:
        """Write some entries in one transaction."""
        leaves = [sha256(b"\x00" + one.hashed[0]).digest() for one in batch]
        for one in batch:
            hmac.digest(one.hashed[1], one.hashed[2], "sha256")
        connection = self._connection
        with connection.pipeline(), connection.transaction():
            for table, statement, names in self._statements:
                if columns := _merged(table, [row for one in batch for row in one.of.get(table, ())], names):
                    connection.execute(statement, columns, binary=True)
            seq = batch[-1].of["record"][0]["seq"]
            connection.execute(_HEAD, (seq, seq, b"".join(leaves[-1:])))

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def _merged(table: str, rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[list[Any]]:
    """Return rows by column, those of one key as one row."""
    merged: dict[Any, dict[str, Any]] = {}
    for at, row in enumerate(rows):
        key = tuple(row[name] for name in _KEYS[table]) if table in _KEYS else at
        known = merged.get(key)
        merged[key] = row | {"entries": row["entries"] + known["entries"]} if known and "entries" in row else row
    ordered = sorted(merged.items()) if table in _KEYS else list(merged.items())
    return [[row[name] for _, row in ordered] for name in names] if ordered else []


def rows_of(url: str, first: int, last: int) -> list[Rows]:
    """Return what the bare loop is to write for the entries of some seqs."""
    with closing(psycopg.connect(url, row_factory=dict_row, context=CONTEXT)) as connection:
        connection.execute(_SEE)
        cursor = connection.cursor(binary=True)
        found = {seq: Rows({}) for seq in range(first, last + 1)}
        for table in ("record", "entry", "body"):
            columns = "location, seq, words::text AS words" if table == "body" else "*"
            cursor.execute(f"SELECT {columns} FROM {table} WHERE seq BETWEEN %s AND %s", (first, last))
            for row in cursor:
                found[row["seq"]].of[table] = [row]
        with connection.cursor(binary=True, row_factory=tuple_row) as plain:
            for salt, *hashed in plain.execute(_HASHED, (first, last)):
                record = read_record(hashed, "quay")
                found[record.seq].hashed = record.raw, salt, record.personal or b""
        known = {
            table: {row["id" if table == "customer" else "no"]: row for row in cursor.execute(f"SELECT * FROM {table}")}
            for table in ("customer", "title", "facet", "contact")
        }
        contacts: dict[str, list[dict[str, Any]]] = {}
        for row in cursor.execute("SELECT * FROM contact"):
            contacts.setdefault(row["customer"], []).append(row)
    for one in found.values():
        (entry,) = one.of["entry"]
        facet, customer = known["facet"][entry["facet"]], known["contact"][entry["contact"]]["customer"]
        counted = {name: facet[name] for name in ("location", "via", "status")} | {"entries": 1}
        day, hour = entry["sent_at"] // 86_400_000_000, entry["sent_at"] // 3_600_000_000 % 24
        one.of["customer"], one.of["contact"] = [known["customer"][customer]], contacts[customer]
        one.of["title"] = [known["title"][entry["title"]]]
        one.of["facet"] = [facet | {"entries": 1}]
        one.of["tally"] = [{name: counted[name] for name in ("location", "via", "entries")} | {"day": day}]
        one.of["statistic"] = [counted | {"hour": at, "day": day, "kind": facet["message_kind"]} for at in (-1, hour)]
    return list(found.values())


async def _one_by_one(store: Store, batches: Sequence[list[Any]]) -> list[float]:
    """Append batches one after the other, and return how long each took."""
    took = []
    for batch in batches:
        begun = perf_counter()
        answers = await store.append("quay", "bench", batch)
        took.append(perf_counter() - begun)
        assert all(getattr(answer, "created", False) for answer in answers), answers
    return took


async def _writers(store: Store, items: Sequence[Any]) -> list[float]:
    """Let writers append at once, one item at a time each."""
    shares = [[[item] for item in items[at::_WRITERS]] for at in range(_WRITERS)]
    return [one for share in await asyncio.gather(*(_one_by_one(store, share) for share in shares)) for one in share]


def _bare(loop: BareLoop, batches: Sequence[Sequence[Rows]]) -> list[float]:
    took = []
    for batch in batches:
        begun = perf_counter()
        loop.write(batch)
        took.append(perf_counter() - begun)
    return took


def _chunks(items: Sequence[Any], size: int) -> list[list[Any]]:
    return [list(items[at : at + size]) for at in range(0, len(items), size)]


def _measure(cluster: Cluster, entries: Entries, rounds: int) -> None:
    with closing(psycopg.connect(cluster.url("postgres"), autocommit=True)) as connection:
        for name in ("here", "bare"):
            connection.execute(f"CREATE DATABASE {name}")
    store, bare = open_store(cluster.url("here")), BareLoop(cluster.url("bare"))
    cases: list[tuple[str, int, int]] = [
        ("one at a time", _SINGLES, 1),
        (f"{_WRITERS} writers", _WRITERS * _EACH, 0),
        ("batches of 50", _FIFTIES * 50, 50),
        ("one of 8,000", _LARGE, _LARGE),
    ]
    rates: dict[str, list[tuple[float, float]]] = {}
    slowest: dict[str, list[float]] = {}
    with asyncio.Runner() as runner:
        run: Callable[[Any], Any] = runner.run
        run(store.create_location(NewLocation(id="quay", name="Quay Boats", zone="Europe/London")))
        seq = 0
        for turn in range(rounds + 1):
            for what, count, size in cases:
                items = entries.take(count)
                begun = perf_counter()
                took = run(_one_by_one(store, _chunks(items, size)) if size else _writers(store, items))
                here = count / (perf_counter() - begun)
                rows = rows_of(cluster.url("here"), seq + 1, seq + count)
                seq += count
                begun = perf_counter()
                _bare(bare, _chunks(rows, size or _WRITERS))
                there = count / (perf_counter() - begun)
                if turn:  # the first warms up
                    rates.setdefault(what, []).append((here, there))
                    slowest.setdefault(what, []).append(percentile(took, 0.99) * 1000)
        run(store.close())
    bare.close()
    print(f"{'what':20}{'a second':>12}{'p99 ms':>10}{'bare loop':>12}{'ratio':>8}")
    for what, pairs in rates.items():
        here, there = (median(side) for side in zip(*pairs, strict=True))
        ratio = median(one / other for one, other in pairs)
        print(f"{what:20}{here:12,.0f}{median(slowest[what]):10.1f}{there:12,.0f}{ratio:8.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.append_postgresql", description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="turns of each (default: %(default)s)")
    rounds = parser.parse_args().rounds
    cluster = Cluster.create(on_disk=True)
    try:
        cluster.start()
        cluster.create_owner()
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {rounds} rounds\n")
        _measure(cluster, Entries(), rounds)
    finally:
        cluster.remove()


if __name__ == "__main__":
    main()
