"""Amazon SES: events through Amazon SNS.

Event types are those of SES event publishing and of its older notifications. ``secret`` is the ARN
of the topic: a message of any other topic is refused, whoever owns it. A bounce and a complaint
have an id (``feedbackId``); the identity of other events is that of the SNS message. Each recipient
is an event.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers import sns
from commlog_tui.providers.errors import MalformedHookError
from commlog_tui.providers.event import ProviderEvent, joined_id, provider_event
from commlog_tui.providers.provider import Confirmation, Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import Fields, fields_of, iso_instant, items_of, read_object, text_of
from commlog_tui.providers.request import HookRequest

SLUG: Final = "ses"
KINDS: Final[Mapping[str, tuple[DeliveryKind, str]]] = {
    "Send": (DeliveryKind.SENT, "send"),
    "DeliveryDelay": (DeliveryKind.DEFERRED, "deliveryDelay"),
    "Delivery": (DeliveryKind.DELIVERED, "delivery"),
    "Bounce": (DeliveryKind.BOUNCED, "bounce"),
    "Reject": (DeliveryKind.REJECTED, "reject"),
    "Rendering Failure": (DeliveryKind.FAILED, "failure"),
    "Open": (DeliveryKind.OPENED, "open"),
    "Click": (DeliveryKind.CLICKED, "click"),
    "Complaint": (DeliveryKind.COMPLAINED, "complaint"),
}
"""Our kind of each event type, and the name of the object with its details."""
_RECIPIENTS: Final = ("bouncedRecipients", "complainedRecipients", "delayedRecipients", "recipients")
_SUPPRESSED: Final = frozenset({"Suppressed", "OnAccountSuppressionList"})


def _parse(request: HookRequest) -> list[ProviderEvent]:
    envelope = sns.envelope_of(request)
    if envelope["Type"] != sns.NOTIFICATION:
        return []
    message = read_object(text_of(envelope, "Message"))
    name = text_of(message, "eventType", "notificationType")
    if not name:
        raise MalformedHookError("The message of the topic is no event of Amazon SES.")
    if name not in KINDS:
        return []
    kind, part = KINDS[name]
    details, mail = fields_of(message, part), fields_of(message, "mail")
    mailed_at = text_of(mail, "timestamp") if kind is DeliveryKind.SENT else ""
    at = iso_instant(text_of(details, "timestamp") or mailed_at or text_of(envelope, "Timestamp"))
    identity = text_of(details, "feedbackId") or text_of(envelope, "MessageId")
    kinds = [text_of(details, field) for field in ("bounceType", "bounceSubType")]
    return [
        provider_event(
            text_of(mail, "messageId"),
            joined_id(identity, address.lower()),
            kind,
            at,
            to=address,
            code=text_of(recipient, "status") or "/".join(filter(None, kinds)) or _code(kind, details),
            detail=text_of(recipient, "diagnosticCode") or _words(details),
            reason="suppressed" if kinds[1] in _SUPPRESSED else None,
        )
        for address, recipient in _recipients(details, mail)
    ]


def _recipients(details: Fields, mail: Fields) -> Iterator[tuple[str, Fields]]:
    """Yield address and details of each recipient that the event is about."""
    named = next(filter(None, (items_of(details, name) for name in _RECIPIENTS)), None) or items_of(mail, "destination")
    for one in named:
        fields = one if isinstance(one, dict) else {}
        yield text_of(fields, "emailAddress") if fields else str(one), fields


def _code(kind: DeliveryKind, details: Fields) -> str:
    if kind is DeliveryKind.FAILED:
        return "RenderingFailure"
    return text_of(details, "delayType", "complaintFeedbackType", "reason")


def _words(details: Fields) -> str:
    return text_of(details, "smtpResponse", "reason", "errorMessage", "complaintSubType")


def _verify(request: HookRequest, secret: str, now: datetime) -> None:
    sns.verify(request, secret, now)


def _handshake(request: HookRequest, secret: str) -> Confirmation | None:
    del secret
    return sns.confirmation_of(request)


def _replay_key(request: HookRequest) -> str | None:
    return text_of(sns.envelope_of(request), "MessageId") or None


SES: Final = Provider(
    slug=SLUG,
    name="Amazon SES",
    is_signed=True,
    secret_origin=SecretOrigin.PROVIDER,
    setup=Setup(
        steps=(
            "In Amazon SNS, create a standard topic, and set its attribute SignatureVersion to 2.",
            "In Amazon SES, open Configuration sets, your set, Event destinations, and add the topic.",
            "In the topic, create a subscription: protocol HTTPS, endpoint {url}, raw message delivery off.",
            "commlog confirms the subscription once, because it was asked for here.",
        ),
        events=(
            "Sends",
            "Deliveries",
            "Delivery delays",
            "Hard bounces",
            "Rejects",
            "Rendering failures",
            "Complaints",
            "Opens",
        ),
        retries="SNS gives up after about a minute; the delivery policy of the subscription allows an hour: "
        '{"healthyRetryPolicy": {"minDelayTarget": 20, "maxDelayTarget": 300, "numRetries": 20, '
        '"backoffFunction": "exponential"}}.',
        secret="The ARN of the topic (arn:aws:sns:…): messages of every other topic are refused.",  # noqa: S106 - as said
    ),
    verify=_verify,
    parse=_parse,
    handshake=_handshake,
    replay_key=_replay_key,
    replay_window=sns.TOLERANCE * 2,
    certificate_url=sns.certificate_url,
)
