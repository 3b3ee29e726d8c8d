"""What many desks ask for at the same time is read and encoded once."""

import asyncio
from threading import Event
from typing import Any

import pytest

from commlog_tui.records.decide import Appended
from commlog_tui.service.feed_reader import FeedReader
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import mail

SECONDS = 10.0
"""To wait for a record at most."""


class Counted:
    """A store that counts how often its feed is waited for and read."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.reads = self.waits = 0
        self.error: Exception | None = None

    async def wait(self, location: str, after: int, seconds: float) -> Any:
        self.waits += 1
        return await self._store.wait(location, after, seconds)

    async def feed(self, location: str, after: int, limit: int) -> Any:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return await self._store.feed(location, after, limit)


async def test_those_who_ask_together_share_one_read(store: SqliteStore) -> None:
    await store.append("quay", "Ada", [mail(), mail()])
    counted = Counted(store)
    reader = FeedReader(counted, Event())  # type: ignore[arg-type] # it reads the feed only
    answers = await asyncio.gather(
        *(reader.read("quay", 0, SECONDS) for _ in range(20)), reader.read("quay", 1, SECONDS)
    )
    assert counted.reads == 2
    assert {last for last, _ in answers} == {2}
    assert answers[0][1].count(b"\n\n") == 2
    assert answers[0][1].startswith(b"id: 1\nevent: entry\ndata: {")
    assert answers[-1][1].startswith(b"id: 2\n")


async def test_those_who_wait_together_share_one_wait_and_one_read(store: SqliteStore) -> None:
    counted = Counted(store)
    reader = FeedReader(counted, Event())  # type: ignore[arg-type] # as above
    desks = [asyncio.create_task(reader.read("quay", 0, SECONDS)) for _ in range(20)]
    await asyncio.sleep(0)
    await store.append("quay", "Ada", [mail()])
    assert {last for last, _ in await asyncio.gather(*desks)} == {1}
    assert (counted.waits, counted.reads) == (1, 1)


async def test_who_asks_later_gets_what_is_there_then(store: SqliteStore) -> None:
    await store.append("quay", "Ada", [mail()])
    reader = FeedReader(store, Event())
    assert (await reader.read("quay", 0, SECONDS))[0] == 1
    await store.append("quay", "Ada", [mail()])
    assert (await reader.read("quay", 0, SECONDS))[0] == 2, "nothing is kept: it may have been redacted since"
    assert reader._groups == {}
    assert await reader.read("quay", 2, 0.0) == (2, b"")


async def test_one_who_leaves_takes_nothing_of_the_others(store: SqliteStore) -> None:
    await store.append("quay", "Ada", [mail()])
    reader = FeedReader(store, Event())
    first, second = (asyncio.create_task(reader.read("quay", 0, SECONDS)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second)[0] == 1


@pytest.mark.parametrize("error", [StoreUnavailableError("No."), ZeroDivisionError()])
async def test_trouble_is_everybodys(store: SqliteStore, error: Exception) -> None:
    await store.append("quay", "Ada", [mail()])
    counted = Counted(store)
    counted.error = error
    reader = FeedReader(counted, Event())  # type: ignore[arg-type] # as above
    answers = await asyncio.gather(*(reader.read("quay", 0, SECONDS) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in answers] == [type(error)] * 2
    with pytest.raises(type(error)):
        await reader.read("quay", 0, SECONDS)


class Connection:
    """Takes what is written to it, as long as there is room."""

    def __init__(self, room: int = 1_000) -> None:
        self.room = room
        self.written: list[bytes] = []
        self.has_more = asyncio.Event()

    def push(self, data: bytes) -> bool:
        if len(self.written) >= self.room:
            return False
        self.written.append(data)
        self.has_more.set()
        return True

    async def wait_for(self, seq: int) -> None:
        while not self.written or self.seqs[-1] < seq:
            self.has_more.clear()
            await self.has_more.wait()

    @property
    def seqs(self) -> list[int]:
        """Positions of the events, whose chunks must be whole."""
        found = []
        for chunk in self.written:
            size, _, rest = chunk.partition(b"\r\n")
            assert int(size, 16) == len(rest) - 2
            assert rest.endswith(b"\n\n\r\n")
            found += [int(line[4:]) for line in rest.split(b"\n") if line.startswith(b"id: ")]
        return found


async def _append(store: SqliteStore, connections: list[Connection]) -> None:
    """Append a record, and wait until the connections have it."""
    (answer,) = await store.append("quay", "Ada", [mail()])
    assert isinstance(answer, Appended)
    async with asyncio.timeout(SECONDS):
        for one in connections:
            await one.wait_for(answer.receipt.seq)


async def test_desks_at_the_newest_position_are_written_to_in_one_pass(store: SqliteStore) -> None:
    counted, connections = Counted(store), [Connection() for _ in range(600)]
    reader = FeedReader(counted, Event())  # type: ignore[arg-type] # as above
    desks = [asyncio.create_task(reader.read("quay", 0, SECONDS, one)) for one in connections]
    await asyncio.sleep(0)
    for _ in range(3):
        await _append(store, connections)
    assert counted.reads == 3
    assert {tuple(one.seqs) for one in connections} == {(1, 2, 3)}
    assert not any(desk.done() for desk in desks), "nobody has had a turn for a record"
    for desk in desks:
        desk.cancel()
    await asyncio.gather(*desks, return_exceptions=True)
    assert reader._groups == {}


async def test_a_slow_desk_leaves_the_others_and_misses_nothing(store: SqliteStore) -> None:
    slow, quick = Connection(room=1), Connection()
    reader = FeedReader(store, Event())
    waiting = [asyncio.create_task(reader.read("quay", 0, SECONDS, one)) for one in (slow, quick)]
    await asyncio.sleep(0)
    for _ in range(3):
        await _append(store, [quick])
    assert await waiting[0] == (1, b"")
    assert quick.seqs == [1, 2, 3]
    slow.room = 1_000
    late = asyncio.create_task(reader.read("quay", 1, SECONDS, slow))
    await _append(store, [slow, quick])
    assert slow.seqs == quick.seqs == [1, 2, 3, 4]
    for desk in (waiting[1], late):
        desk.cancel()
    await asyncio.gather(waiting[1], late, return_exceptions=True)


@pytest.mark.parametrize("how", ["the service ends it", "its event is set"])
async def test_all_end_with_the_service(store: SqliteStore, how: str) -> None:
    stopping = Event()
    reader = FeedReader(store, stopping)
    waiting = [asyncio.create_task(reader.read("quay", 0, 3_600.0, Connection())) for _ in range(3)]
    await asyncio.sleep(0)
    if how == "the service ends it":
        reader.stop()
    else:
        stopping.set()
    async with asyncio.timeout(SECONDS):
        assert await asyncio.gather(*waiting) == [(0, b"")] * 3
