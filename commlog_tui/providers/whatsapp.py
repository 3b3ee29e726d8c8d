"""WhatsApp Cloud API: statuses of messages.

Requests are signed with HMAC-SHA256 over the raw body under the secret of the Meta app
(``X-Hub-Signature-256``). A new webhook is answered with ``hub.challenge``, if it shows the verify
token. Statuses have no id: message id and status are one. They come in any order, so that
delivered may follow failed, and read may come without delivered.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.event import ProviderEvent, joined_id, provider_event
from commlog_tui.providers.provider import Challenge, Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import (
    Fields,
    check_size,
    fields_of,
    items_of,
    read_object,
    readable,
    text_of,
    unix_instant,
)
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import check_secret, hmac_sha256, is_same

SLUG: Final = "whatsapp"
KINDS: Final[Mapping[str, tuple[DeliveryKind, ...]]] = {
    "sent": (DeliveryKind.SENT,),
    "delivered": (DeliveryKind.DELIVERED,),
    "read": (DeliveryKind.DELIVERED, DeliveryKind.OPENED),
    "failed": (DeliveryKind.FAILED,),
}
_PREFIX: Final = "sha256="
_MAX_CHALLENGE: Final = 200
_OPTED_OUT: Final = "131050"


def verify_token(secret: str) -> str:
    """Return the verify token of a webhook, derived from its app secret."""
    return hmac_sha256(secret.encode(errors="surrogatepass"), b"commlog whatsapp verify token").hex()[:32]


def _parse(request: HookRequest) -> list[ProviderEvent]:
    fields = read_object(request.body)
    if "entry" not in fields:
        raise MalformedHookError("The body has no entry.")
    return readable(_statuses(fields), _events)


def _statuses(fields: Fields) -> Iterator[object]:
    for entry in items_of(fields, "entry"):
        for change in items_of(entry, "changes"):
            yield from items_of(fields_of(change, "value"), "statuses")


def _events(status: Fields) -> list[ProviderEvent]:
    message_id, word = text_of(status, "id"), text_of(status, "status").lower()
    error = next((one for one in items_of(status, "errors") if isinstance(one, dict)), {})
    code = text_of(error, "code")
    words = (text_of(error, "title", "message"), text_of(fields_of(error, "error_data"), "details"))
    number = text_of(status, "recipient_id")
    return [
        provider_event(
            message_id,
            joined_id(message_id, "delivered" if kind is DeliveryKind.DELIVERED else word),
            kind,
            unix_instant(text_of(status, "timestamp")),
            to=f"+{number}" if number.isascii() and number.isdecimal() else number,
            code=code,
            detail="; ".join(dict.fromkeys(filter(None, words))),
            reason="opted-out" if code == _OPTED_OUT else None,
        )
        for kind in KINDS.get(word, ())
    ]


def _verify(request: HookRequest, secret: str, now: datetime) -> None:
    del now  # nothing in the signature is a time: a repeat has the same event ids
    check_secret(secret)
    check_size(request.body)
    expected = _PREFIX + hmac_sha256(secret.encode(errors="surrogatepass"), request.body).hex()
    if not is_same(request.header("x-hub-signature-256"), expected):
        raise SignatureError("The signature is not of this body and app secret.")


def _handshake(request: HookRequest, secret: str) -> Challenge | None:
    if request.method != "GET" or request.query.get("hub.mode") != "subscribe":
        return None
    check_secret(secret)
    if not is_same(request.query.get("hub.verify_token", ""), verify_token(secret)):
        raise SignatureError("The verify token is not that of this webhook.")
    answer = request.query.get("hub.challenge", "")
    if not answer.isascii() or not answer.isalnum() or len(answer) > _MAX_CHALLENGE:
        raise MalformedHookError("The challenge is none of Meta's form.")
    return Challenge(answer)


WHATSAPP: Final = Provider(
    slug=SLUG,
    name="WhatsApp Cloud",
    is_signed=True,
    secret_origin=SecretOrigin.PROVIDER,
    setup=Setup(
        steps=(
            "In the Meta App Dashboard, open WhatsApp, Configuration, Webhook, Edit.",
            "Enter {url} as Callback URL and {verify_token} as Verify token, and confirm.",
            "Subscribe to the field messages.",
        ),
        events=("messages",),
        retries="Meta tries again for up to 7 days; there is nothing to set. No list closes a longer gap.",
        secret="The app secret (Meta App Dashboard, App settings, Basic).",  # noqa: S106 - where it is found
    ),
    verify=_verify,
    parse=_parse,
    handshake=_handshake,
    verify_token=verify_token,
)
