"""A proxy of ours between client and service, which lets through, swallows, cuts, drips and repeats, as it is told."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tests.client.raw_server import read_request

_DROP_SECONDS: Final = 0.02
_STREAMED: Final = b"/feed "


class Trouble(StrEnum):
    """What becomes of a request, or of its answer."""

    NONE = "let through"
    REFUSED = "reset before it was read"
    REQUEST_CUT = "reset in the middle of the request"
    SWALLOWED = "delivered, never answered"
    CLOSED = "delivered, closed before the answer"
    ANSWER_CUT = "delivered, reset in the middle of the answer"
    DRIPPED = "delivered, answered a byte at a time"
    ANSWERED_TWICE = "delivered, answered twice"
    DELIVERED_TWICE = "delivered twice, answered once"


@dataclass
class Proxy:
    """Stands before a port. Each request meets the trouble that is chosen for it."""

    target: int
    choose: Callable[[], Trouble] = lambda: Trouble.NONE
    stream_bytes: Callable[[], int] = lambda: 1 << 60
    """How much of a stream is let through before it is reset."""
    answering: Callable[[], None] = lambda: None
    """Is called when the service has answered and the client has not heard of it."""
    port: int = 0
    met: list[Trouble] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection until one side has enough."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                request = await read_request(reader)
                if _STREAMED in request.partition(b"\r\n")[0]:
                    await self._stream(request, writer)
                    return
                trouble = self.choose()
                self.met.append(trouble)
                if not await self._answer(request, trouble, reader, writer):
                    return

    async def _answer(
        self, request: bytes, trouble: Trouble, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Deal with one request; whether the connection goes on."""
        if trouble is Trouble.REFUSED:
            _reset(writer)
            return False
        if trouble is Trouble.REQUEST_CUT:
            await self._deliver(request[: len(request) * 2 // 3], cut=True)
            _reset(writer)
            return False
        answer = await self._deliver(request)
        if trouble is Trouble.DELIVERED_TWICE:
            answer = await self._deliver(request)
        self.answering()
        match trouble:
            case Trouble.SWALLOWED:
                await reader.read()
            case Trouble.ANSWER_CUT:
                writer.write(answer[: len(answer) * 2 // 3])
                await writer.drain()
                _reset(writer)
            case Trouble.DRIPPED:
                for at in range(len(answer)):
                    writer.write(answer[at : at + 1])
                    await writer.drain()
                    await asyncio.sleep(_DROP_SECONDS)
            case Trouble.ANSWERED_TWICE:
                writer.write(answer * 2)
                await writer.drain()
            case Trouble.NONE | Trouble.DELIVERED_TWICE:
                writer.write(answer)
                await writer.drain()
                return True
        return False

    async def _deliver(self, request: bytes, *, cut: bool = False) -> bytes:
        """Bring a request to the service, and return its answer.

        Cut off in the middle, nobody waits for one.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            writer.write(request)
            await writer.drain()
            if cut:
                _reset(writer)
                return b""
            return await read_request(reader)  # an answer is framed as a request is
        finally:
            writer.close()

    async def _stream(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        left = self.stream_bytes()
        reader, upstream = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            upstream.write(request)
            while left > 0 and (chunk := await reader.read(4096)):
                writer.write(chunk[:left])
                await writer.drain()
                left -= len(chunk)
            _reset(writer)
        finally:
            upstream.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


@asynccontextmanager
async def standing_before(port: int) -> AsyncIterator[Proxy]:
    """Put a proxy before a port."""
    proxy = Proxy(port)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await proxy.handle(reader, writer)
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
