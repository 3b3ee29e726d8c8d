"""Fills a log in PostgreSQL, by the statements of the append path; see ``tests.bench.bulk``.

Each worker writes the locations of its share without looking for what is there already, as they are
empty, and without waiting for the disk. The rows are those that ``append`` writes.
"""

import asyncio
import gc
from contextlib import closing
from functools import partial
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

from commlog_tui.records.decide import Decision
from commlog_tui.records.kinds import KINDS
from commlog_tui.store.location import Location
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql.append import write_decision
from commlog_tui.store.postgresql.connection import parameters
from commlog_tui.store.postgresql.database import Database, View, utc_now
from commlog_tui.store.postgresql.projection_rows import ProjectionRows
from tests.bench.bulk import AT_ONCE, Share, decisions, run_workers
from tests.bench.large_log import SEED, locations

_COLLECT_EVERY: Final = 50
"""Batches between two looks for garbage in cycles."""


def fill(url: str, size: int, seed: int = SEED, workers: int = 2, at_once: int = AT_ONCE) -> None:
    """Fill a log in an empty database. Prints how far it is on standard error."""
    asyncio.run(_create(url))
    run_workers(_fill_share, [url] * workers, size, seed, at_once)
    with closing(psycopg.connect(parameters(url), autocommit=True)) as connection:
        connection.execute("VACUUM (ANALYZE)")  # as autovacuum would leave it


async def _create(url: str) -> None:
    store = open_store(url)
    for location in locations():
        await store.create_location(location)
    await store.close()


def _fill_share(url: str, share: Share, at_once: int, done: Any) -> None:
    gc.disable()  # a third of the time otherwise
    asyncio.run(_fill(url, share, at_once, done))


async def _fill(url: str, share: Share, at_once: int, done: Any) -> None:
    conninfo = make_conninfo(parameters(url), options="-c synchronous_commit=off")
    database, names = Database(conninfo, utc_now, KINDS), [location.id for location in locations()]
    for number, (rank, decision) in enumerate(decisions(share, at_once)):
        location = await database.location(names[rank - 1])
        await database.write(partial(_write, database, location, decision))
        with done.get_lock():
            done.value += sum(record.kind == "entry" for record in decision.records)
        if number % _COLLECT_EVERY == 0:
            gc.collect()
    await database.close()


async def _write(database: Database, location: Location, decision: Decision, view: View) -> None:
    rows = ProjectionRows(location, {})
    rows.apply(decision.changes)
    async with view.connection.pipeline():
        await view.begin_write(location)
    await write_decision(database, view, location, decision, rows)
