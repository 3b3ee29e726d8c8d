"""Those who wait for a location's next record."""

import asyncio
from collections.abc import Collection
from threading import Thread

import pytest

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite import followers
from commlog_tui.store.sqlite.followers import Followers
from tests.patience import PATIENCE


class Log:
    """Positions of locations, and what was asked of them."""

    def __init__(self) -> None:
        self.seqs = {1: 0, 2: 0}
        self.reads: list[set[int]] = []
        self.error: Exception | None = None
        self.followers = Followers(self._read)

    def _read(self, locations: Collection[int]) -> dict[int, int]:
        self.reads.append(set(locations))
        if self.error is not None:
            raise self.error
        return {location: self.seqs[location] for location in locations}


@pytest.fixture(autouse=True)
def _no_look_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_LOOK_EVERY", "_QUIET_EVERY"):
        monkeypatch.setattr(followers, name, PATIENCE)


async def test_those_who_begin_to_wait_together_share_one_read() -> None:
    log = Log()
    tasks = [asyncio.create_task(log.followers.wait(1, 0, PATIENCE)) for _ in range(50)]
    await asyncio.sleep(0)
    log.seqs[1] = 1
    assert log.reads == [{1}]
    log.followers.wake()
    assert await asyncio.gather(*tasks) == [True] * 50
    assert log.reads == [{1}, {1}], "a commit in the same turn of the loop is looked at"


async def waiting(log: Log, location: int, after: int, count: int) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.create_task(log.followers.wait(location, after, PATIENCE)) for _ in range(count)]
    await asyncio.sleep(0)
    log.reads.clear()
    return tasks


async def test_what_is_there_is_not_waited_for() -> None:
    log = Log()
    log.seqs[1] = 3
    assert await log.followers.wait(1, 2, PATIENCE)
    assert not await log.followers.wait(1, 3, 0)


async def test_a_commit_wakes_those_of_its_location_with_one_read() -> None:
    log = Log()
    here, there = await waiting(log, 1, 0, 50), await waiting(log, 2, 0, 1)
    log.seqs[1] = 1
    for _ in range(3):
        log.followers.wake()
    assert await asyncio.gather(*here) == [True] * 50
    assert log.reads == [{1, 2}], "one look for commits that come together"
    assert not there[0].done()
    log.seqs[2] = 1
    log.followers.wake()
    assert await there[0]
    assert log.reads[1:] == [{2}]


async def test_who_gives_up_or_leaves_is_forgotten() -> None:
    log = Log()
    (task,) = await waiting(log, 1, 0, 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await log.followers.wait(1, 0, 0)
    log.reads.clear()
    log.followers.wake()
    await asyncio.sleep(0)
    assert log.reads == []


async def test_trouble_of_the_store_is_everybodys() -> None:
    log = Log()
    tasks = await waiting(log, 1, 0, 2)
    log.error = StoreUnavailableError("The log cannot be read.")
    log.followers.wake()
    assert [type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)] == [StoreUnavailableError] * 2


@pytest.mark.parametrize(("interval", "is_busy"), [("_LOOK_EVERY", True), ("_QUIET_EVERY", False)])
async def test_another_process_wakes_nobody_and_is_noticed(
    monkeypatch: pytest.MonkeyPatch, interval: str, is_busy: bool
) -> None:
    monkeypatch.setattr(followers, "_QUIET_AFTER", PATIENCE)
    monkeypatch.setattr(followers, interval, 0.01)
    log = Log()
    if is_busy:
        log.followers.wake()
    (task,) = await waiting(log, 1, 0, 1)
    log.seqs[1] = 1
    assert await task


async def test_loops_of_several_threads_are_woken_each() -> None:
    log, answers = Log(), list[bool]()
    there = Thread(target=lambda: answers.append(asyncio.run(log.followers.wait(1, 0, PATIENCE))))
    there.start()
    here = asyncio.create_task(log.followers.wait(1, 0, PATIENCE))
    while len(log.followers._groups) < 2:  # noqa: ASYNC110 - the other thread has no event of this loop
        await asyncio.sleep(0.001)
    log.seqs[1] = 1
    log.followers.wake()
    assert await here
    await asyncio.to_thread(there.join, PATIENCE)
    assert answers == [True]
