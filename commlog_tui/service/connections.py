"""Connections: how many there may be, and how long a client may keep one waiting. Knows uvicorn's protocol from inside.

uvicorn itself bounds only the rest between two requests: a head or a body that comes drop by drop, and an answer that is not
taken, would hold a connection for ever.
"""

from asyncio import BaseTransport, Transport
from collections.abc import Iterable
from typing import Final, TypeAlias, cast

import h11
from prometheus_client import CollectorRegistry, Counter
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from commlog_tui.service import problems
from commlog_tui.service.limits import Limits

HEAD_BYTES: Final = 64 << 10
_STEP: Final = 16 << 10
"""Bytes of an answer that must be taken to count as taking it."""
_TOO_LARGE: Final = 431

Wait: TypeAlias = tuple[str, object]
"""For what a connection waits, and how far it has come: as long as this stays the same, nothing has moved."""


class Connection(H11Protocol):
    """One connection. Those beyond the limit are answered that the service is full, and those far beyond it not at all."""

    most = 0

    @override
    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast("Transport", transport))
        count = len(self.connections)
        if count > self.most + max(self.most // 4, 1):
            self.transport.abort()
        elif count > self.most:
            self.app_state = {**self.app_state, problems.CROWDED: True}

    @override
    def send_400_response(self, msg: str) -> None:
        """Answer what is no request of HTTP, or has a head beyond all measure."""
        if self.conn.our_state is not h11.IDLE:
            self.transport.abort()  # in the middle of an answer there is no place for another
            return
        large = len(self.conn.trailing_data[0]) > HEAD_BYTES
        told = problems.unreadable(_TOO_LARGE if large else 400)
        headers = [*told.raw_headers, (b"cache-control", b"no-store"), (b"connection", b"close")]
        head = h11.Response(status_code=told.status_code, headers=headers)
        for event in (head, h11.Data(data=bytes(told.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def waits_for(self) -> Wait | None:
        """Return for what of its client it waits; None while the service has the word."""
        if left := self.transport.get_write_buffer_size():
            return "answer", left // _STEP
        if self.conn.their_state is h11.IDLE:
            return "head", self.cycle
        if self.conn.their_state is h11.SEND_BODY:
            return "body", self.cycle
        return None


def bounded(limits: Limits) -> type[Connection]:
    """Return the protocol of a service with these limits; uvicorn makes its instances."""
    return type("Connection", (Connection,), {"most": limits.connections})


def cut_all(connections: Iterable[object]) -> None:
    """Cut every connection there is; what was not taken by now is dropped."""
    for connection in cast("Iterable[Connection]", connections):
        connection.transport.abort()


class Patrol:
    """Looks at every connection now and then, and cuts those that have not moved for too long."""

    def __init__(self, limits: Limits, registry: CollectorRegistry) -> None:
        self._bounds = {"head": limits.head_seconds, "body": limits.body_seconds, "answer": limits.answer_seconds}
        self._since: dict[Connection, tuple[Wait | None, float]] = {}
        self._cut = Counter("commlog_connections_cut", "Connections whose client was too slow", ["waiting"], registry=registry)

    def look(self, connections: Iterable[object], now: float) -> None:
        """Look at all there are; ``now`` is in seconds, by any clock that only goes forward."""
        seen: dict[Connection, tuple[Wait | None, float]] = {}
        for connection in cast("Iterable[Connection]", connections):
            wait = connection.waits_for()
            known, since = self._since.get(connection, (None, now))
            seen[connection] = (wait, since if wait == known else now)
            if wait is not None and now - seen[connection][1] > self._bounds[wait[0]]:
                self._cut.labels(wait[0]).inc()
                connection.transport.abort()
        self._since = seen
