"""``python -m tests.bench.feed [--desks N] [--seconds N]``: desks on the feed of one location.

One client posts 20 entries a second, and every desk is sent each. Prints the lag from the posting
to the arrival at a desk, and the processor time of the service. Goal for 500 desks: p50 at most
8 ms, p99 at most 25, 35 % of a core.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final

from typing_extensions import override

from tests.bench.append import Entries
from tests.bench.figures import percentile
from tests.bench.load import get, post, processor_seconds
from tests.patience import PATIENCE
from tests.prove.running_service import TOKEN, RunningService

_RATE: Final = 20
_WHO: Final = {"Authorization": f"Bearer {TOKEN}"}
_QUAY: Final = "/v1/locations/quay"
_EVENT: Final = b"\nid: "


class _Desk(asyncio.Protocol):
    """Notes when each event arrives."""

    def __init__(self, expected: int) -> None:
        self._expected = expected
        self.arrived: list[float] = []
        self.is_open, self.has_all = asyncio.Event(), asyncio.Event()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(get(f"{_QUAY}/feed", _WHO))

    @override
    def data_received(self, data: bytes) -> None:
        self.is_open.set()
        self.arrived += [perf_counter()] * data.count(_EVENT)
        if len(self.arrived) >= self._expected:
            self.has_all.set()


async def measure(folder: Path, desks: int, seconds: int) -> str:
    """Return lag and processor time."""
    options = ["--streams", str(desks), "--all-streams", str(desks), "--connections", str(desks + 100)]
    service = RunningService(folder, folder / "log.db", *options, "--connections-per-address", "0")
    await service.furnish()
    service.start()
    await service.ready()
    try:
        loop = asyncio.get_running_loop()
        opened = [_Desk(seconds * _RATE) for _ in range(desks)]
        for desk in opened:
            await loop.create_connection(lambda desk=desk: desk, "127.0.0.1", service.port)  # type: ignore[misc] # mypy does not infer the loop variable
            await asyncio.wait_for(desk.is_open.wait(), PATIENCE)
        before = processor_seconds(service.pid)
        sent, passed = await _post(service.port, seconds * _RATE)
        for desk in opened:
            await asyncio.wait_for(desk.has_all.wait(), PATIENCE)
        used = processor_seconds(service.pid) - before
    finally:
        service.kill()
    lags = [(at - begun) * 1000 for desk in opened for at, begun in zip(desk.arrived, sent, strict=True)]
    p50, p99 = percentile(lags, 0.5), percentile(lags, 0.99)
    return (
        f"{desks} desks, {_RATE} records/s: lag p50 {p50:.1f} ms, p99 {p99:.1f} ms; "
        f"service {used / passed * 100:.0f} % of a core; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )


async def _post(port: int, count: int) -> tuple[list[float], float]:
    """Post entries at the rate; return when each was sent, and how long all took."""
    headers = _WHO | {"Content-Type": "application/json"}
    bodies = [item.entry.model_dump_json(exclude_defaults=True).encode() for item in Entries().take(count)]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begin, sent = perf_counter(), list[float]()
    for number, body in enumerate(bodies):
        await asyncio.sleep(max(0.0, begin + number / _RATE - perf_counter()))
        sent.append(perf_counter())
        writer.write(post(f"{_QUAY}/entries", body, headers | {"Idempotency-Key": f"k{number}"}))
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
    writer.close()
    return sent, perf_counter() - begin


def main() -> None:
    """Measure, and print a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.feed", description="Measures the feed.")
    parser.add_argument("--desks", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        sys.stdout.write(asyncio.run(measure(Path(name), asked.desks, asked.seconds)) + "\n")


if __name__ == "__main__":
    main()
