"""The one thread that writes: jobs that wait together are committed together."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import Any, Final

import apsw

from commlog_tui.records.errors import LogError
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite.checkpointing import Checkpointer
from commlog_tui.store.sqlite.connection import plain_error, schema_version
from commlog_tui.store.sqlite.schema_check import require_current_schema
from commlog_tui.store.sqlite.scrubbing import Scrubber

Work = Callable[[apsw.Connection], Any]
BatchWork = Callable[[apsw.Connection, Sequence[Any]], Sequence[Any]]
"""Work on items that returns an answer to each, and may be done for those of several jobs at once."""

_MOST_TOGETHER: Final = 256
_MOST_ITEMS: Final = 2_000
"""Of several jobs that are done at once."""
_FEW: Final = 4
"""Jobs of a commit up to which the next one begins at once: somebody who is alone waits for nobody."""
_LINGER: Final = 0.006
_LINGER_STEP: Final = 0.002
"""Seconds that a commit waits for more jobs at most, and in which at least one more must come.

A commit costs as much as the work of some ten jobs, and takes the processor from who sends them.
"""


@dataclass(slots=True)
class _Job:
    work: Work
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    scrub: bool
    is_probe: bool
    key: Hashable = None
    """Jobs with the same key may be done at once; None for a job that stands alone."""
    batch_work: BatchWork | None = None
    items: Sequence[Any] = ()
    answer: Any = None
    error: Exception | None = None


class Writer:
    """Runs jobs on its connection in a thread of its own, and answers them once they are durable.

    Jobs run in the order they came, except that batches with the same key which wait together are
    done at once. If one of several jobs fails, it takes nothing of the others with it: each then has
    a savepoint, which makes a large job several times slower, so batches are first tried without.
    A commit that fails fails every job in it.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        committed: Callable[[], None],
        connect: Callable[[], apsw.Connection] | None = None,
    ) -> None:
        """``connect`` opens the same file for checkpoints; without it, SQLite does them at the end of a commit."""
        self._connection = connection
        self._checkpointer = None if connect is None else Checkpointer(connection, connect)
        self._committed = committed
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self._scrubber = Scrubber(connection, lambda: not self._jobs.empty())
        self._last_write = 0.0
        self._expected = 0
        """Jobs that are likely to come together."""
        self._schema_version = -1
        self._thread = Thread(target=self._run, name="commlog-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Work, *, scrub: bool = False, is_probe: bool = False) -> Any:  # noqa: ANN401 - each job has an answer of its own kind
        """Do the work in the next transaction and return its answer once that is on the disk.

        With ``scrub``, the bytes of what was removed are overwritten by then too, where nobody is
        in the way; else that is tried again until it is done, between the jobs, and no job waits
        for it. A probe only tries whether writing works.
        """
        loop = asyncio.get_running_loop()
        return await self._queue(_Job(work, loop, loop.create_future(), scrub, is_probe))

    async def run_batch(self, key: Hashable, items: Sequence[Any], work: BatchWork) -> Sequence[Any]:
        """Do the work on items in the next transaction; return their answers once that is on the disk.

        Items of calls with the same key, which must pass the same work, are worked on together where
        they wait together: one decision and a few statements for all of them.
        """
        loop = asyncio.get_running_loop()
        job = _Job(lambda connection: work(connection, items), loop, loop.create_future(), scrub=False, is_probe=False)
        job.key, job.batch_work, job.items = key, work, items
        answers: Sequence[Any] = await self._queue(job)
        return answers

    def _queue(self, job: _Job) -> asyncio.Future[Any]:
        if self._closed:
            raise StoreUnavailableError("The log is closed. Nothing was written.")
        self._jobs.put(job)
        return job.future  # who stops waiting cancels it, and nothing else

    @property
    def is_writing_anew(self) -> bool:
        """Whether the whole file is being rewritten now, to overwrite redacted data."""
        return self._scrubber.is_writing_anew

    async def close(self) -> None:
        """Finish the jobs that wait, then end the thread and let go of the connection."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        going = True
        while going:
            jobs, going = self._gather()
            if jobs:
                self._commit(jobs)
            elif going:
                self._scrubber.attempt(monotonic() - self._last_write)
        if self._checkpointer is not None:
            self._checkpointer.close()
        self._scrubber.attempt(float("inf"), is_awaited=True)
        self._connection.close()

    def _gather(self) -> tuple[list[_Job], bool]:
        """Return the waiting jobs, none when scrubbing is due, and whether there may be more."""
        try:
            first = self._jobs.get(timeout=self._scrubber.wait())
        except Empty:
            return [], True
        if first is None:
            return [], False
        if self._expected > _FEW:
            self._linger()
        jobs = [first]
        with suppress(Empty):
            while len(jobs) < _MOST_TOGETHER:
                job = self._jobs.get_nowait()
                if job is None:
                    return jobs, False
                jobs.append(job)
        self._expected = max(len(jobs), self._expected // 2)
        return jobs, True

    def _linger(self) -> None:
        """Wait while jobs are coming in, until there are as many as are likely to come."""
        waiting, deadline = -1, monotonic() + _LINGER
        while waiting < self._jobs.qsize() < self._expected - 1 and monotonic() < deadline:
            waiting = self._jobs.qsize()
            sleep(_LINGER_STEP)

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            self._begin()
            if len(jobs) == 1:
                jobs[0].answer = jobs[0].work(self._connection)
            elif not self._do_at_once(groups := _grouped(jobs)):
                for group in groups:
                    self._do(group)
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, everyone who waits must hear of it
            self._roll_back()
            for job in jobs:
                job.error = plain_error(error) if isinstance(error, apsw.Error) else error
        else:
            self._committed()
            self._answer(jobs, scrub=False)
            if any(job.scrub for job in jobs):
                self._scrubber.request()
                self._scrubber.attempt(monotonic() - self._last_write, is_awaited=True)
            if not all(job.is_probe for job in jobs):
                self._last_write = monotonic()
            self._answer(jobs, scrub=True)
            if self._checkpointer is not None:
                self._checkpointer.after_commit()
            return
        self._answer(jobs, scrub=False)
        self._answer(jobs, scrub=True)

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._require_known_schema()

    def _do_at_once(self, groups: list[list[_Job]]) -> bool:
        """Do the work of batches without savepoints; return False, with a new transaction, if it has to be done apart.

        Within a savepoint, SQLite copies each page before it changes: half as much work again.
        """
        if any(group[0].key is None for group in groups):
            return False
        try:
            for group in groups:
                _work(group, self._connection)
        except (LogError, ValueError):
            self._connection.execute("ROLLBACK")
            self._begin()
            return False
        return True

    def _answer(self, jobs: list[_Job], *, scrub: bool) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
        for job in jobs:
            if job.scrub is scrub:
                by_loop.setdefault(job.loop, []).append(job)
        for loop, answered in by_loop.items():
            with suppress(RuntimeError):  # the loop that asked is gone
                loop.call_soon_threadsafe(_answer_all, answered)

    def _require_known_schema(self) -> None:
        """Compare the schema again when anybody has changed it. Raises ``DamagedLogError``."""
        version = schema_version(self._connection)
        if version != self._schema_version:
            require_current_schema(self._connection)
            self._schema_version = version

    def _do(self, group: list[_Job]) -> None:
        """Do the work of jobs at once; if that fails, of each, as it may be one that is at fault."""
        self._connection.execute("SAVEPOINT job")
        try:
            _work(group, self._connection)
        except (LogError, ValueError) as error:
            self._connection.execute("ROLLBACK TO job")
            if len(group) == 1:
                group[0].error = error
            else:
                for job in group:
                    self._do([job])
        self._connection.execute("RELEASE job")

    def _roll_back(self) -> None:
        with suppress(apsw.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _grouped(jobs: list[_Job]) -> list[list[_Job]]:
    """Return the jobs in groups to be done at once, in the order in which the first of each came.

    No batch passes a job that stands alone.
    """
    groups: list[list[_Job]] = []
    open_groups: dict[Hashable, list[_Job]] = {}
    for job in jobs:
        group = open_groups.get(job.key)
        if job.key is None:
            open_groups.clear()
        if group is not None and sum(len(one.items) for one in group) + len(job.items) <= _MOST_ITEMS:
            group.append(job)
            continue
        groups.append([job])
        if job.key is not None:
            open_groups[job.key] = groups[-1]
    return groups


def _work(group: list[_Job], connection: apsw.Connection) -> None:
    """Do the work of jobs with the same key, or of one job, and give each its answer."""
    first = group[0]
    if len(group) == 1 or first.batch_work is None:
        first.answer = first.work(connection)
        return
    answers = iter(first.batch_work(connection, [item for job in group for item in job.items]))
    for job in group:
        job.answer = list(islice(answers, len(job.items)))


def _answer_all(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.answer)
