"""SendGrid: the Event Webhook, signed.

Event names are those of the Event Webhook and of the Email Activity feed. The signature is ECDSA
(P-256, SHA-256) over timestamp and raw body, of which the last CRLF is a part. Events have an id
(``sg_event_id``), but an activity export has none, so that identity is made of what all of them
have: event, address and second.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.event import ProviderEvent, joined_id, provider_event
from commlog_tui.providers.provider import Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import Fields, check_size, read_json, readable, text_of, unix_instant
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import base64_bytes, check_age, signed_time

SLUG: Final = "sendgrid"
KINDS: Final[Mapping[str, DeliveryKind]] = {
    "processed": DeliveryKind.QUEUED,
    "dropped": DeliveryKind.REJECTED,
    "drop": DeliveryKind.REJECTED,
    "deferred": DeliveryKind.DEFERRED,
    "delivered": DeliveryKind.DELIVERED,
    "bounce": DeliveryKind.BOUNCED,
    "bounced": DeliveryKind.BOUNCED,
    "open": DeliveryKind.OPENED,
    "opened": DeliveryKind.OPENED,
    "click": DeliveryKind.CLICKED,
    "clicked": DeliveryKind.CLICKED,
    "spamreport": DeliveryKind.COMPLAINED,
    "spam_report": DeliveryKind.COMPLAINED,
}
IGNORED: Final = frozenset({"unsubscribe", "group_unsubscribe", "group_resubscribe"})
_REASONS: Final = {
    "bounced address": "suppressed",
    "spam reporting address": "suppressed",
    "invalid": "no-address",
    "unsubscribed address": "opted-out",
    "recipient list over package quota": None,
}
_RECIPIENT_PART: Final = re.compile(r"\.(?=filter|recv)")
_TOLERANCE: Final = timedelta(hours=26)
"""SendGrid tries for 24 hours. Repeats do no harm: they have the same event ids."""


def message_id(text: str) -> str:
    """Return the id that the API returned for a message (``X-Message-Id``).

    ``sg_message_id`` adds the recipient's part after a dot, which begins with the name of a server.
    Older ids, as in SendGrid's documentation, have dots of their own.
    """
    return _RECIPIENT_PART.split(text, maxsplit=1)[0] if _RECIPIENT_PART.search(text) else text.partition(".")[0]


def event_id(kind: DeliveryKind, address: str, at: datetime) -> str:
    """Return the identity of an event, the same from a webhook, an export or a list."""
    return joined_id(kind, address.strip().lower(), str(int(at.timestamp())))


def reason_of(kind: DeliveryKind, words: str) -> str | None:
    """Return the contract's reason for the words of a dropped message."""
    return _REASONS.get(words.strip().lower()) if kind is DeliveryKind.REJECTED else None


def words_of(fields: Fields) -> str:
    """Return the words of an event, as webhook and list have them."""
    return "; ".join(filter(None, (text_of(fields, name) for name in ("reason", "response"))))


def _parse(request: HookRequest) -> list[ProviderEvent]:
    events = read_json(request.body)
    if not isinstance(events, list):
        raise MalformedHookError("The body is no list of events.")
    return readable(events, _events)


def _events(fields: Fields) -> list[ProviderEvent]:
    kind = KINDS.get(text_of(fields, "event").lower())
    if kind is None:
        return []
    at, to = unix_instant(fields.get("timestamp")), text_of(fields, "email")
    words = words_of(fields)
    return [
        provider_event(
            message_id(text_of(fields, "sg_message_id")),
            event_id(kind, to, at),
            kind,
            at,
            to=to,
            code=text_of(fields, "status"),
            detail=words,
            reason=reason_of(kind, words),
        )
    ]


def _verify(request: HookRequest, secret: str, now: datetime) -> None:
    check_size(request.body)
    timestamp = request.header("x-twilio-email-event-webhook-timestamp")
    signature = base64_bytes(request.header("x-twilio-email-event-webhook-signature"))
    content = timestamp.encode(errors="surrogatepass") + request.body
    try:
        _key(secret).verify(signature or b"", content, ECDSA(SHA256()))
    except InvalidSignature:
        raise SignatureError("The signature is not of this body and verification key.") from None
    check_age(signed_time(timestamp), now, _TOLERANCE)


def _key(secret: str) -> EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64_bytes(secret.strip()) or b"")
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise SignatureError("The verification key of this webhook is no key of SendGrid's kind.")
    return key


SENDGRID: Final = Provider(
    slug=SLUG,
    name="SendGrid",
    is_signed=True,
    secret_origin=SecretOrigin.PROVIDER,
    setup=Setup(
        steps=(
            "In SendGrid, open Settings, Mail Settings, Event Webhooks, and create a webhook.",
            "Enter {url} as Post URL, and switch on Signature Verification.",
        ),
        events=("Processed", "Dropped", "Deferred", "Delivered", "Bounced", "Opened", "Spam Reports"),
        retries="SendGrid tries again for 24 hours until the status is 2xx; there is nothing to set. "
        "Import the Email Activity after a longer outage.",
        secret="The verification key that the webhook shows once it is saved.",  # noqa: S106 - where it is found
    ),
    verify=_verify,
    parse=_parse,
)
