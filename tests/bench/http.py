"""``python -m tests.bench.http [lists|appends] [--rounds N]``: the service's answers a second.

- *lists*: answers of 50 entries and other lists, beside the least that can answer with the same
  call of the same store (``tests.bench.bare``). Goal: 0.6 times as many.
- *appends*: entries posted by 64 clients, each durable, beside the service's own answers to an
  empty POST, which it refuses. Goal: 0.7 times as many.

Both take turns in one session; client and service share the machine, so the processor time of each
answer is printed too.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote

from commlog_tui.store.sqlite.store import SqliteStore
from tests.bench.append import Entries
from tests.bench.load import drive, get, post, processor_seconds
from tests.client.raw_server import unused_port
from tests.patience import PATIENCE
from tests.prove.running_service import TOKEN, RunningService

_BATCH: Final = 500
_ENTRIES: Final = 10_000
_ANSWERS: Final = 500
_CLIENTS: Final = 64
_READERS: Final = 8
_ROUNDS: Final = 3
_WHO: Final = {"Authorization": f"Bearer {TOKEN}"}
_QUAY: Final = "/v1/locations/quay"
_LISTS: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "50 entries": ("/entries", "/entries", {}),
    "50 entries of a channel": ("/entries?via=sms", "/entries", {"via": ["sms"]}),
    "200 entries": ("/entries?limit=200", "/entries", {"limit": 200}),
    "customers": ("/customers?q=archer", "/customers", {"q": "archer"}),
    "worklist": ("/worklist", "/worklist", {}),
}


@dataclass
class Side:
    """What one of two answered in all rounds."""

    port: int
    pid: int
    status: int
    rates: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)
    """Milliseconds of processor time of each answer."""

    async def run(self, requests: Sequence[bytes], connections: int) -> None:
        """Send the requests as fast as they are answered."""
        before = processor_seconds(self.pid)
        outcome = await drive(self.port, requests, connections=connections)
        assert set(outcome.statuses) == {self.status}, outcome.statuses
        self.rates.append(outcome.rate)
        self.used.append((processor_seconds(self.pid) - before) / len(requests) * 1000)


def _line(what: str, here: Side, there: Side, goal: float) -> str:
    rate, peer = median(here.rates), median(there.rates)
    used, peer_used = median(here.used), median(there.used)
    return (
        f"{what:26}{rate:8,.0f}/s {used:6.2f} ms   beside {peer:8,.0f}/s {peer_used:6.2f} ms   "
        f"{rate / peer:5.2f} times (goal {goal}); by processor time {peer_used / used:5.2f}"
    )


async def _fill(database: Path) -> None:
    store, entries = SqliteStore.open(database), Entries()
    for _ in range(_ENTRIES // _BATCH):
        await store.append("quay", "bench", entries.take(_BATCH))
    await store.close()


async def _bare(database: Path) -> tuple[asyncio.subprocess.Process, int]:
    port = unused_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.bare", str(database), str(port))
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return process, port


async def lists(service: RunningService, rounds: int) -> list[str]:
    """Measure lists beside the least that can answer."""
    process, port = await _bare(Path(service.database))
    lines = []
    try:
        for what, (path, bare, asked) in _LISTS.items():
            here, there = Side(service.port, service.pid, 200), Side(port, process.pid, 200)
            mine = [get(_QUAY + path, _WHO)] * _ANSWERS
            theirs = [get(f"{bare}?{quote(json.dumps(asked), safe='')}", {})] * _ANSWERS
            for _ in range(rounds):
                await here.run(mine, _READERS)
                await there.run(theirs, _READERS)
            lines.append(_line(what, here, there, 0.6))
    finally:
        process.kill()
        await process.wait()
    return lines


async def appends(service: RunningService, rounds: int) -> list[str]:
    """Measure durable appends beside empty POSTs."""
    here, there = Side(service.port, service.pid, 201), Side(service.port, service.pid, 400)
    headers = _WHO | {"Content-Type": "application/json"}
    entries = Entries()
    for turn in range(rounds + 1):
        if turn == 1:  # the first is to get warm
            here.rates, here.used, there.rates, there.used = [], [], [], []
        bodies = [item.entry.model_dump_json(exclude_defaults=True).encode() for item in entries.take(_ANSWERS)]
        mine = [
            post(f"{_QUAY}/entries", body, headers | {"Idempotency-Key": f"{turn}-{number}"})
            for number, body in enumerate(bodies)
        ]
        theirs = [post(f"{_QUAY}/entries", b"", headers | {"Idempotency-Key": "empty"})] * _ANSWERS
        await here.run(mine, _CLIENTS)
        await there.run(theirs, _CLIENTS)
    return [_line("one entry, 64 clients", here, there, 0.7)]


async def measure(parts: Sequence[str], folder: Path, rounds: int) -> list[str]:
    """Return a line for each figure."""
    service = RunningService(folder, folder / "log.db")
    await service.furnish()
    await _fill(Path(service.database))
    service.start()
    await service.ready()
    try:
        lines = [f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {rounds} rounds in turns"]
        lines += await lists(service, rounds) if "lists" in parts else []
        lines += await appends(service, rounds) if "appends" in parts else []
    finally:
        service.kill()
    return lines


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.http", description="Measures answers over HTTP.")
    parser.add_argument("parts", nargs="*", help="lists, appends; both, where nothing is named")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        lines = asyncio.run(measure(asked.parts or ["lists", "appends"], Path(name), asked.rounds))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
