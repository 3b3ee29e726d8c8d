"""Webhooks at a steady rate into a real service, each answered once it is durable.

``python -m tests.bench.hooks [SECONDS] [RATE]`` prints rate, quantiles and the processor time.
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx

from tests.prove.hook_kill import set_up
from tests.prove.running_service import RunningService
from tests.service import signed_hooks

_CONNECTIONS: Final = 64


async def measure(folder: Path, seconds: int, rate: int) -> str:
    """Return what became of webhooks that are due at a rate, measured from when each was due."""
    service = RunningService(folder, folder / "log.db")
    await service.furnish()
    await set_up(service.database, service.url)
    service.start()
    await service.ready()
    url, count, took = f"{service.url}/v1/hooks/twilio/quay", seconds * rate, list[float]()
    signed = [signed_hooks.twilio(url, MessageSid=f"SM{n}", MessageStatus="sent") for n in range(count)]
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        begin, numbers = time.perf_counter(), iter(range(count))

        async def send() -> None:
            for number in numbers:
                due = begin + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                answer = await client.post(url, content=signed[number].body, headers=signed[number].headers)
                assert answer.json()["recorded"] == 1
                took.append(time.perf_counter() - due)

        await asyncio.gather(*(send() for _ in range(_CONNECTIONS)))
        passed = time.perf_counter() - begin
    service.kill()
    took.sort()
    processor = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (processor.ru_utime + processor.ru_stime) / count * 1000
    p50, p99 = took[count // 2] * 1000, took[count * 99 // 100] * 1000
    return f"{count / passed:,.0f} webhooks/s; p50 {p50:.0f} ms, p99 {p99:.0f} ms; {used:.2f} ms of processor time each"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        words = [int(word) for word in sys.argv[1:]]
        print(asyncio.run(measure(Path(name), *(words or [10, 1_000]))))
