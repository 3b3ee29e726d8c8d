"""PostgreSQL: kill -9 of processes of the service, and cuts of the whole database server.

A cut stops every process of the server at one instant and kills it: what was in its memory is gone,
as it is when a machine loses its power. What the kernel holds for the disk survives, unlike then:
``fsync = off`` would not be seen by this, ``synchronous_commit = off`` is. The server runs with the
last one as a negative control.
"""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

import psycopg

from tests.patience import PATIENCE
from tests.postgresql.cluster import OWNER, SUPERUSER, Cluster
from tests.prove.figures import Findings, Proof
from tests.prove.running_service import RunningService
from tests.prove.server_auditing import audit_server
from tests.prove.service_kill import Writers, promises_of

_WRITERS: Final = 8
_PROCESSES: Final = 3
_MOST_ANSWERS: Final = 60
_ALL: Final = 0.2
"""Share of the kills that hit the process which watches the others, too."""
_UNSAFE: Final = """
from commlog_tui.store.postgresql import connection
connection._SETTINGS = connection._SETTINGS.replace("synchronous_commit = on", "synchronous_commit = off")
from commlog_tui.cli.app import run
run()
"""


_LATE: Final = {"wal_writer_delay": "10s", "wal_writer_flush_after": "1GB"}
"""Settings of the control: by default, what was not waited for reaches the disk 0.2 seconds later."""


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def cut(cluster: Cluster) -> None:
    """Stop all processes of a server at once, and kill them: nothing of them is done after this."""
    assert cluster.process is not None
    server = cluster.process.pid
    os.kill(server, signal.SIGSTOP)  # it starts no more
    below = children(server)
    for how in (signal.SIGSTOP, signal.SIGKILL):
        for one in below:
            with suppress(ProcessLookupError):
                os.kill(one, how)
    cluster.process.kill()
    cluster.process.wait()
    cluster.process = None


def database(cluster: Cluster) -> str:
    """Create a database and return its URL."""
    with psycopg.connect(cluster.url("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE log OWNER {OWNER}")
    return cluster.url("log")


async def kill_processes(folder: Path, url: str, seed: int, count: int) -> Findings:
    """Kill a process of the service so many times, at times all of them, then look at every record."""
    dice = Random(seed)
    async with RunningService(folder, url, "--workers", str(_PROCESSES)) as service:
        writers = Writers([service.client(timeout=PATIENCE) for _ in range(_WRITERS)], dice)
        writing = asyncio.ensure_future(writers.run())
        for _ in range(count):
            await writers.answers(dice.randrange(1, _MOST_ANSWERS))
            running = children(service.process)
            if dice.random() < _ALL or not running:
                service.kill()
                service.start()
            else:
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(running), signal.SIGKILL)
        await _finish(service, writers, writing)
    done = f"{count} kills of {_PROCESSES} processes under {_WRITERS} writers"
    return _look(url, writers, "kill -9 of processes, PostgreSQL", done)


async def cut_often(cluster: Cluster, folder: Path, url: str, seed: int, count: int, *, safe: bool) -> Findings:
    """Cut the server so many times, each at the instant of an answer, then look at every record."""
    dice = Random(seed)
    settings = {} if safe else _LATE
    program = ("-m", "commlog_tui") if safe else ("-c", _UNSAFE)
    async with RunningService(folder, url, program=program) as service:
        writers = Writers([service.client(timeout=PATIENCE) for _ in range(_WRITERS)], dice)
        writing = asyncio.ensure_future(writers.run())
        for _ in range(count):
            await writers.answers(dice.randrange(1, _MOST_ANSWERS))
            cut(cluster)
            await asyncio.to_thread(cluster.start, **settings)
        await _finish(service, writers, writing)
    run = "power cut of PostgreSQL" if safe else "PostgreSQL, synchronous_commit=off"
    return _look(url, writers, run, f"{count} cuts under {_WRITERS} writers", is_control=not safe)


async def _finish(service: RunningService, writers: Writers, writing: asyncio.Future[None]) -> None:
    await service.ready()
    await writers.answers(1)
    writers.stopping = True
    await writing
    await writers.close()


def _look(url: str, writers: Writers, run: str, done: str, *, is_control: bool = False) -> Findings:
    found = audit_server(url, projections=not is_control)
    promises = promises_of(writers)
    doubled = max(len(found.records) - len(writers.entries) + len(writers.contradictions), 0)
    unanswered = len(writers.entries) - len(writers.receipts)
    faults = (*found.faults, *writers.contradictions, *([f"{unanswered} keys without an answer"] * bool(unanswered)))
    lost = len(found.lost(promises))
    return Findings(run, done, len(promises), lost, 0 if is_control else doubled, faults, is_control)


@contextmanager
def served_database(home: Path, **settings: str) -> Iterator[tuple[Cluster, str]]:
    """Run a cluster with one database; keys of its log go below the folder. Raises ``NoServerError``."""
    cluster = Cluster.create()
    home.mkdir()
    try:
        cluster.start(**settings)
        cluster.create_owner()
        with patch.dict(os.environ, {"XDG_DATA_HOME": str(home / "share")}):
            yield cluster, database(cluster)
    finally:
        cluster.remove()


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """Kill the service, cut the server, and cut one that may lose what it acknowledged."""
    found = []
    with served_database(folder / "kill") as (_, url):
        found.append(asyncio.run(kill_processes(folder / "kill", url, seed, count)))
    for name, times, settings in (("cut", count, {}), ("control", max(count // 10, 5), _LATE)):
        with served_database(folder / name, **settings) as (cluster, url):
            cuts = cut_often(cluster, folder / name, url, seed, times, safe=name == "cut")
            found.append(asyncio.run(cuts))
    return found


PROOF: Final = Proof("server-kill", 100, run)
