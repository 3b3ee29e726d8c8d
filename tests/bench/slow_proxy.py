"""A loopback proxy that puts a distance between the desk and its service.

Every byte takes its time each way.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue
from typing import Final
from urllib.parse import urlsplit

_CHUNK: Final = 1 << 16


@contextmanager
def distant(base_url: str, milliseconds: float) -> Iterator[str]:
    """Give an address from which the service answers so many milliseconds later."""
    address, stopped = Queue[str](), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(base_url, milliseconds / 2000, address, stopped)))
    thread.start()
    try:
        yield address.get()
    finally:
        stopped.set()
        thread.join()


async def _serve(base_url: str, delay: float, address: "Queue[str]", stopped: threading.Event) -> None:
    target, loop = urlsplit(base_url), asyncio.get_running_loop()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                loop.call_later(delay, writer.write, data)
        loop.call_later(delay, writer.close)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # the end of asyncio.run
            there, back = await asyncio.open_connection(target.hostname, target.port)
            await asyncio.gather(carry(reader, back), carry(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address.put(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await asyncio.to_thread(stopped.wait)
    server.close()
