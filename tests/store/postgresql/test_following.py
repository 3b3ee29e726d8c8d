"""Waiting for what any process appends, on one connection of each process."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from commlog_tui.store.opening import open_store
from commlog_tui.store.protocol import Store
from tests.store.factory import PIER, QUAY, mail, put


@pytest.fixture
async def stores(postgresql_url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two stores, as of two processes."""
    first, second = open_store(postgresql_url), open_store(postgresql_url)
    await first.create_location(QUAY)
    await first.create_location(PIER)
    yield first, second
    await first.close()
    await second.close()


async def test_what_another_process_appends_wakes_all_who_wait(stores: tuple[Store, Store]) -> None:
    here, there = stores
    waiting = [asyncio.create_task(here.wait("quay", 0, 60.0)) for _ in range(50)]
    elsewhere = asyncio.create_task(here.wait("pier", 0, 60.0))
    await put(there, mail())
    assert await asyncio.gather(*waiting) == [True] * 50
    assert not elsewhere.done()
    await put(there, mail(), location="pier")
    assert await elsewhere


async def test_nothing_new_is_a_timeout(stores: tuple[Store, Store]) -> None:
    here, there = stores
    await put(there, mail())
    assert await here.wait("quay", 0, 60.0)
    assert not await here.wait("quay", 1, 0.01)
    assert not await here.wait("pier", 0, 0.01)


async def test_every_record_is_followed_whatever_is_appended_meanwhile(stores: tuple[Store, Store]) -> None:
    here, there = stores

    async def follow() -> list[int]:
        seqs: list[int] = []
        while len(seqs) < 120:
            assert await here.wait("quay", len(seqs), 60.0)
            seqs += [one.seq for one in await here.feed("quay", len(seqs), 7)]
        return seqs

    following = asyncio.create_task(follow())
    for _ in range(20):
        await asyncio.gather(
            put(there, mail(), mail(), mail()), put(here, mail()), put(there, mail()), put(here, mail())
        )
    assert await following == list(range(1, 121))


async def test_one_connection_listens_for_all(stores: tuple[Store, Store], postgresql_url: str) -> None:
    here, _ = stores
    waiting = [asyncio.create_task(here.wait(at, 0, 60.0)) for at in ("quay", "pier") * 20]
    await put(here, mail())
    assert await waiting[0]
    with psycopg.connect(postgresql_url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'").fetchone()
        notified = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT 1'").fetchone()
    assert found is not None
    assert notified is not None
    assert found[0] + notified[0] == 1
    await put(here, mail(), location="pier")
    assert all(await asyncio.gather(*waiting))


async def test_an_append_notifies_once_however_many_records_it_has(
    stores: tuple[Store, Store], postgresql_url: str
) -> None:
    here, _ = stores
    listening = await psycopg.AsyncConnection.connect(postgresql_url, autocommit=True)
    await listening.execute("LISTEN commlog")
    await put(here, *(mail() for _ in range(30)))
    await put(here, mail())
    heard = [one.payload async for one in listening.notifies(timeout=60, stop_after=2)]
    assert heard == ["1:30", "1:31"]
    await listening.close()


async def test_following_goes_on_when_its_connection_was_lost(stores: tuple[Store, Store], postgresql_url: str) -> None:
    here, there = stores
    await put(there, mail())
    assert await here.wait("quay", 0, 60.0)
    waiting = asyncio.create_task(here.wait("quay", 2, 60.0))
    for _ in range(2):
        with psycopg.connect(postgresql_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await put(there, mail())
    assert await waiting
