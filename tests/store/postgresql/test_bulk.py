"""The bulk path of the benchmarks writes the rows that the append path writes, in PostgreSQL too."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
import pytest

from commlog_tui.store.postgresql.guards import tables
from commlog_tui.store.postgresql.store import PostgresStore
from tests.bench import bulk, bulk_postgresql
from tests.bench.large_log import LOCATIONS, SEED, locations, volumes
from tests.postgresql.fixtures import CreateDatabase

SIZE, AT_ONCE = 600, 97


async def appended(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill a log through the store, with the instants and salts of the bulk path."""
    clock: Iterator[datetime] = iter(())
    store = PostgresStore.open(url, clock=lambda: next(clock))
    for location in locations():
        await store.create_location(location)
    names = [location.id for location in locations()]
    sources = {rank: bulk.salts(rank) for rank in range(1, LOCATIONS + 1)}
    shares = bulk.shares(list(enumerate(volumes(SIZE), 1)), SEED, 2)
    for rank, batch in chain.from_iterable(bulk.batches(share, AT_ONCE) for share in shares):
        monkeypatch.setattr(os, "urandom", sources[rank].randbytes)
        clock = bulk.instants(batch)
        await store.append(names[rank - 1], bulk.ACTOR, batch)
    monkeypatch.undo()
    await store.close()


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table with a location."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("SELECT set_config('commlog.upkeep', 'on', false)")
        names = [name for name, has_location in tables(connection, "public") if has_location]
        found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


async def test_a_log_filled_in_bulk_is_the_log_that_was_appended(
    create_database: CreateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    one, other = create_database(), create_database()
    await asyncio.to_thread(bulk_postgresql.fill, one, SIZE, at_once=AT_ONCE)
    with pytest.MonkeyPatch.context() as patch:
        await appended(other, patch)
    filled, expected = content(one), content(other)
    assert len(filled["record"]) > 3 * SIZE
    for name, rows in filled.items():
        assert rows == expected[name], name
