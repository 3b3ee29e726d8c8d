"""Verifying on several cores finds what verifying on one does."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from commlog_tui.ledger.verifier import Verifier
from commlog_tui.store import auditing_cores
from commlog_tui.store.auditing import AuditedLocation
from commlog_tui.store.auditing_cores import feed_on_cores
from commlog_tui.store.sqlite import auditing
from tests.store.tampering import COUNT, log, pk, rewrite, sound, tampered, verified

__all__ = ["log", "sound"]

TILE = 256


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing_cores, "_cores", lambda: 2)
    monkeypatch.setattr(auditing_cores, "_FEWEST_PARTS", 2)


def on_cores(
    path: Path, executor: Callable[[int], Executor] = ThreadPoolExecutor, roots_at: frozenset[int] = frozenset()
) -> Verifier:
    verifier, steps = Verifier("quay", roots_at), list[tuple[int, int]]()
    with auditing.opened(path) as connection:
        ((key, name, count),) = [one for one in auditing.locations(connection) if one[1] == "quay"]
        location = AuditedLocation(key, name, count)
        shared = feed_on_cores(
            partial(auditing.batches, connection, key), partial(auditing.examine, path, key, name), location, verifier,
            lambda *step: steps.append(step), part=TILE, executor=executor,
        )  # fmt: skip
        auditing.finish(connection, key, verifier)
    assert shared
    assert steps == sorted(steps)
    assert steps[-1] == (verifier.records, count)
    return verifier


def test_a_sound_log_has_the_same_root_and_counts(log: Path) -> None:
    alone, together = verified(log), on_cores(log)
    assert (together.faults, together.records, together.redacted) == ([], COUNT, alone.redacted)
    assert together.root() == alone.root() is not None


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 513, COUNT])
def test_roots_at_sizes_are_known_wherever_they_lie(log: Path, size: int) -> None:
    sizes = frozenset({size})
    assert on_cores(log, roots_at=sizes).roots == verified(log, roots_at=sizes).roots != {}


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE record SET recorded_at = 1 WHERE pk = {pk(300)}",
        f"DELETE FROM personal WHERE pk = {pk(256)}",
        f"DELETE FROM record WHERE pk = {pk(257)}",
        f"DELETE FROM record WHERE pk BETWEEN {pk(200)} AND {pk(280)}",
        f"DELETE FROM record WHERE pk > {pk(520)}",
        "UPDATE node SET hash = zeroblob(32)",
        "DELETE FROM head",
        "DELETE FROM form",
    ],
)
def test_what_is_wrong_is_reported_as_by_one_process(log: Path, change: str) -> None:
    with tampered(log) as connection:
        connection.execute(change)
    alone, together = verified(log), on_cores(log)
    assert together.faults == alone.faults != []
    assert (together.records, together.more_faults) == (alone.records, alone.more_faults)


def test_processes_of_their_own_do_the_same(log: Path) -> None:
    def processes(workers: int) -> Executor:
        return ProcessPoolExecutor(workers, get_context("spawn"))

    assert on_cores(log, processes).root() == verified(log).root()
    with tampered(log) as connection:
        rewrite(connection, 300, b"{}")
    assert {fault.seq for fault in on_cores(log, processes).faults} == {300}


def test_a_process_that_is_killed_leaves_its_part_to_this_one(log: Path) -> None:
    class Killed(ThreadPoolExecutor):
        @override
        def submit(self, *_arguments: Any, **_options: Any) -> Future[Any]:
            future = Future[Any]()
            future.set_exception(BrokenProcessPool("killed"))
            return future

    together = on_cores(log, Killed)
    assert (together.faults, together.records) == ([], COUNT)


def test_a_small_location_is_verified_by_one_process(log: Path) -> None:
    verifier = Verifier("pier")
    with auditing.opened(log) as connection:
        location = AuditedLocation(2, "pier", 1)
        batches, examine = partial(auditing.batches, connection, 2), partial(auditing.examine, log, 2, "pier")
        assert not feed_on_cores(batches, examine, location, verifier, lambda _done, _total: None)
    assert (verifier.faults, verifier.records) == ([], 1)
