"""An SMTP server that records the messages it is sent. The only place for aiosmtpd.

A message is answered with 250 once it is durable in the log, with 451 if it can be sent again, and
with 554 if it can never be recorded. Nothing is queued and nothing is relayed.
"""

import asyncio
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final, TypeAlias

from aiosmtpd.smtp import SMTP
from typing_extensions import override

from commlog_tui.imports.items import UnreadableError
from commlog_tui.imports.recipients import addresses_of
from commlog_tui.mail.incoming import Envelope, MailOptions, Reading, read
from commlog_tui.mail.recorder import Outcome, Result

Network: TypeAlias = IPv4Network | IPv6Network

_COMMANDS: Final = 1000
"""Times that a client may send a command on one connection."""
_LONGEST_ANSWER: Final = 400
_PARTING: Final = 10.0
"""Seconds that messages under way are given when the server stops."""
_LAST_SECONDS: Final = 2.0
"""Seconds that a client has to read the last answer."""
_BARE_LF: Final = re.compile(rb"(?<!\r)\n")
_CODES: Final = {Outcome.RECORDED: "250 2.0.0", Outcome.RETRY: "451 4.3.0", Outcome.REFUSED: "554 5.6.0"}
_FAULT: Final = "451 4.3.0 The journal met a fault of its own. The message was not accepted; send it again."


@dataclass(frozen=True, slots=True)
class Limits:
    """What clients may use."""

    size: int = 10 << 20
    """Bytes of a message."""
    recipients: int = 100
    """Recipients of a message."""
    connections: int = 20
    """Connections that may be open in all."""
    seconds: float = 60.0
    """Time for a command, of which the whole of a message is one."""


class JournalServer:
    """Takes connections of clients in the allowed networks, and records their messages."""

    def __init__(
        self,
        options: MailOptions,
        record: Callable[[Reading], Awaitable[Result]],
        allowed: Collection[Network],
        limits: Limits,
        tls: ssl.SSLContext | None,
    ) -> None:
        """With ``tls``, clients have to use STARTTLS before they send a message."""
        logging.getLogger("mail.log").disabled = True  # aiosmtpd's; it names senders and recipients
        self.options = options
        self.limits = limits
        self.tls = tls
        self._record = record
        self._allowed = allowed
        self._open: set[_Session] = set()
        self._under_way: set[asyncio.Task[str]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Take connections on a listening socket."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Entrance(self), sock=listener)

    async def close(self) -> None:
        """Take no more connections, and end those that are open once their messages are answered."""
        if self._server is not None:
            self._server.close()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_PARTING)
        await asyncio.sleep(0)  # lets the answers out
        for session in list(self._open):
            session.end("421 4.3.2 The journal is stopping.")

    def refusal(self, host: str) -> str | None:
        """Return the answer to a client that is not let in; None for any other."""
        address = ip_address(host.partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if not any(address.version == network.version and address in network for network in self._allowed):
            return "554 5.7.1 This address is not allowed to send to the journal."
        if len(self._open) >= self.limits.connections:
            return "421 4.7.0 Too many connections; try again later."
        return None

    def session(self) -> "_Session":
        """Return the protocol of a connection that was let in."""
        session = _Session(self)
        self._open.add(session)
        return session

    def closed(self, session: "_Session") -> None:
        """Count a connection as closed. Repeating it is a no-op."""
        self._open.discard(session)

    async def answer(self, envelope: Any) -> str:  # noqa: ANN401 - aiosmtpd's, without types
        """Record a message and return the answer to the client, also if the client is gone by then."""
        task = asyncio.ensure_future(self._answer(envelope))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _answer(self, envelope: Any) -> str:  # noqa: ANN401 - as above
        sender = envelope.mail_from or ""
        known = Envelope(datetime.now(UTC), tuple(envelope.rcpt_tos), has_null_sender=sender in {"", "<>"})
        result = await self._record(read(envelope.content, known, self.options))
        words = "".join(character if " " <= character <= "~" else " " for character in result.words)
        return f"{_CODES[result.outcome]} {words[:_LONGEST_ANSWER]}"


class _Entrance(asyncio.Protocol):
    """A new connection, before it is known whether it is let in."""

    def __init__(self, server: JournalServer) -> None:
        self._server = server

    @override
    def connection_made(self, transport: Any) -> None:
        refusal = self._server.refusal(transport.get_extra_info("peername")[0])
        if refusal is not None:
            transport.write(f"{refusal}\r\n".encode())
            transport.close()
            return
        session = self._server.session()
        transport.set_protocol(session)
        session.connection_made(transport)


class _Handler:
    """The hooks of aiosmtpd."""

    def __init__(self, server: JournalServer) -> None:
        self._server = server

    async def handle_RCPT(self, _session: Any, _: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802, ANN401 - aiosmtpd's name, no types
        """Accept a recipient."""
        if len(envelope.rcpt_tos) >= self._server.limits.recipients:
            return "452 4.5.3 Too many recipients; send the rest with another message."
        try:
            if len(addresses_of([f"<{address}>"])) != 1:
                return "553 5.1.3 This is not one address."
        except UnreadableError:
            return "553 5.1.3 This is not an address."
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _session: Any, _: Any, envelope: Any) -> str:  # noqa: N802, ANN401 - as above
        """Record a message."""
        return await self._server.answer(envelope)

    async def handle_exception(self, _error: Exception) -> str:
        """Answer for a fault of ours, without a word of what it was about."""
        return _FAULT


class _Session(SMTP):
    """A connection. Lines that end without CR are refused, as others may read them differently."""

    line_length_limit = 64 << 10

    def __init__(self, server: JournalServer) -> None:
        super().__init__(
            _Handler(server),
            data_size_limit=server.limits.size,
            enable_SMTPUTF8=True,
            hostname=socket.gethostname(),
            ident="commlog journal",
            tls_context=server.tls,
            require_starttls=server.tls is not None,
            timeout=server.limits.seconds,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            command_call_limit={"*": _COMMANDS, "RCPT": _COMMANDS * server.limits.recipients},
            loop=asyncio.get_running_loop(),
        )
        self._server = server
        self._ends_with_cr = False

    @override
    def data_received(self, data: bytes) -> None:
        first = data.startswith(b"\n") and self._ends_with_cr
        self._ends_with_cr = data.endswith(b"\r")
        if _BARE_LF.search(data, 1 if first else 0):
            self.end("521 5.5.2 Lines must end with CR and LF.")
            return
        super().data_received(data)

    @override
    def connection_lost(self, error: Exception | None) -> None:
        self._server.closed(self)
        super().connection_lost(error)

    def end(self, answer: str) -> None:
        """Send a last answer and close the connection, also if the client reads nothing."""
        transport = self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(f"{answer}\r\n".encode())
            transport.close()
            self.loop.call_later(_LAST_SECONDS, transport.abort)

    @override
    def _timeout_cb(self) -> None:
        super()._timeout_cb()  # type: ignore[no-untyped-call] # aiosmtpd's
        if isinstance(self.transport, asyncio.WriteTransport):
            self.loop.call_later(_LAST_SECONDS, self.transport.abort)
