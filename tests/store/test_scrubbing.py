"""Overwriting what a redaction has left holds nobody up, and is done in the end, whoever is in the way meanwhile."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import apsw
import pytest

from commlog_tui.store.sqlite import scrubbing
from commlog_tui.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE
from tests.store.databases import SqliteFile
from tests.store.factory import QUAY, accepted, ids, mail, put, redaction
from tests.store.test_redaction import TRACES, secret

READER = """
import sys
import apsw
connection = apsw.Connection(sys.argv[1], flags=apsw.SQLITE_OPEN_READONLY)
connection.execute("BEGIN; SELECT count(*) FROM record").fetchall()
print("reading", flush=True)
sys.stdin.readline()
connection.close()
"""


@asynccontextmanager
async def read_elsewhere(path: Path) -> AsyncIterator[None]:
    """Hold a read view of the log in another process."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", READER, str(path), stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    assert await process.stdout.readline() == b"reading\n"
    try:
        yield
    finally:
        process.stdin.close()
        await process.wait()


def traces(path: Path) -> list[str]:
    """Return what is left of the secrets in the file, unused space included."""
    file = SqliteFile(path.parent.parent)
    return [trace for trace in TRACES if file.holds(trace)]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
async def log(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore.open(path)
    await store.create_location(QUAY)
    yield store
    await store.close()


async def test_a_reader_elsewhere_holds_up_no_write_and_the_bytes_go_without_another(
    log: SqliteStore, path: Path
) -> None:
    given = secret()
    await put(log, given)
    async with read_elsewhere(path):
        async with asyncio.timeout(scrubbing.BUSY_MILLISECONDS / 1000):  # one wait for the reader takes as long
            await put(log, redaction(given))
            for _ in range(20):
                await put(log, mail())
                await log.check_writable()
        assert not await log.is_scrubbed()
        assert traces(path)
    await until(log.is_scrubbed)
    assert traces(path) == []
    assert len(await ids(log)) == 21


async def test_a_reader_elsewhere_does_not_let_the_files_grow_with_every_try(log: SqliteStore, path: Path) -> None:
    given = secret(body="x" * 90_000)
    await put(log, given, *(mail(body="y" * 50_000) for _ in range(20)))
    wal = path.with_name(f"{path.name}-wal")
    tries = 0
    scrubber = log.database.writer._scrubber
    really = scrubber._try

    def counted(quiet_for: float, *, is_awaited: bool) -> bool:
        nonlocal tries
        tries += 1
        return really(quiet_for, is_awaited=is_awaited)

    scrubber._try = counted  # type: ignore[method-assign] # counts the tries
    async with read_elsewhere(path):
        await put(log, redaction(given))
        before = wal.stat().st_size
        await until(lambda: _is(lambda: tries >= 4))
        assert wal.stat().st_size == before
    await until(log.is_scrubbed)


async def _is(condition: Callable[[], bool]) -> bool:
    return condition()


async def test_a_large_log_waits_for_a_quiet_time(
    log: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "_AT_ONCE", 1)
    monkeypatch.setattr(scrubbing, "_BYTES_A_SECOND", 1)  # no log is quiet for as many seconds as it has bytes
    given = secret()
    await put(log, given)
    await put(log, redaction(given))
    assert not await log.is_scrubbed()
    monkeypatch.setattr(scrubbing, "_BYTES_A_SECOND", 1 << 60)
    await until(log.is_scrubbed)
    assert traces(path) == []


async def test_writing_the_file_anew_gives_way_to_who_wants_to_write(
    log: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "_STEPS", 1)
    monkeypatch.setattr(scrubbing, "_GIVE_WAY_AFTER", 0.0)
    given = secret()
    await put(log, given, *(mail(body="y" * 500) for _ in range(200)))
    scrubber = log.database.writer._scrubber
    wanted = True
    scrubber._is_wanted_elsewhere = lambda: wanted
    (answer,) = await put(log, redaction(given))
    assert answer.created
    assert not await log.is_scrubbed()
    assert len(await put(log, mail())) == 1
    wanted = False
    await until(log.is_scrubbed)
    assert traces(path) == []


async def test_what_another_process_redacts_meanwhile_is_not_forgotten(log: SqliteStore, path: Path) -> None:
    first, second = secret(), secret()
    await put(log, first, second)
    scrubber = log.database.writer._scrubber
    really = scrubber._write_anew

    times = 0

    def interrupted(longest: float) -> None:
        nonlocal times
        times += 1
        really(longest)
        if times == 1:
            with closing(apsw.Connection(str(path))) as other:
                scrubbing.require(other)

    scrubber._write_anew = interrupted  # type: ignore[method-assign] # another redaction comes in between
    await put(log, redaction(first))
    await until(log.is_scrubbed)
    assert times == 2


async def test_a_log_that_was_left_with_bytes_to_overwrite_does_it_when_asked(path: Path) -> None:
    store = SqliteStore.open(path)
    await store.create_location(QUAY)
    given = secret()
    await put(store, given)
    async with read_elsewhere(path):
        await put(store, redaction(given))
        await store.close()
        later = SqliteStore.open(path)
        assert not await later.is_scrubbed()
        await later.scrub()
        (answer,) = await later.append("quay", "sender", [mail()])
        assert accepted(answer).created
    await until(later.is_scrubbed)
    assert traces(path) == []
    await later.close()


async def test_readers_of_the_same_process_do_not_keep_a_redaction_from_being_whole(
    log: SqliteStore, path: Path
) -> None:
    """Every commit wakes the feeds, which read just while the bytes are overwritten."""
    given = [secret() for _ in range(10)]
    await put(log, *given)
    ended = False

    async def feed() -> None:
        position = 0
        while not ended:
            await log.wait("quay", position, 0.2)
            position += len(await log.feed("quay", position, 100))

    feeds = [asyncio.create_task(feed()) for _ in range(8)]
    for entry in given:
        await put(log, redaction(entry))
    await until(log.is_scrubbed)
    ended = True
    await asyncio.gather(*feeds)
    assert traces(path) == []
