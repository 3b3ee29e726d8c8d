"""The bulk path of the benchmarks writes the bytes that the append path writes."""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

import apsw
import pytest

from commlog_tui.contract.entry import NewEntry
from commlog_tui.store.sqlite.rebuild import PROJECTIONS
from commlog_tui.store.sqlite.store import SqliteStore
from tests.bench import bulk
from tests.bench.large_log import LOCATIONS, SEED, entries, locations, volumes

SIZE, AT_ONCE = 1_500, 97


async def appended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill a log through the store, with the instants and salts of the bulk path."""
    clock: Iterator[datetime] = iter(())
    store = SqliteStore.open(path, clock=lambda: next(clock))
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


def content(path: Path) -> dict[str, list[object]]:
    """Return every row of every table, but the name that each log has for itself.

    Of the search indexes it is checked that they hold exactly what is to be found: how it is spread
    over their segments depends on what was written at once.
    """
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%_search_%' AND name <> 'log'"
    names = connection.execute(tables)
    for (index,) in connection.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall():
        connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
    found = {str(name): connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names.fetchall()}
    connection.close()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


async def test_a_log_filled_in_bulk_is_the_log_that_was_appended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk.fill(tmp_path / "bulk.db", SIZE, at_once=AT_ONCE)
    await appended(tmp_path / "appended.db", monkeypatch)
    one, other = content(tmp_path / "bulk.db"), content(tmp_path / "appended.db")
    assert len(one["record"]) > 3 * SIZE
    assert set(PROJECTIONS) <= set(one)
    for name, rows in one.items():
        assert rows == other[name], name


def test_volumes_follow_zipfs_law_and_an_entry_has_two_and_a_half_events() -> None:
    counts = volumes(10_000_000)
    assert (len(counts), sum(counts)) == (LOCATIONS, 10_000_000)
    assert 1_690_000 < counts[0] < 1_710_000
    assert counts[0] > 1.9 * counts[1]
    made = list(entries(3, 4_000))
    assert 2.4 < sum(len(item.entry.events) for item in made) / len(made) < 2.6
    assert made == list(entries(3, 4_000))


def test_what_is_made_is_what_a_sender_could_send() -> None:
    for item in entries(2, 300):
        assert NewEntry.model_validate(item.entry.model_dump(exclude_none=True)) == item.entry
