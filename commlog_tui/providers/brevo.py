"""Brevo: transactional webhooks, unsigned.

Event names are those of Brevo's webhook reference. Nothing is signed: the secret comes as basic
authentication in the URL, or as a bearer token. Events have no id (``id`` is the account's), so
that identity is made of event, address and time.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError
from commlog_tui.providers.event import ProviderEvent, joined_id, provider_event
from commlog_tui.providers.provider import Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import Fields, bare_message_id, read_json, readable, text_of, unix_instant
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import verify_shared_secret

SLUG: Final = "brevo"
KINDS: Final[Mapping[str, DeliveryKind]] = {
    "request": DeliveryKind.QUEUED,
    "deferred": DeliveryKind.DEFERRED,
    "soft_bounce": DeliveryKind.DEFERRED,
    "delivered": DeliveryKind.DELIVERED,
    "hard_bounce": DeliveryKind.BOUNCED,
    "blocked": DeliveryKind.REJECTED,
    "invalid_email": DeliveryKind.REJECTED,
    "error": DeliveryKind.FAILED,
    "opened": DeliveryKind.OPENED,
    "unique_opened": DeliveryKind.OPENED,
    "proxy_open": DeliveryKind.OPENED,
    "unique_proxy_open": DeliveryKind.OPENED,
    "click": DeliveryKind.CLICKED,
    "spam": DeliveryKind.COMPLAINED,
    "complaint": DeliveryKind.COMPLAINED,
}
_TIMES: Final = ("ts_epoch", "ts_event", "ts")
_BLOCKLISTED: Final = "due to blacklist user"


def _parse(request: HookRequest) -> list[ProviderEvent]:
    body = read_json(request.body)
    return readable(body if isinstance(body, list) else [body], _events)


def _events(fields: Fields) -> list[ProviderEvent]:
    name = text_of(fields, "event").lower()
    if not name:
        raise MalformedHookError("The body has no event.")
    kind = KINDS.get(name)
    if kind is None:
        return []
    at, to = unix_instant(text_of(fields, *_TIMES)), text_of(fields, "email")
    reason = text_of(fields, "reason")
    return [
        provider_event(
            bare_message_id(text_of(fields, "message-id")),
            joined_id(name, to.strip().lower(), str(int(at.timestamp()))),
            kind,
            at,
            to=to,
            code=name if kind in {DeliveryKind.REJECTED, DeliveryKind.FAILED} else "",
            detail=reason,
            reason="suppressed" if _BLOCKLISTED in reason.lower() else None,
        )
    ]


BREVO: Final = Provider(
    slug=SLUG,
    name="Brevo",
    is_signed=False,
    secret_origin=SecretOrigin.OURS,
    setup=Setup(
        steps=(
            "In Brevo, open Transactional, Settings, Webhook, Add a new webhook.",
            "Enter {url} as URL to call, with commlog:{secret}@ after the https://.",
        ),
        events=(
            "Sent",
            "Delivered",
            "Soft bounced",
            "Hard bounced",
            "Blocked",
            "Deferred",
            "Invalid email",
            "Error",
            "Complaint",
            "Opened",
        ),
        retries="Brevo tries again at status 429 and 5xx, four times within a few hours; there is nothing to set.",
        secret="A password that commlog generates and shows once. Brevo signs nothing.",  # noqa: S106 - a description
    ),
    verify=verify_shared_secret,
    parse=_parse,
    trouble_status=HTTPStatus.TOO_MANY_REQUESTS,
)
