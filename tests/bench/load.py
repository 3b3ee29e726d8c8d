"""Prepared HTTP requests over connections that stay open, at a rate or as fast as they are answered.

A client that does as little as it can, as it shares the machine with the service: it writes bytes
that were made before, and of an answer reads status and length.
"""

import asyncio
import os
import re
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from typing_extensions import override

from tests.bench.figures import percentile

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_STATUS: Final = slice(9, 12)
_AT_ONCE: Final = 256 << 10
_TICK: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Outcome:
    """What became of a run."""

    seconds: float = 0.0
    client_seconds: float = 0.0
    """Processor time that the client itself used."""
    took: list[float] = field(default_factory=list)
    """Milliseconds of each request from when it was due, or sent, to the end of its answer."""
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds

    def quantiles(self) -> str:
        """Return p50 and p99 for people."""
        return f"p50 {percentile(self.took, 0.5):.1f} ms, p99 {percentile(self.took, 0.99):.1f} ms"


def post(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _HEAD_END + body


def get(path: str, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a GET request."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + _HEAD_END


def exchange(connection: socket.socket, request: bytes) -> bytes:
    """Send a request, and return the body of its answer. Raises ``ConnectionError`` unless that is a 200."""
    connection.sendall(request)
    received, whole = b"", 0
    while not whole or len(received) < whole:
        piece = connection.recv(_AT_ONCE)
        received += piece
        end = received.find(_HEAD_END)
        if not piece:
            raise ConnectionError("The service has closed the connection.")
        if not whole and end >= 0:
            length = _LENGTH.search(received, 0, end)
            whole = end + len(_HEAD_END) + (int(length[1]) if length else 0)
    if received[_STATUS] != b"200":
        raise ConnectionError(received.decode())
    return received[received.find(_HEAD_END) + len(_HEAD_END) :]


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used, all its threads counted (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


class _Sender(asyncio.Protocol):
    """One connection: sends the next request when its answer has come and the next is due."""

    def __init__(self, requests: Iterator[tuple[int, bytes]], begin: float, rate: float, outcome: Outcome) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests, self._begin, self._rate, self._outcome = requests, begin, rate, outcome
        self._due = 0.0
        self._buffer = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        whole = end + len(_HEAD_END) + (int(length[1]) if length else 0)
        if len(self._buffer) < whole:
            return
        self._outcome.took.append((perf_counter() - self._due) * 1000)
        self._outcome.statuses[int(self._buffer[_STATUS])] += 1
        self._buffer = b""
        self._next()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("The service has closed the connection."))

    def _next(self) -> None:
        number, request = next(self._requests, (-1, b""))
        if number < 0:
            self.ended.set_result(None)
            self._transport.close()
            return
        now = perf_counter()
        self._due = self._begin + number / self._rate if self._rate else now
        if self._due > now:
            asyncio.get_running_loop().call_later(self._due - now, self._transport.write, request)
        else:
            self._transport.write(request)


async def drive(port: int, requests: Sequence[bytes], *, connections: int, rate: float = 0) -> Outcome:
    """Send the requests; at a rate, time is taken from when each was due, so that no queue is hidden."""
    outcome, numbered = Outcome(), iter(list(enumerate(requests)))
    loop, begin, used = asyncio.get_running_loop(), perf_counter(), process_time()
    senders = []
    for _ in range(connections):
        _, sender = await loop.create_connection(lambda: _Sender(numbered, begin, rate, outcome), "127.0.0.1", port)
        senders.append(sender)
    await asyncio.gather(*(sender.ended for sender in senders))
    outcome.seconds, outcome.client_seconds = perf_counter() - begin, process_time() - used
    return outcome
