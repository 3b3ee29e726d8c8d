"""How appends to PostgreSQL are carried out: round trips, group commit, several processes, loss."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from commlog_tui.records.decide import Appended
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql.connection import AsyncConnection
from commlog_tui.store.protocol import Store
from tests.postgresql.cluster import Cluster
from tests.store.factory import PIER, QUAY, accepted, call, correction, event, mail, put


@pytest.fixture
async def store(postgresql_url: str) -> AsyncIterator[Store]:
    opened = open_store(postgresql_url)
    await opened.create_location(QUAY)
    await opened.create_location(PIER)
    yield opened
    await opened.close()


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_server: object) -> Iterator[Cluster]:
    """A server of the test's own, which it may stop; skipped where the shared one cannot be had."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = Cluster.create()
    try:
        made.start()
        made.create_owner()
        with psycopg.connect(made.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE log")
        yield made
    finally:
        made.remove()


class RoundTrips:
    """Counts pipelines, and statements outside of them, on all connections."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        pipeline, execute = AsyncConnection.pipeline, psycopg.AsyncCursor.execute

        def counted_pipeline(connection: Any) -> Any:
            self.count += 1
            return pipeline(connection)

        async def counted_execute(cursor: Any, *values: Any, **options: Any) -> Any:
            self.count += cursor.connection._pipeline is None
            return await execute(cursor, *values, **options)

        monkeypatch.setattr(AsyncConnection, "pipeline", counted_pipeline)
        monkeypatch.setattr(psycopg.AsyncCursor, "execute", counted_execute)


async def test_an_append_takes_two_round_trips(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rang, sent = call(), mail()
    await put(store, rang, sent)
    await put(store, event(sent, "bounced"), event(sent, "delivered"), correction(rang, title="Asked"))  # known forms
    trips = RoundTrips(monkeypatch)
    for items in (
        [mail() for _ in range(50)],
        [call(customer={"id": "c-1", "name": "Ada"})],
        [event(sent, "bounced"), event(sent, "delivered"), correction(rang, title="Asked for parking")],
    ):
        trips.count = 0
        await put(store, *items)
        assert trips.count <= 2, items


async def test_a_repeat_takes_one_round_trip_and_its_rollback(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = mail()
    await put(store, sent)
    trips = RoundTrips(monkeypatch)
    assert not (await put(store, sent))[0].created
    assert trips.count <= 2


async def test_what_waits_is_recorded_together(store: Store, postgresql_url: str) -> None:
    answers = await asyncio.gather(*(store.append("quay", f"actor {at}", [mail()]) for at in range(64)))
    assert sorted(accepted(one).receipt.seq for (one,) in answers) == list(range(1, 65))
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("SELECT set_config('commlog.location', '1', false)")
        row = connection.execute("SELECT count(DISTINCT xmin::text) FROM record").fetchone()
    assert row is not None
    assert row[0] < 10
    feed = await store.feed("quay", 0, 100)
    by_seq = {one.seq: one.entry.actor for one in feed if one.entry is not None}
    assert by_seq == {accepted(one).receipt.seq: f"actor {at}" for at, (one,) in enumerate(answers)}


async def test_a_faulty_request_takes_nothing_of_its_neighbours_with_it(store: Store) -> None:
    class Unheard:
        kind, id, about = "unheard-of", None, None

    answers = await asyncio.gather(
        store.append("quay", "a", [mail()]),
        store.append("quay", "b", [Unheard()]),
        store.append("quay", "c", [mail()]),
        return_exceptions=True,
    )
    assert isinstance(answers[1], KeyError)
    assert [accepted(one[0]).created for one in answers if isinstance(one, list)] == [True, True]
    assert (await store.head("quay")).size == 2


async def test_an_append_that_is_given_up_is_recorded_all_the_same(store: Store) -> None:
    await put(store, mail())  # so that the location is known, and the next one waits at once
    sent = mail()
    task = asyncio.create_task(store.append("quay", "sender", [sent]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (await put(store, sent))[0].created


async def test_several_processes_append_to_one_location_without_gaps(store: Store, postgresql_url: str) -> None:
    other = open_store(postgresql_url)
    repeated = [mail() for _ in range(20)]
    both = [put(one, item) for item in repeated for one in (store, other)]
    mixed = [put(one, mail(), call(), location=at) for one in (store, other) for at in ("quay", "pier") * 10]
    answers = await asyncio.gather(*both, *mixed)
    created = sum(one.created for group in answers[:40] for one in group)
    assert created == 20
    for location, size in (("quay", 60), ("pier", 40)):
        head = await other.head(location)
        assert head.size == size
        assert [one.seq for one in await store.feed(location, 0, 200)] == list(range(1, size + 1))
        assert (await store.consistency(location, size // 3)).new_root_hash == head.root.hex()
    await other.close()


async def test_it_goes_on_when_the_server_is_back(cluster: Cluster) -> None:
    store = open_store(cluster.url("log"))
    await store.create_location(QUAY)
    await put(store, mail())
    waiting = asyncio.create_task(store.wait("quay", 2, 60.0))
    cluster.stop(signal.SIGQUIT)
    with pytest.raises(StoreUnavailableError, match=r"try again|same key"):
        await store.append("quay", "sender", [mail()])
    with pytest.raises(StoreUnavailableError):
        await store.feed("quay", 0, 10)
    cluster.start()
    first = mail()
    while True:  # the pool may need a moment to reconnect
        try:
            (answer,) = await store.append("quay", "sender", [first])
        except StoreUnavailableError:
            continue
        break
    assert isinstance(answer, Appended)
    await put(store, mail())
    assert await waiting
    assert (await store.head("quay")).size == 3
    await store.close()


async def test_appends_survive_connections_that_an_administrator_ends(
    store: Store, postgresql_url: str, create_database: object
) -> None:
    await put(store, *(mail() for _ in range(3)))
    for _ in range(5):
        with psycopg.connect(postgresql_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await put(store, mail())
        assert len(await store.feed("quay", 0, 100)) == (await store.head("quay")).size
    assert (await store.head("quay")).size == 8
