"""A real SMTP server on loopback that answers as it is told, and counts what it has accepted."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from queue import Queue
from threading import Event, Thread
from typing import Any, cast
from warnings import catch_warnings

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.patience import PATIENCE


@dataclass
class MailSink:
    """What the server answers, and what came."""

    port: int = 0
    rcpt: str = "250 OK"
    data: str = "250 2.0.0 OK"
    drop: str = ""
    """``before`` or ``after`` the message is accepted, its connection is cut and nothing is answered."""
    held: Event = field(default_factory=Event)
    """Set at first; a message is answered as long as it is."""
    arrived: Event = field(default_factory=Event)
    """Set when a message has come, before it is answered."""
    accepted: list[bytes] = field(default_factory=list)
    attempts: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    rcpts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.held.set()

    @property
    def messages(self) -> list[EmailMessage]:
        """What was accepted."""
        return [message_from_bytes(raw, policy=default) for raw in self.accepted]

    @property
    def ids(self) -> list[str]:
        """The identity of every message that was accepted."""
        return [str(message["Message-ID"]) for message in self.messages]

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: list[str]
    ) -> str:
        self.rcpts.append(address)
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        if self.drop == "before":
            cast("asyncio.Transport", server.transport).abort()
        return self.rcpt

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        self.attempts += 1
        if self.data.startswith("250"):
            self.accepted.append(cast("bytes", envelope.content))
        self.arrived.set()
        await asyncio.to_thread(self.held.wait)
        if self.drop == "after":
            cast("asyncio.Transport", server.transport).abort()
        return self.data

    def login(self, _: Any, __: Any, ___: Any, ____: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"s3cret:@/", handled=True)


@contextmanager
def mail_sink(*, tls: ssl.SSLContext | None = None, first: bool = False, login: bool = False) -> Iterator[MailSink]:
    """Listen in a thread of its own; with TLS after STARTTLS, or ``first``."""
    sink = MailSink()
    listener = socket.create_server(("127.0.0.1", 0))
    sink.port = listener.getsockname()[1]
    ready: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    def make() -> SMTP:
        options: dict[str, Any] = {"hostname": "sink.example", "enable_SMTPUTF8": True}
        if tls is not None and not first:
            options["tls_context"] = tls
        if login:
            options |= {"authenticator": sink.login, "auth_required": True, "auth_require_tls": not first}
        with catch_warnings(action="ignore"):  # it sees no TLS that came first
            return SMTP(sink, **options)

    async def serve() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        server = await loop.create_server(make, sock=listener, ssl=tls if first else None)
        ready.put((loop, stop))
        await stop.wait()
        server.close()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    loop, stop = ready.get(timeout=PATIENCE)
    try:
        yield sink
    finally:
        sink.held.set()
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
