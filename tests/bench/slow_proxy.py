"""A loopback proxy that puts a distance between the desk and its service: every byte takes its time each way."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

_CHUNK: Final = 1 << 16


@contextmanager
def distant(base_url: str, milliseconds: float) -> Iterator[str]:
    """Give an address from which the service answers so many milliseconds later."""
    loop, delay = asyncio.new_event_loop(), milliseconds / 2000
    target = urlsplit(base_url)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(_CHUNK):
                loop.call_later(delay, writer.write, data)
        except OSError:
            pass
        if not loop.is_closed():
            loop.call_later(delay, writer.close)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
