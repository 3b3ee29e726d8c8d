"""Group commit: what waits while a location is being written to is recorded in the next transaction."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.append import append
from commlog_tui.store.postgresql.database import Database

Answers = list[Appended | LogError]

_MOST_ITEMS: Final = 10_000


@dataclass(slots=True)
class _Job:
    actor: str
    items: Sequence[Item]
    future: asyncio.Future[Answers]


@dataclass(slots=True)
class _Queue:
    jobs: deque[_Job] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class Appender:
    """Appends to the locations of one database, in the order of the requests of each."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queues: dict[str, _Queue] = {}

    async def append(self, location: Location, actor: str, items: Sequence[Item]) -> Answers:
        """Return the answers to the items once they are durable.

        A request that is given up is recorded all the same.
        """
        queue = self._queues.setdefault(location.id, _Queue())
        job = _Job(actor, items, asyncio.get_running_loop().create_future())
        queue.jobs.append(job)
        if queue.task is None or queue.task.done():
            queue.task = asyncio.create_task(self._drain(location, queue), name=f"commlog-append-{int(location.no)}")
        return await asyncio.shield(job.future)

    async def close(self) -> None:
        """Wait until all that waits is recorded."""
        tasks = [queue.task for queue in self._queues.values() if queue.task is not None and not queue.task.done()]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _drain(self, location: Location, queue: _Queue) -> None:
        while queue.jobs:
            jobs = _take(queue.jobs)
            try:
                answers = await self._record(location, jobs)
            except LogError as error:
                _fail(jobs, error)
            except Exception as error:  # noqa: BLE001 - whatever it was, everyone who waits must hear of it
                if len(jobs) == 1:
                    _fail(jobs, error)
                else:
                    await self._each_alone(location, jobs)
            except BaseException:
                _fail(jobs, StoreUnavailableError("The log is closed. Nothing was written."))
                raise
            else:
                for job, answer in zip(jobs, answers, strict=True):
                    if not job.future.done():
                        job.future.set_result(answer)

    async def _each_alone(self, location: Location, jobs: Sequence[_Job]) -> None:
        """Record jobs one by one, so that a faulty one takes nothing of the others with it."""
        for job in jobs:
            try:
                (answers,) = await self._record(location, [job])
            except Exception as error:  # noqa: BLE001 - as above
                _fail([job], error)
            else:
                job.future.set_result(answers)

    async def _record(self, location: Location, jobs: Sequence[_Job]) -> list[Answers]:
        items = [item for job in jobs for item in job.items]
        actors = [job.actor for job in jobs for _ in job.items]
        answers = iter(await self._database.write(lambda view: append(self._database, view, location, items, actors)))
        return [[next(answers) for _ in job.items] for job in jobs]


def _take(jobs: deque[_Job]) -> list[_Job]:
    """Return the jobs to record together: all that wait, as far as a transaction is not too large."""
    taken = [jobs.popleft()]
    count = len(taken[0].items)
    while jobs and count + len(jobs[0].items) <= _MOST_ITEMS:
        count += len(jobs[0].items)
        taken.append(jobs.popleft())
    return taken


def _fail(jobs: Sequence[_Job], error: Exception) -> None:
    for job in jobs:
        if not job.future.done():
            job.future.set_exception(error)
