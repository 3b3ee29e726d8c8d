"""A log that is opened again, by several stores at once, and from other processes."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from commlog_tui.contract.location import NewLocation
from commlog_tui.store.protocol import Store
from tests.patience import PATIENCE
from tests.store.conftest import OpenLog
from tests.store.factory import NOON, QUAY, ask, mail, put

_OTHER_PROCESS = """
import asyncio, sys
from commlog_tui.store.opening import open_store
from tests.store.factory import mail, put

async def main():
    store = open_store(sys.argv[1])
    for _ in range(20):
        await put(store, mail())
    await store.close()

asyncio.run(main())
"""


async def test_what_was_acknowledged_is_there_after_opening_again(open_log: OpenLog) -> None:
    first = open_log()
    await first.create_location(QUAY)
    given = mail()
    (answer,) = await put(first, given)
    await first.close()
    second = open_log()
    assert (await second.detail("quay", given.id)).receipt == answer.receipt
    await second.close()


async def test_the_clock_is_asked_once_for_each_record(open_log: OpenLog) -> None:
    def ticks() -> Iterator[datetime]:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        while True:
            yield now
            now += timedelta(seconds=1)

    clock = ticks()
    store = open_log(clock=lambda: next(clock))
    await store.create_location(QUAY)
    given = mail(events=[{"kind": "sent", "at": NOON}])
    await put(store, given, given, mail())
    moments = [(await store.detail("quay", given.id)).events[0].recorded_at, next(clock)]
    assert [moment.second for moment in moments] == [1, 3]
    await store.close()


async def test_two_stores_and_another_process_write_one_dense_log(store: Store, open_log: OpenLog, url: str) -> None:
    other = open_log()
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OTHER_PROCESS, url, cwd=root, stderr=subprocess.PIPE
    )
    for _ in range(10):
        await asyncio.gather(put(store, mail()), put(other, mail()))
    _, words = await process.communicate()
    assert process.returncode == 0, words
    assert (await store.location("quay")).seq == (await other.location("quay")).seq == 40
    assert [row.seq for row in await store.feed("quay", 0, 100)] == list(range(1, 41))
    assert (await ask(store)).total.count == 40
    await other.close()


async def test_waiting_ends_with_a_commit_here_or_elsewhere(store: Store, open_log: OpenLog) -> None:
    other = open_log()
    for position, writer in enumerate((store, other)):
        waiting = asyncio.create_task(store.wait("quay", position, PATIENCE))
        await put(writer, mail())
        assert await waiting
    assert not await store.wait("quay", 2, 0)
    await other.close()


async def test_a_location_without_a_country_keeps_numbers_as_they_are(open_log: OpenLog) -> None:
    store = open_log()
    await store.create_location(NewLocation(id="quay", name="At sea", zone="UTC"))
    given = mail(via="sms", to="07700 900123")
    await put(store, given)
    assert [entry.id for entry in (await ask(store, q="07700900123")).entries] == [given.id]
    assert [entry.id for entry in (await ask(store, to="07700-900-123")).entries] == [given.id]
    await store.close()
