"""Resend: webhooks signed as Standard Webhooks has it (svix).

The signature is HMAC-SHA256 of id, timestamp and raw body under the secret after ``whsec_``; the
header may hold several, one for each secret in use. The id of the request is the id of the event.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.event import ProviderEvent, joined_id, provider_event
from commlog_tui.providers.provider import Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import (
    Fields,
    check_size,
    fields_of,
    iso_instant,
    items_of,
    read_object,
    storable,
    text_of,
)
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import base64_bytes, check_age, hmac_sha256, is_same, signed_time

SLUG: Final = "resend"
KINDS: Final[Mapping[str, DeliveryKind]] = {
    "email.scheduled": DeliveryKind.SCHEDULED,
    "email.sent": DeliveryKind.SENT,
    "email.delivery_delayed": DeliveryKind.DEFERRED,
    "email.delivered": DeliveryKind.DELIVERED,
    "email.bounced": DeliveryKind.BOUNCED,
    "email.suppressed": DeliveryKind.REJECTED,
    "email.failed": DeliveryKind.FAILED,
    "email.opened": DeliveryKind.OPENED,
    "email.clicked": DeliveryKind.CLICKED,
    "email.complained": DeliveryKind.COMPLAINED,
}
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_TOLERANCE: Final = timedelta(minutes=5)
"""Of Standard Webhooks. Each attempt is signed anew."""
_MAX_SIGNATURES: Final = 20
_MAX_ID: Final = 200
_SUPPRESSED: Final = frozenset({"suppressed", "onaccountsuppressionlist"})


def _parse(request: HookRequest) -> list[ProviderEvent]:
    fields = read_object(request.body)
    name, data = text_of(fields, "type").lower(), fields_of(fields, "data")
    if not name:
        raise MalformedHookError("The body has no type.")
    kind = KINDS.get(name)
    if kind is None:
        return []
    recipients = [one for one in items_of(data, "to") if isinstance(one, str)]
    code, detail, is_suppressed = _outcome(data)
    return [
        provider_event(
            text_of(data, "email_id"),
            _id(request) or joined_id(name, text_of(fields, "created_at")),
            kind,
            iso_instant(text_of(fields, "created_at")),
            to=_address(recipients[0]) if len(recipients) == 1 else "",  # of several, none is named
            code=code,
            detail=detail,
            reason="suppressed" if is_suppressed or kind is DeliveryKind.REJECTED else None,
        )
    ]


def _outcome(data: Fields) -> tuple[str, str, bool]:
    """Return code, words and whether the address is suppressed."""
    for name in ("bounce", "suppressed", "failed"):
        part = fields_of(data, name)
        if part:
            codes = [text_of(part, field) for field in ("type", "subType")]
            words = text_of(part, "message", "reason")
            return "/".join(filter(None, codes)), words, codes[1].lower() in _SUPPRESSED
    return "", "", False


def _address(recipient: str) -> str:
    """Return the address of a recipient that may have a name before it."""
    before, bracket, rest = recipient.rpartition("<")
    return rest.partition(">")[0] if bracket else before or rest


def _header(request: HookRequest, name: str) -> str:
    return request.header(f"svix-{name}") or request.header(f"webhook-{name}")


def _id(request: HookRequest) -> str:
    return storable(_header(request, "id"))


def _verify(request: HookRequest, secret: str, now: datetime) -> None:
    check_size(request.body)
    key = base64_bytes(secret.strip().removeprefix(_PREFIX))
    identity, timestamp = _header(request, "id"), _header(request, "timestamp")
    if not key or not identity or len(identity) > _MAX_ID:
        raise SignatureError("There is no secret of the form whsec_…, or the request has no id.")
    content = f"{identity}.{timestamp}.".encode(errors="surrogatepass") + request.body
    expected = base64.b64encode(hmac_sha256(key, content)).decode()
    signatures = [one.partition(",") for one in _header(request, "signature").split(" ", _MAX_SIGNATURES)]
    matches = [is_same(signature, expected) for version, _, signature in signatures if version == _VERSION]
    if not any(matches):
        raise SignatureError("No signature is of this body and signing secret.")
    check_age(signed_time(timestamp), now, _TOLERANCE)


def _replay_key(request: HookRequest) -> str | None:
    return _id(request) or None


RESEND: Final = Provider(
    slug=SLUG,
    name="Resend",
    is_signed=True,
    secret_origin=SecretOrigin.PROVIDER,
    setup=Setup(
        steps=("In Resend, open Webhooks, Add Webhook, and enter {url} as Endpoint URL.",),
        events=tuple(name for name in KINDS if name != "email.clicked"),
        retries="Resend tries again for about 28 hours until the status is 2xx; there is nothing to set.",
        secret="The signing secret that the webhook shows (whsec_…).",  # noqa: S106 - where it is found
    ),
    verify=_verify,
    parse=_parse,
    replay_key=_replay_key,
    replay_window=_TOLERANCE * 3,
)
