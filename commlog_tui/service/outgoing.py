"""On which ways this service sends messages again, as its settings say."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from commlog_tui.contract.recipients import channel_for
from commlog_tui.contract.resend import Route

_PORTS: Final = {"smtp": 587, "smtps": 465}
_PREFIX: Final = "whsec_"
_FEWEST_BYTES: Final = 24
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS: Final = re.compile(r"<([^<>\s]+)>\s*$")


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server that takes messages."""

    host: str
    port: int
    is_tls: bool
    """Whether TLS comes first; else STARTTLS is used where the server offers it."""
    user: str
    password: str = field(repr=False)
    sender: str
    """As it is written: an address, perhaps with a name before it in angle brackets."""

    @property
    def address(self) -> str:
        """The address alone that messages come from."""
        found = _ADDRESS.search(self.sender)
        return found[1] if found else self.sender.strip()

    @property
    def domain(self) -> str:
        """The domain of the identities of messages."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Hook:
    """The webhook by which the booking system is asked to send."""

    url: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways that are set up."""

    smtp: MailServer | None = None
    webhook: Hook | None = None

    @classmethod
    def of(cls, *, smtp_url: str, smtp_from: str, webhook: str, secret: str) -> Self:
        """Return the ways that checked settings set up. Raises ``ValueError`` for halves of one."""
        if bool(smtp_url) is not bool(smtp_from):
            raise ValueError("smtp_url and smtp_from go together; one of them is missing.")
        if bool(webhook) is not bool(secret):
            raise ValueError("resend_webhook and resend_secret go together; one of them is missing.")
        hook = Hook(webhook, secret_bytes(secret)) if webhook else None
        return cls(_server(smtp_url, smtp_from) if smtp_url else None, hook)

    @property
    def routes(self) -> frozenset[Route]:
        """The routes on which messages are sent."""
        known = {Route.SMTP: self.smtp, Route.WEBHOOK: self.webhook}
        return frozenset(route for route, way in known.items() if way is not None)

    def routes_for(self, via: str, to: str, *, has_text: bool) -> tuple[Route, ...]:
        """Return the routes for a message that went by a channel; what is done by hand is always among them."""
        found = []
        if self.smtp is not None and has_text and channel_for(via, to) == "email":
            found.append(Route.SMTP)
        if self.webhook is not None:
            found.append(Route.WEBHOOK)
        return (*found, Route.BY_HAND)


def _server(url: str, sender: str) -> MailServer:
    parts = urlsplit(url)
    return MailServer(
        parts.hostname or "",
        parts.port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        sender,
    )


def secret_bytes(text: str) -> bytes:
    """Return the key of a signing secret. Raises ``ValueError``."""
    try:
        key = base64.b64decode(text.strip().removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _FEWEST_BYTES:
        raise ValueError("must be whsec_ and base64 of at least 24 random bytes")
    return key
