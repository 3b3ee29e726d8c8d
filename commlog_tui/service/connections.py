"""Limits on the number of connections and on how long a client may stall one.

Uses internals of uvicorn's protocol. uvicorn itself bounds only the idle time between requests: a
slow request or an unread answer would hold a connection for ever.
"""

from asyncio import BaseTransport, Transport
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, TypeAlias, cast

import h11
from prometheus_client import CollectorRegistry, Counter
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from commlog_tui.service import problems
from commlog_tui.service.gate import AcceptedSocket, Gate
from commlog_tui.service.limits import Limits
from commlog_tui.service.requests import CONNECTION
from commlog_tui.service.strict_http import HEAD_BYTES, StrictConnection

_STEP: Final = 16 << 10
"""Bytes of an answer that must be taken to count as taking it."""
_READ_BYTES: Final = 32 << 10
"""Read at once: small, so that large bodies take turns with everybody else."""
_UNWANTED_BYTES: Final = 9 << 20
"""Largest remainder of a refused body that is read so that the connection can be reused."""
_UNWANTED_PAUSE: Final = 0.003
"""Between two reads of it: 10 MiB a second, so that a body that was refused costs little."""
_REST_SECONDS: Final = 0.25
"""Pause after a rate-limited answer, whose client was asked to wait for a second or more."""
_LINGER_SECONDS: Final = 0.5

Wait: TypeAlias = tuple[str, object]
"""What a connection waits for, and its progress. It stalls while this stays the same."""


class Connection(H11Protocol):
    """One connection.

    Beyond the limit, a new one gets a 503 answer unless an idle one could be closed.
    """

    gate: Gate

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - handed through to uvicorn
        super().__init__(*args, **options)
        self.conn = self._strict = StrictConnection()
        self.is_authenticated = False
        self._unwanted = 0
        self._is_tired = False
        self._accepted: AcceptedSocket | None = None

    @override
    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast("Transport", transport))
        if hasattr(transport, "max_size"):
            transport.max_size = _READ_BYTES
        self.app_state = {**self.app_state, CONNECTION: self}
        self._accepted = self.gate.find(transport.get_extra_info("peername"))
        if self._accepted is not None:
            self._accepted.served = self
        if self.gate.is_crowded(self._accepted):
            self.app_state = {**self.app_state, problems.CROWDED: True}

    @override
    def data_received(self, data: bytes) -> None:
        """Take bytes; of a body that was refused, no more than a little, and slowly."""
        cycle = self._cycle
        if cycle is not None and cycle.response_complete and self.conn.their_state is h11.SEND_BODY:
            self._unwanted += len(data)
            if self._unwanted > _UNWANTED_BYTES:
                self._linger()
                return
            self._pause(_UNWANTED_PAUSE)
        else:
            self._unwanted = 0
        super().data_received(data)

    def push(self, data: bytes) -> bool:
        """Write a piece of the current answer, framed as HTTP/1.1 has it, past everything that would copy it.

        Returns false without writing if the client is gone or has yet to take what was written.
        """
        if self.flow.write_paused or self.transport.is_closing():
            return False
        self.transport.write(data)
        return True

    def rest(self) -> None:
        """Stop reading for a moment after the current answer, to enforce a rate limit."""
        self._is_tired = True

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_tired:
            self._is_tired = False
            self._pause(_REST_SECONDS)

    def _pause(self, seconds: float) -> None:
        if not self.transport.is_closing():
            self.transport.pause_reading()
            self.loop.call_later(seconds, self._resume)

    def _resume(self) -> None:
        if not self.transport.is_closing() and not self.flow.read_paused:
            self.transport.resume_reading()

    @property
    def _cycle(self) -> RequestResponseCycle | None:
        """The latest request and its answer; None before the first."""
        return cast("RequestResponseCycle | None", self.cycle)

    def _linger(self) -> None:
        """Stop reading, close our side, and close the connection soon.

        A client that is still sending receives the answer first.
        """
        self.transport.pause_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.abort)

    @override
    def send_400_response(self, msg: str) -> None:
        """Answer what is no request of HTTP, or has a head beyond all measure."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()  # in the middle of an answer there is no place for another
            return
        cycle = self._cycle
        if cycle is not None and not cycle.response_complete:  # its body cannot be read on
            cycle.disconnected = True
            cycle.message_event.set()
        large = len(self.conn.trailing_data[0]) > HEAD_BYTES
        problem = problems.unreadable(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if large else self._strict.status)
        headers = [*problem.raw_headers, (b"cache-control", b"no-store"), (b"connection", b"close")]
        head = h11.Response(status_code=problem.status_code, headers=headers)
        for event in (head, h11.Data(data=bytes(problem.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self._linger()

    def is_idle_stranger(self) -> bool:
        """Whether it waits for its client, who has shown no valid token."""
        return not self.is_authenticated and self.waits_for() is not None

    def cut(self) -> None:
        """Close it at once."""
        self.transport.abort()

    def waits_for(self) -> Wait | None:
        """Return for what of its client it waits; None while the service has the word."""
        if left := self.transport.get_write_buffer_size():
            return "answer", left // _STEP
        if self.conn.their_state is h11.IDLE:
            return "head", self.cycle
        if self.conn.their_state is h11.SEND_BODY:
            return "body", self.cycle
        return None


def served_by(gate: Gate) -> type[Connection]:
    """Return the protocol of a service with this gate; uvicorn makes its instances."""
    return type("Connection", (Connection,), {"gate": gate})


def cut_all(connections: Iterable[object]) -> None:
    """Cut every connection there is; what was not taken by now is dropped."""
    for connection in cast("Iterable[Connection]", connections):
        connection.transport.abort()


class Patrol:
    """Looks at every connection now and then, and cuts those that have not moved for too long."""

    def __init__(self, limits: Limits, registry: CollectorRegistry, gate: Gate) -> None:
        self._gate, self._cut_for_room = gate, 0
        self._bounds = {"head": limits.head_seconds, "body": limits.body_seconds, "answer": limits.answer_seconds}
        self._since: dict[Connection, tuple[Wait | None, float]] = {}
        self._cut = Counter(
            "commlog_connections_cut", "Connections whose client was too slow", ["waiting"], registry=registry
        )

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
        self._cut.labels("room").inc(self._gate.cut - self._cut_for_room)
        self._cut_for_room = self._gate.cut
