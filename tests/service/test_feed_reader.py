"""What many desks ask for at the same time is read and encoded once."""

import asyncio
from typing import Any

import pytest

from commlog_tui.service.feed import FeedReader
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
    reader = FeedReader(counted)  # type: ignore[arg-type] # it reads the feed only
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
    reader = FeedReader(counted)  # type: ignore[arg-type] # as above
    desks = [asyncio.create_task(reader.read("quay", 0, SECONDS)) for _ in range(20)]
    await asyncio.sleep(0)
    await store.append("quay", "Ada", [mail()])
    assert {last for last, _ in await asyncio.gather(*desks)} == {1}
    assert (counted.waits, counted.reads) == (1, 1)


async def test_who_asks_later_gets_what_is_there_then(store: SqliteStore) -> None:
    await store.append("quay", "Ada", [mail()])
    reader = FeedReader(store)
    assert (await reader.read("quay", 0, SECONDS))[0] == 1
    await store.append("quay", "Ada", [mail()])
    assert (await reader.read("quay", 0, SECONDS))[0] == 2, "nothing is kept: it may have been redacted since"
    assert reader._reading == {}
    assert await reader.read("quay", 2, 0.0) == (2, b"")


async def test_one_who_leaves_takes_nothing_of_the_others(store: SqliteStore) -> None:
    await store.append("quay", "Ada", [mail()])
    reader = FeedReader(store)
    first, second = (asyncio.create_task(reader.read("quay", 0, SECONDS)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second)[0] == 1


async def test_trouble_is_everybodys(store: SqliteStore) -> None:
    await store.append("quay", "Ada", [mail()])
    counted = Counted(store)
    counted.error = StoreUnavailableError("No.")
    reader = FeedReader(counted)  # type: ignore[arg-type] # as above
    answers = await asyncio.gather(*(reader.read("quay", 0, SECONDS) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in answers] == [StoreUnavailableError] * 2
    with pytest.raises(StoreUnavailableError):
        await reader.read("quay", 0, SECONDS)
