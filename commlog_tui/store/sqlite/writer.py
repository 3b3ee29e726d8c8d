"""The one thread that writes: jobs that wait together are committed together."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, Final

import apsw

from commlog_tui.records.errors import LogError
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite.connection import plain_error
from commlog_tui.store.sqlite.schema_check import require_current_schema
from commlog_tui.store.sqlite.scrubbing import Scrubber

Work = Callable[[apsw.Connection], Any]

_MOST_TOGETHER: Final = 256


@dataclass(slots=True)
class _Job:
    work: Work
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    scrub: bool
    is_probe: bool
    answer: Any = None
    error: Exception | None = None


class Writer:
    """Runs jobs on its connection in a thread of its own, and answers them once they are durable.

    Jobs run in the order they came. Each that has neighbours has a savepoint (which makes a large
    job several times slower), so that one that fails takes nothing of them with it; a commit that
    fails fails every job in it.
    """

    def __init__(self, connection: apsw.Connection, committed: Callable[[], None]) -> None:
        self._connection = connection
        self._committed = committed
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self._scrubber = Scrubber(connection, lambda: not self._jobs.empty())
        self._last_write = 0.0
        self._schema_version = -1
        self._thread = Thread(target=self._run, name="commlog-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Work, *, scrub: bool = False, is_probe: bool = False) -> Any:  # noqa: ANN401 - each job has an answer of its own kind
        """Do the work in the next transaction and return its answer once that is on the disk.

        With ``scrub``, the bytes of what was removed are overwritten by then too, where nobody is
        in the way; else that is tried again until it is done, between the jobs, and no job waits
        for it. A probe only tries whether writing works.
        """
        if self._closed:
            raise StoreUnavailableError("The log is closed. Nothing was written.")
        loop = asyncio.get_running_loop()
        job = _Job(work, loop, loop.create_future(), scrub, is_probe)
        self._jobs.put(job)
        return await asyncio.shield(job.future)

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
        jobs = [first]
        with suppress(Empty):
            while len(jobs) < _MOST_TOGETHER:
                job = self._jobs.get_nowait()
                if job is None:
                    return jobs, False
                jobs.append(job)
        return jobs, True

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._require_known_schema()
            if len(jobs) == 1:
                jobs[0].answer = jobs[0].work(self._connection)
            else:
                for job in jobs:
                    self._do(job)
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
            return
        self._answer(jobs, scrub=False)
        self._answer(jobs, scrub=True)

    def _answer(self, jobs: list[_Job], *, scrub: bool) -> None:
        for job in jobs:
            if job.scrub is scrub:
                with suppress(RuntimeError):  # the loop that asked is gone
                    job.loop.call_soon_threadsafe(_answer, job)

    def _require_known_schema(self) -> None:
        """Compare the schema again when anybody has changed it. Raises ``DamagedLogError``."""
        version = int(self._connection.pragma("schema_version"))
        if version != self._schema_version:
            require_current_schema(self._connection)
            self._schema_version = version

    def _do(self, job: _Job) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            job.answer = job.work(self._connection)
        except (LogError, ValueError) as error:
            self._connection.execute("ROLLBACK TO job")
            job.error = error
        self._connection.execute("RELEASE job")

    def _roll_back(self) -> None:
        with suppress(apsw.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def _answer(job: _Job) -> None:
    if job.future.done():
        return
    if job.error is not None:
        job.future.set_exception(job.error)
    else:
        job.future.set_result(job.answer)
