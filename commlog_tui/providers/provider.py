"""What the service and the command line know about a delivery provider."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from commlog_tui.providers.event import ProviderEvent
from commlog_tui.providers.request import HookRequest


class SecretOrigin(StrEnum):
    """Where the secret of a webhook comes from."""

    PROVIDER = "provider"
    """The provider shows it; ``hook add`` reads it."""
    OURS = "ours"
    """``hook add`` generates it and shows it once."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How a webhook is set up at the provider."""

    steps: tuple[str, ...]
    """What to enter at the provider, a sentence each, for ``Provider.steps`` to fill in."""
    events: tuple[str, ...]
    """Events to select, by the provider's names."""
    retries: str
    """How the provider repeats a request that was not accepted, and what is lost."""
    secret: str
    """What the secret is, and where to find it."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A handshake that is answered at once: status 200 with this text."""

    answer: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A handshake that is confirmed by a GET of this URL, only if ``hook add`` expects one."""

    url: str


Handshake = Challenge | Confirmation


def no_handshake(request: HookRequest, secret: str) -> Handshake | None:
    """Return None: the provider has no handshake."""
    del request, secret
    return None


def no_text(request: HookRequest) -> str | None:
    """Return None: the provider has nothing of this sort."""
    del request
    return None


def no_certificate(request: HookRequest, secret: str) -> str | None:
    """Return None: the provider signs without a certificate."""
    del request, secret
    return None


WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Provider:
    """A delivery provider. All functions are pure."""

    slug: str
    name: str
    is_signed: bool
    """Whether requests are signed; else they prove only that the sender knows the secret."""
    secret_origin: SecretOrigin
    setup: Setup
    verify: Callable[[HookRequest, str, datetime], None]
    """Verify a request with the secret and the time. Raises SignatureError or
    MalformedHookError."""
    parse: Callable[[HookRequest], list[ProviderEvent]]
    """Return the events of a verified request, none for what is no delivery event. Raises
    MalformedHookError."""
    handshake: Callable[[HookRequest, str], Handshake | None] = no_handshake
    """Return the handshake of this request. A confirmation must be verified before it is used;
    a challenge is verified here (SignatureError)."""
    verify_token: Callable[[str], str] = str
    """Return what the provider shows in a challenge, derived from the secret."""
    replay_key: Callable[[HookRequest], str | None] = no_text
    """Return what the caller remembers for ``replay_window`` once the events are durable, and
    refuses when it comes again."""
    replay_window: timedelta = WEEK
    certificate_url: Callable[[HookRequest, str], str | None] = no_certificate
    """Return the URL of the certificate that ``HookRequest.certificate`` must hold. Raises
    SignatureError for every host but the provider's own, and for a request of another secret."""
    trouble_status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE
    """Status when the log has trouble of its own, so that the provider tries again."""

    @property
    def reporter(self) -> str:
        """The actor of events that its webhook reports."""
        return f"{self.name} (webhook)"

    def steps(self, url: str, secret: str) -> list[str]:
        """Return what to enter at the provider, with URL and secret filled in."""
        values = {"url": url, "secret": secret, "verify_token": self.verify_token(secret)}
        return [step.format_map(values) for step in self.setup.steps]
