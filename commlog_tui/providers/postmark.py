"""Postmark: webhooks, unsigned, and the Messages API.

Record types and bounce types are those of Postmark's webhook and Bounce API reference. Nothing is
signed: the secret comes as basic authentication. A bounce has an id, the same in the Messages API
(``BounceID``); a message is delivered to a recipient once, so that this is an identity too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from commlog_tui.contract.base import format_instant
from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError
from commlog_tui.providers.event import ProviderEvent, joined_id, provider_event
from commlog_tui.providers.provider import Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import iso_instant, read_object, text_of
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import verify_shared_secret

SLUG: Final = "postmark"
STATUSES: Final[Mapping[str, DeliveryKind]] = {
    "queued": DeliveryKind.QUEUED,
    "sent": DeliveryKind.SENT,
    "processed": DeliveryKind.SENT,
}
"""Statuses of a message in the Messages API."""
EVENTS: Final[Mapping[str, DeliveryKind]] = {
    "Delivered": DeliveryKind.DELIVERED,
    "Transient": DeliveryKind.DEFERRED,
    "Opened": DeliveryKind.OPENED,
    "LinkClicked": DeliveryKind.CLICKED,
    "Bounced": DeliveryKind.BOUNCED,
    "SpamComplaint": DeliveryKind.COMPLAINED,
}
"""Message events of the Messages API."""
IGNORED: Final = frozenset({"SubscriptionChanged"})
_RECORDS: Final = {
    "Delivery": (DeliveryKind.DELIVERED, "DeliveredAt"),
    "Open": (DeliveryKind.OPENED, "ReceivedAt"),
    "Click": (DeliveryKind.CLICKED, "ReceivedAt"),
}
_BOUNCES: Final[Mapping[str, DeliveryKind]] = {
    "HardBounce": DeliveryKind.BOUNCED,
    "SoftBounce": DeliveryKind.BOUNCED,
    "DnsError": DeliveryKind.BOUNCED,
    "Unknown": DeliveryKind.BOUNCED,
    "SpamNotification": DeliveryKind.BOUNCED,
    "VirusNotification": DeliveryKind.BOUNCED,
    "DMARCPolicy": DeliveryKind.BOUNCED,
    "Transient": DeliveryKind.DEFERRED,
    "Blocked": DeliveryKind.REJECTED,
    "BadEmailAddress": DeliveryKind.REJECTED,
    "ManuallyDeactivated": DeliveryKind.REJECTED,
    "SMTPApiError": DeliveryKind.FAILED,
    "TemplateRenderingFailed": DeliveryKind.FAILED,
    "SpamComplaint": DeliveryKind.COMPLAINED,
}
"""Bounce types. What is not here, such as AutoResponder, is no failure to deliver."""
_SUPPRESSED: Final = frozenset({"ManuallyDeactivated"})
_INACTIVE: Final = "marked as inactive"
_INBOUND: Final = "Inbound"
_ONCE: Final = frozenset({DeliveryKind.DELIVERED, DeliveryKind.COMPLAINED})


def event_id(kind: DeliveryKind, recipient: str, at: datetime, bounce_id: str = "") -> str:
    """Return the identity of an event, the same from a webhook and the Messages API."""
    if bounce_id and kind is not DeliveryKind.COMPLAINED:
        return joined_id("bounce", bounce_id)
    parts = (kind.value, recipient.strip().lower())
    return joined_id(*parts) if kind in _ONCE else joined_id(*parts, format_instant(at))


def _parse(request: HookRequest) -> list[ProviderEvent]:
    fields = read_object(request.body)
    record = text_of(fields, "RecordType")
    if not record or record == _INBOUND:
        raise MalformedHookError("The body has no RecordType of an outbound message.")
    code = bounce_id = ""
    if record in _RECORDS:
        kind, time = _RECORDS[record]
    else:
        code, time = text_of(fields, "Type"), "BouncedAt"
        found = _BOUNCES.get(code) if record in {"Bounce", "SpamComplaint"} else None
        if found is None:
            return []
        kind, bounce_id = found, text_of(fields, "ID")
    recipient, at = text_of(fields, "Recipient", "Email"), iso_instant(text_of(fields, time))
    detail = text_of(fields, "Details", "Description")
    is_suppressed = code in _SUPPRESSED or _INACTIVE in detail.lower()
    return [
        provider_event(
            text_of(fields, "MessageID"),
            event_id(kind, recipient, at, bounce_id),
            kind,
            at,
            to=recipient,
            code=code,
            detail=detail if kind not in {DeliveryKind.OPENED, DeliveryKind.CLICKED} else "",
            reason="suppressed" if is_suppressed else None,
        )
    ]


POSTMARK: Final = Provider(
    slug=SLUG,
    name="Postmark",
    is_signed=False,
    secret_origin=SecretOrigin.OURS,
    setup=Setup(
        steps=(
            "In Postmark, open the server, the message stream, Webhooks, Add webhook.",
            "Enter {url} as Webhook URL.",
            "Under Basic auth, enter commlog as user name and {secret} as password.",
        ),
        events=("Delivery", "Bounce", "Spam complaint", "Open"),
        retries="Postmark tries bounces again ten times in 10.5 hours, other events three times in 21 minutes, and "
        "stops at status 403; import the messages after a longer outage.",
        secret="A password that commlog generates and shows once. Postmark signs nothing.",  # noqa: S106 - a description
    ),
    verify=verify_shared_secret,
    parse=_parse,
)
