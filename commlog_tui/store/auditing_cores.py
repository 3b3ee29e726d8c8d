"""Verifying the records of one location on several cores.

A record is verified by itself, and the tree over whole tiles is made of their hashes. Other
processes verify parts of many tiles each; a part in which anything is wrong is verified again here,
where it is reported as it would be without them.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from typing import Final

from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.verifier import SoundPart, Verifier
from commlog_tui.store.auditing import AuditedLocation, Progress

PART: Final = 1 << 16
"""Records of a part: 256 tiles."""
_FEWEST_PARTS: Final = 4
"""Below, starting a process takes longer than it saves."""
_MOST_WORKERS: Final = 8


Batches = Callable[[int, int | None], Iterable[Iterable[Row]]]
"""Returns the records of a location behind one position and to another, in this process's snapshot."""
Examine = Callable[[int, int], SoundPart | None]
"""Verifies the records behind one position and to another in a process of its own, see ``examined``."""


def feed_on_cores(
    batches: Batches,
    examine: Examine,
    location: AuditedLocation,
    verifier: Verifier,
    progress: Progress,
    *,
    part: int = PART,
    executor: Callable[[int], Executor] | None = None,
) -> bool:
    """Have the records of a location verified; see ``auditing.Audit.feed``."""

    def check(first: int, end: int | None) -> None:
        for rows in batches(first, end):
            verifier.check(rows)
            progress(verifier.records, location.count)

    workers = min(_cores(), location.count // part, _MOST_WORKERS)
    if location.count < _FEWEST_PARTS * part or workers <= 1:
        check(0, None)
        return False
    whole = location.count - location.count % part
    alone = {(size - 1) // part for size in verifier.roots_at}  # roots at sizes within a part are known here only
    shared = [first for first in range(0, whole, part) if first // part not in alone]
    with (executor or _processes)(workers) as pool:
        answers = _in_order(pool, examine, shared, part=part, workers=workers)
        for first in range(0, whole, part):
            found = next(answers) if first // part not in alone else None
            if found is None or not verifier.add(found):
                check(first, first + part)
            progress(verifier.records, location.count)
    check(whole, None)
    return True


def examined(location: str, first: int, end: int, batches: Iterable[Iterable[Row]]) -> SoundPart | None:
    """Verify the records behind one position and to another; None if anything is wrong with them."""
    verifier = Verifier(location, _next=first + 1)
    for rows in batches:
        verifier.check(rows)
    return verifier.part() if verifier.records == end - first else None


def _in_order(
    pool: Executor, examine: Examine, shared: list[int], *, part: int, workers: int
) -> Iterator[SoundPart | None]:
    """Yield what other processes found at each part, with two parts for each of them under way."""
    waiting: deque[Future[SoundPart | None]] = deque()
    for first in shared:
        waiting.append(pool.submit(examine, first, first + part))
        if len(waiting) > 2 * workers:
            yield _result(waiting.popleft())
    while waiting:
        yield _result(waiting.popleft())


def _result(future: Future[SoundPart | None]) -> SoundPart | None:
    with suppress(BrokenProcessPool, OSError):
        return future.result()
    return None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processes(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, get_context("spawn"))
