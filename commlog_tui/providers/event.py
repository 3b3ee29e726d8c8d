"""A delivery event as a provider reports it."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError
from commlog_tui.providers.reading import storable

MAX_MESSAGE_ID: Final = 998
_MAX_EVENT_ID: Final = 255
_MAX_CODE: Final = 100
_MAX_DETAIL: Final = 2000
_MAX_RECIPIENT: Final = 320


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A delivery event about a message of the provider."""

    message_id: str
    event_id: str
    """Identity within the provider: the same from a webhook, an import or a list."""
    kind: DeliveryKind
    at: datetime
    to: str = ""
    code: str = ""
    """The provider's own code, such as ``5.1.1`` or ``30003``."""
    detail: str = ""
    reason: str | None = None
    """A reason of the contract, such as ``suppressed``, where the provider states one."""


def provider_event(
    message_id: str,
    event_id: str,
    kind: DeliveryKind,
    at: datetime,
    *,
    to: str = "",
    code: str = "",
    detail: str = "",
    reason: str | None = None,
) -> ProviderEvent:
    """Return an event with all texts within the limits of the API.

    Raises:
        MalformedHookError: there is no message id, or an identity or address is too long.
    """
    message_id, to = storable(message_id.strip()), storable(to.strip())
    if not message_id or len(message_id) > MAX_MESSAGE_ID:
        raise MalformedHookError("An event has no message id, or one that is too long.")
    if len(to) > _MAX_RECIPIENT:
        raise MalformedHookError("An event has a recipient that is too long.")
    return ProviderEvent(
        message_id,
        bounded_id(event_id),
        kind,
        at,
        to,
        storable(" ".join(code.split()))[:_MAX_CODE],
        storable(detail.strip())[:_MAX_DETAIL],
        reason,
    )


def bounded_id(event_id: str) -> str:
    """Return an event id that fits; a longer one is replaced by its hash."""
    text = storable(event_id)
    return text if len(text) <= _MAX_EVENT_ID else f"sha256:{sha256(text.encode()).hexdigest()}"


def joined_id(*parts: str) -> str:
    """Return an event id made from parts, for providers that give events none."""
    return bounded_id(":".join(parts))
