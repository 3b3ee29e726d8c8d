"""Webhooks at a steady rate into a real service, each answered once it is durable.

``python -m tests.bench.hooks [--seconds N] [--rate N] [--connections N]`` prints the rate, quantiles
from when each webhook was due, and the processor time of service and client, which share the
machine. A rate of 0 sends as fast as they are answered.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.bench.load import Outcome, drive, post, processor_seconds
from tests.prove.hook_kill import set_up
from tests.prove.running_service import RunningService
from tests.service import signed_hooks

_RATE: Final = 1_000
_SECONDS: Final = 10
_WARM: Final = 200


async def measure(folder: Path, seconds: int, rate: int, connections: int) -> str:
    """Return what became of webhooks of one message each, as Twilio sends them."""
    service = RunningService(folder, folder / "log.db")
    await service.furnish()
    await set_up(service.database, service.url)
    service.start()
    await service.ready()
    try:
        requests = _requests(service.url, seconds * (rate or _RATE) + _WARM)
        await drive(service.port, requests[:_WARM], connections=connections)
        before = processor_seconds(service.pid)
        outcome = await drive(service.port, requests[_WARM:], connections=connections, rate=rate)
        used = processor_seconds(service.pid) - before
    finally:
        service.kill()
    return _line(outcome, used)


def _requests(url: str, count: int) -> list[bytes]:
    path = "/v1/hooks/twilio/quay"
    signed = (
        signed_hooks.twilio(f"{url}{path}", MessageSid=f"SM{n:032x}", MessageStatus="sent", To="+447700900123")
        for n in range(count)
    )
    return [post(path, one.body, one.headers) for one in signed]


def _line(outcome: Outcome, used: float) -> str:
    count = len(outcome.took)
    assert set(outcome.statuses) == {200}, outcome.statuses
    return (
        f"{outcome.rate:,.0f} webhooks/s; {outcome.quantiles()}; processor time each: service "
        f"{used / count * 1000:.2f} ms, client {outcome.client_seconds / count * 1000:.2f} ms; "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    """Measure, and print a line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hooks", description="Measures webhooks.")
    parser.add_argument("--seconds", type=int, default=_SECONDS)
    parser.add_argument("--rate", type=int, default=_RATE)
    parser.add_argument("--connections", type=int, default=64)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        line = asyncio.run(measure(Path(name), asked.seconds, asked.rate, asked.connections))
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
