"""A loopback proxy that puts a distance between the desk and its service.

Every byte takes its time each way, and those of one direction follow each other at a rate.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from queue import Queue
from typing import Final
from urllib.parse import urlsplit

_CHUNK: Final = 1 << 16


@contextmanager
def distant(base_url: str, milliseconds: float, bytes_a_second: float = inf) -> Iterator[str]:
    """Give an address from which the service answers so many milliseconds later, and no faster than that."""
    address, stopped = Queue[str](), threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_serve(base_url, (milliseconds / 2000, bytes_a_second), address, stopped))
    )
    thread.start()
    try:
        yield address.get()
    finally:
        stopped.set()
        thread.join()


async def _serve(base_url: str, line: tuple[float, float], address: "Queue[str]", stopped: threading.Event) -> None:
    target, loop = urlsplit(base_url), asyncio.get_running_loop()
    delay, rate = line

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        free = loop.time()
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                free = max(free, loop.time()) + len(data) / rate
                loop.call_at(free + delay, writer.write, data)
        loop.call_at(max(free, loop.time()) + delay, writer.close)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # the end of asyncio.run
            there, back = await asyncio.open_connection(target.hostname, target.port)
            await asyncio.gather(carry(reader, back), carry(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address.put(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await asyncio.to_thread(stopped.wait)
    server.close()
