"""Mailgun: webhooks in JSON.

Events are those of the Events API, with the same ids. The signature is HMAC-SHA256 of timestamp
and token under the HTTP webhook signing key. It covers neither body nor event, so the token is a
replay key: whoever has seen one signature could send any event with it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.event import ProviderEvent, provider_event
from commlog_tui.providers.provider import Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import Fields, bare_message_id, fields_of, read_object, text_of, unix_instant
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import check_age, check_secret, hmac_sha256, is_same, signed_time

SLUG: Final = "mailgun"
KINDS: Final[Mapping[str, DeliveryKind]] = {
    "accepted": DeliveryKind.QUEUED,
    "delivered": DeliveryKind.DELIVERED,
    "failed": DeliveryKind.BOUNCED,
    "rejected": DeliveryKind.REJECTED,
    "opened": DeliveryKind.OPENED,
    "clicked": DeliveryKind.CLICKED,
    "complained": DeliveryKind.COMPLAINED,
}
_TEMPORARY: Final = "temporary"
_REASONS: Final = {
    "suppress-bounce": "suppressed",
    "suppress-complaint": "suppressed",
    "suppress-unsubscribe": "opted-out",
}
_TOLERANCE: Final = timedelta(hours=9)
"""Mailgun tries for 8 hours."""
_MAX_TOKEN: Final = 100


def kind_of(event: str, severity: str) -> DeliveryKind | None:
    """Return our kind of an event; None for what is no delivery event."""
    if event == "failed" and severity == _TEMPORARY:
        return DeliveryKind.DEFERRED
    return KINDS.get(event)


def _parse(request: HookRequest) -> list[ProviderEvent]:
    event = fields_of(read_object(request.body), "event-data")
    name = text_of(event, "event").lower()
    if not name:
        raise MalformedHookError("The body has no event-data with an event.")
    kind = kind_of(name, text_of(event, "severity").lower())
    if kind is None:
        return []
    status, reason = fields_of(event, "delivery-status"), text_of(event, "reason").lower()
    headers = fields_of(fields_of(event, "message"), "headers")
    return [
        provider_event(
            bare_message_id(text_of(headers, "message-id")),
            _event_id(event, name),
            kind,
            unix_instant(event.get("timestamp")),
            to=text_of(event, "recipient"),
            code=text_of(status, "enhanced-code", "code"),
            detail=text_of(status, "message", "description") or text_of(fields_of(event, "reject"), "reason") or reason,
            reason=_REASONS.get(reason),
        )
    ]


def _event_id(event: Fields, name: str) -> str:
    identity = text_of(event, "id")
    if not identity:
        raise MalformedHookError(f"The {name[:20]} event has no id.")
    return identity


def _signature(request: HookRequest) -> tuple[str, str, str]:
    block = fields_of(read_object(request.body), "signature")
    token = text_of(block, "token")
    if not token or len(token) > _MAX_TOKEN:
        raise SignatureError("The body has no signature of Mailgun's form.")
    return text_of(block, "timestamp"), token, text_of(block, "signature")


def _verify(request: HookRequest, secret: str, now: datetime) -> None:
    check_secret(secret)
    timestamp, token, signature = _signature(request)
    content = f"{timestamp}{token}".encode(errors="surrogatepass")
    if not is_same(hmac_sha256(secret.encode(errors="surrogatepass"), content).hex(), signature):
        raise SignatureError("The signature is not of this token and signing key.")
    check_age(signed_time(timestamp), now, _TOLERANCE)


def _replay_key(request: HookRequest) -> str:
    return _signature(request)[1]


MAILGUN: Final = Provider(
    slug=SLUG,
    name="Mailgun",
    is_signed=True,
    secret_origin=SecretOrigin.PROVIDER,
    setup=Setup(
        steps=(
            "In Mailgun, open Send, Sending, Webhooks, and choose the domain.",
            "Add a webhook with {url} for each of the events.",
        ),
        events=("Accepted", "Delivered", "Temporary Failure", "Permanent Failure", "Opened", "Spam Complaints"),
        retries="Mailgun tries again for 8 hours, but never a delivered event, and stops at status 406; there is "
        "nothing to set.",
        secret="The HTTP webhook signing key (Settings, API security).",  # noqa: S106 - where it is found
    ),
    verify=_verify,
    parse=_parse,
    replay_key=_replay_key,
    replay_window=_TOLERANCE + timedelta(hours=1),
)
