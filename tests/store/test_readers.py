"""The connections that read: a slow query is stopped, and delays no other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event, current_thread, main_thread

import apsw
import pytest

from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import PageRequest
from commlog_tui.store.errors import SlowQueryError, StoreUnavailableError
from commlog_tui.store.sqlite import readers
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.readers import CACHE_KIB, READERS, Readers
from commlog_tui.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE
from tests.store.factory import QUAY, mail

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
SLOW = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT count(*) FROM n"


@pytest.fixture
def opened(tmp_path: Path) -> list[apsw.Connection]:
    return [connect(tmp_path / "log.db")]


@pytest.fixture
async def pool(opened: list[apsw.Connection], tmp_path: Path) -> AsyncIterator[Readers]:
    def open_one() -> apsw.Connection:
        opened.append(connect(tmp_path / "log.db", create=False))
        return opened[-1]

    made = Readers(opened[0], open_one)
    yield made
    made.close()


def count(connection: apsw.Connection, sql: str) -> tuple[int, bool]:
    ((found,),) = connection.execute(sql).fetchall()
    return int(str(found)), current_thread() is main_thread()


async def test_what_is_quick_is_read_on_the_loop(pool: Readers, opened: list[apsw.Connection]) -> None:
    assert await pool.read_quick(lambda c: count(c, "SELECT 7"), "a") == (7, True)
    for _ in range(5):
        await pool.read_far(lambda c: count(c, "SELECT 7"))
    assert len(opened) == 2, "no further connection is opened before it is needed"


async def test_what_is_not_quick_is_read_again_in_the_pool(pool: Readers) -> None:
    asked: list[bool] = []

    def read(connection: apsw.Connection) -> tuple[int, bool]:
        asked.append(current_thread() is main_thread())
        return count(connection, SLOW)

    assert await pool.read_quick(read, "a") == (100_000, False)
    assert await pool.read_quick(read, "a") == (100_000, False)
    assert asked == [True, False, False], "what was slow a moment ago is not tried on the loop"
    assert await pool.read_quick(lambda c: count(c, "SELECT 7"), "b") == (7, True)
    assert pool.read(lambda c: count(c, SLOW)) == (100_000, True), "the limit is that of one read"


async def test_a_query_that_takes_too_long_is_stopped(pool: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_SECONDS", 0.0)
    with pytest.raises(SlowQueryError, match="ask for less"):
        await pool.read_far(lambda c: count(c, ENDLESS))
    assert issubclass(SlowQueryError, StoreUnavailableError)
    assert await pool.read_far(lambda c: count(c, "SELECT 7")) == (7, False), "its connection goes on"
    assert await pool.read_far(lambda c: count(c, SLOW), is_timed=False) == (100_000, False)


async def test_reads_that_are_held_delay_no_page(tmp_path: Path) -> None:
    store, begun, go = SqliteStore.open(tmp_path / "log.db"), [Event() for _ in range(READERS)], Event()
    await store.create_location(QUAY)
    await store.create_location(NewLocation(id="inn", name="Inn", zone="Europe/London"))
    await store.append("quay", "Ada", [mail()])

    def hold(number: int) -> int:
        begun[number].set()
        go.wait(PATIENCE)
        return number

    held = [asyncio.ensure_future(store.database.read_far(lambda _, n=n: hold(n))) for n in range(READERS)]  # type: ignore[misc] # mypy does not infer the loop variable
    for one in begun:
        assert await asyncio.to_thread(one.wait, PATIENCE)
    page = await store.page("quay", PageRequest(via=("email",)))
    assert len(page.entries) == 1
    assert not any(one.done() for one in held)
    go.set()
    assert await asyncio.gather(*held) == list(range(READERS))
    await store.close()


async def test_one_search_that_is_held_delays_no_other(tmp_path: Path) -> None:
    store, begun, go = SqliteStore.open(tmp_path / "log.db"), Event(), Event()
    await store.create_location(QUAY)
    await store.append("quay", "Ada", [mail(title="Refund Notice")])

    def hold(_: apsw.Connection) -> None:
        begun.set()
        go.wait(PATIENCE)

    held = asyncio.ensure_future(store.database.read_far(hold))
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    assert len((await store.page("quay", PageRequest(q="refund"))).entries) == 1
    assert not held.done()
    go.set()
    await held
    await store.close()


async def test_the_caches_of_the_pool_are_small(pool: Readers) -> None:
    cache = await pool.read_far(lambda c: int(c.pragma("cache_size")))
    assert cache == -CACHE_KIB
