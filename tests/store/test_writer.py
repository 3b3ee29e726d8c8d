"""The writer thread: what waits together is done together, and fails apart."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import apsw
import pytest

from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import RedactedError
from commlog_tui.store.errors import UnknownLocationError
from commlog_tui.store.sqlite import checkpointing
from commlog_tui.store.sqlite import writer as writers
from commlog_tui.store.sqlite.connection import connect, number
from commlog_tui.store.sqlite.store import SqliteStore
from commlog_tui.store.sqlite.writer import Writer
from tests.patience import PATIENCE
from tests.store.factory import QUAY, mail


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    made = Writer(connect(tmp_path / "log.db"), lambda: None)
    yield made
    await made.close()


class Held:
    """Holds the writer in a job while others queue behind it."""

    def __init__(self, writer: Writer) -> None:
        self._go, self._begun = Event(), Event()
        self._job = asyncio.ensure_future(writer.run(self._wait))

    async def until(self, *jobs: Any) -> list[Any]:
        """Queue the jobs in their order, let go, and return what became of each."""
        await asyncio.to_thread(self._begun.wait, PATIENCE)
        waiting = [asyncio.ensure_future(job) for job in jobs]
        await asyncio.sleep(0)
        self._go.set()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        await self._job
        return answers

    def _wait(self, _connection: apsw.Connection) -> None:
        self._begun.set()
        self._go.wait(PATIENCE)


async def test_batches_with_one_key_are_done_at_once_and_answered_apart(writer: Writer) -> None:
    calls: list[list[int]] = []

    def double(_: apsw.Connection, items: Sequence[int]) -> list[int]:
        calls.append(list(items))
        return [2 * item for item in items]

    answers = await Held(writer).until(
        writer.run_batch("a", [1, 2], double), writer.run_batch("b", [7], double), writer.run_batch("a", [3], double)
    )
    assert answers == [[2, 4], [14], [6]]
    assert calls == [[1, 2, 3], [7]]


async def test_a_batch_does_not_pass_a_job_that_stands_alone(writer: Writer) -> None:
    order: list[Any] = []

    def note(_: apsw.Connection, items: Sequence[int]) -> list[int]:
        order.append(list(items))
        return list(items)

    await Held(writer).until(
        writer.run_batch("a", [1], note), writer.run(lambda _: order.append("alone")), writer.run_batch("a", [2], note)
    )
    assert order == [[1], "alone", [2]]


async def test_no_more_items_are_done_at_once_than_one_decision_takes(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "_MOST_ITEMS", 3)
    sizes: list[int] = []

    def note(_: apsw.Connection, items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        return list(items)

    await Held(writer).until(*(writer.run_batch("a", [number] * 2, note) for number in range(3)))
    assert sizes == [2, 2, 2]


@pytest.mark.parametrize("keys", ["aaa", "abc", "aba", "abb"])
@pytest.mark.parametrize("with_one_alone", [False, True])
async def test_one_that_fails_takes_nothing_of_those_beside_it(
    writer: Writer, keys: str, *, with_one_alone: bool
) -> None:
    def write(connection: apsw.Connection, items: Sequence[int]) -> list[int]:
        for item in items:
            connection.execute("INSERT INTO location (no, id, name, zone) VALUES (?, ?, 'x', 'UTC')", (item, str(item)))
            if item == 13:
                raise RedactedError("Refused.")
        return list(items)

    jobs = [writer.run_batch(key, [item], write) for key, item in zip(keys, (1, 13, 2), strict=True)]
    alone = [writer.run(lambda connection: connection.changes())] if with_one_alone else []
    good, bad, later, *_ = await Held(writer).until(*jobs, *alone)
    assert (good, later) == ([1], [2])
    assert isinstance(bad, RedactedError)
    rows = await writer.run(lambda connection: connection.execute("SELECT no FROM location ORDER BY no").fetchall())
    assert rows == [(1,), (2,)]


async def test_batches_of_which_none_fails_need_no_savepoint(tmp_path: Path) -> None:
    connection, statements = connect(tmp_path / "log.db"), list[str]()

    def note(_cursor: object, sql: str, _values: object) -> bool:
        statements.append(sql)
        return True

    connection.exec_trace = note
    writer = Writer(connection, lambda: None)
    held = Held(writer)
    await held.until(*(writer.run_batch(key, [1], lambda _, items: list(items)) for key in "aabc"))
    await writer.close()
    assert statements.count("COMMIT") == 2, "that which held the writer, and the others together"
    assert not [sql for sql in statements if "SAVEPOINT" in sql]


async def test_appends_beside_one_that_fails_are_as_if_it_had_not_been(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "log.db")
    await store.create_location(QUAY)
    calls = [store.append(location, "Ada", [mail()]) for location in ("quay", "nowhere", "quay")]
    first, failed, last = await Held(store.database.writer).until(*calls)
    ((after,),) = await asyncio.gather(store.append("quay", "Ada", [mail()]))
    detail = await store.location("quay")
    await store.close()
    assert isinstance(failed, UnknownLocationError)
    answers = [*first, *last, after]
    assert [answer.receipt.seq for answer in answers if isinstance(answer, Appended)] == [1, 2, 3]
    assert detail.seq == 3


async def test_calls_of_one_caller_are_decided_in_the_order_they_came(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "log.db")
    await store.create_location(QUAY)
    items = [mail() for _ in range(5)]
    calls = [store.append("quay", actor, [item]) for item in items for actor in ("Ada", "Ben")]
    answers = await Held(store.database.writer).until(*calls)
    await store.close()
    created = [answer.created for (answer,) in answers]
    seqs = [answer.receipt.seq for (answer,) in answers]
    assert created == [True, False] * 5, "the same entry from two callers is one"
    assert seqs[::2] == seqs[1::2] == [1, 2, 3, 4, 5]


async def test_after_a_commit_of_many_the_next_one_waits_while_more_come(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    paused, go = Event(), Event()

    def note(_: apsw.Connection, items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        return list(items)

    def pause(_seconds: float) -> None:
        paused.set()
        go.wait(PATIENCE)

    monkeypatch.setattr(writers, "sleep", pause)
    await Held(writer).until(*(writer.run_batch("a", [number], note) for number in range(8)))
    assert sizes == [8]
    first = asyncio.ensure_future(writer.run_batch("a", [8], note))
    assert await asyncio.to_thread(paused.wait, PATIENCE)
    second = asyncio.ensure_future(writer.run_batch("a", [9], note))
    await asyncio.sleep(0)
    go.set()
    assert [await first, await second] == [[8], [9]]
    assert sizes == [8, 2]
    paused.clear()
    assert await writer.run_batch("a", [10], note) == [10]
    assert not paused.is_set(), "after a commit of few nobody waits"


async def test_the_write_ahead_log_begins_anew_while_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointing, "AT", 20)
    monkeypatch.setattr(checkpointing, "_LARGEST", 1_000_000)
    path = tmp_path / "log.db"
    reader = connect(path)
    writer = Writer(connect(path), lambda: None, lambda: connect(path))
    fill = "INSERT INTO body SELECT ifnull(max(pk), 0) + 1, hex(randomblob(20000)) FROM body"
    sizes = []
    try:
        async with asyncio.timeout(PATIENCE):
            while True:  # each job writes some ten pages
                await writer.run(lambda c: c.execute(fill))
                sizes.append(writer._checkpointer._pages if writer._checkpointer else 0)
                if any(later < earlier for earlier, later in pairwise(sizes)):
                    break
        assert number(reader, "SELECT count(*) FROM body", ()) == len(sizes)
    finally:
        reader.close()
        await writer.close()


async def test_who_stops_waiting_ends_nothing_that_is_written(writer: Writer) -> None:
    held = Held(writer)
    await asyncio.to_thread(held._begun.wait, PATIENCE)
    job = asyncio.ensure_future(writer.run(lambda c: c.execute("INSERT INTO body VALUES (1, 'word')").fetchall()))
    await asyncio.sleep(0)
    job.cancel()
    held._go.set()
    await held._job
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await writer.run(lambda c: c.execute("SELECT pk FROM body").fetchall()) == [(1,)]
