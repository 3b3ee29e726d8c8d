"""``python -m tests.bench.disk_postgresql``: bytes an entry in PostgreSQL, by table and index.

The entries are those of ``tests.bench.disk``: without events and texts, with their evidence, a
reference and a code each. By default they are recorded in no order of their instants; with
``--in-order`` as they are sent, which fills pages of indexes better. Measured after VACUUM, in a
cluster of our own, or in the database of a log that is there (``--database``, with ``--entries`` 0).
"""

import argparse
import asyncio
import os
import sys
from contextlib import closing
from typing import Final

import psycopg

from commlog_tui.contract.location import NewLocation
from commlog_tui.store.opening import open_store
from tests.bench.append import Entries
from tests.bench.disk import take
from tests.postgresql.cluster import Cluster

_QUAY: Final = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")
_AT_ONCE: Final = 1_000
_SIZES: Final = """
SELECT c.relname, CASE c.relkind WHEN 'i' THEN (
    SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = c.oid
) END, CASE c.relkind WHEN 'i' THEN pg_relation_size(c.oid) ELSE pg_table_size(c.oid) END
FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i') ORDER BY 3 DESC
"""
_ENTRIES: Final = "SELECT coalesce(sum(entries), 0)::bigint FROM head"
_SEEN: Final = 16_384


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.disk_postgresql", description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000, help="entries to append (default: %(default)s)")
    parser.add_argument("--in-order", action="store_true", help="record them in the order of their instants")
    parser.add_argument("--database", metavar="URL", help="the log that is there; else a server is started")
    asked = parser.parse_args()
    if asked.database:
        _measure(asked.database, asked.entries, in_order=asked.in_order)
        return
    cluster = Cluster.create()
    try:
        cluster.start()
        cluster.create_owner()
        with closing(psycopg.connect(cluster.url("postgres"), autocommit=True)) as connection:
            connection.execute("CREATE DATABASE here")
        _measure(cluster.url("here"), asked.entries, in_order=asked.in_order)
    finally:
        cluster.remove()


def _measure(url: str, count: int, *, in_order: bool) -> None:
    if count:
        asyncio.run(_fill(url, count, in_order=in_order))
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("SELECT set_config('commlog.upkeep', 'on', false)")
        connection.execute("VACUUM ANALYZE")
        ((entries,),) = connection.execute(_ENTRIES).fetchall()
        rows = connection.execute(_SIZES).fetchall()
    entries = int(entries)
    whole = sum(int(size) for _, _, size in rows)
    order = "in order of their instants" if in_order else "in no order"
    load = os.getloadavg()[0]
    sys.stdout.write(f"{entries:,} entries {order}: {whole / entries:.0f} bytes an entry; load {load:.1f}\n")
    for name, table, size in rows:
        if int(size) > _SEEN:
            sys.stdout.write(f"  {name:28}{int(size) / entries:8.1f}  {f'of {table}' if table else ''}\n")


async def _fill(url: str, count: int, *, in_order: bool) -> None:
    items = take(Entries(), count)
    if in_order:
        items.sort(key=lambda item: item.entry.sent_at)
    store = open_store(url)
    await store.create_location(_QUAY)
    for at in range(0, count, _AT_ONCE):
        answers = await store.append("quay", "bench", items[at : at + _AT_ONCE])
        if not all(getattr(answer, "created", False) for answer in answers):
            raise SystemExit(f"not recorded: {answers}")
    await store.close()


if __name__ == "__main__":
    main()
