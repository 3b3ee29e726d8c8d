"""Twilio: status callbacks of messages and calls.

Statuses are those of Twilio's Message and Call resources. Requests are signed with the account's
auth token over the public URL and the sorted form fields; a JSON body by its SHA-256 in the query
(docs: Usage, Security, Validating requests). A callback has neither an event id nor a time: its
identity is (SID, status), its time is when it came.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.event import ProviderEvent, joined_id, provider_event
from commlog_tui.providers.provider import Provider, SecretOrigin, Setup
from commlog_tui.providers.reading import check_size, read_form, read_object, text_of
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import check_secret, is_same

SLUG: Final = "twilio"
MESSAGE_KINDS: Final[Mapping[str, tuple[DeliveryKind, ...]]] = {
    "accepted": (DeliveryKind.QUEUED,),
    "scheduled": (DeliveryKind.SCHEDULED,),
    "queued": (DeliveryKind.QUEUED,),
    "sending": (DeliveryKind.SENT,),
    "sent": (DeliveryKind.SENT,),
    "partially_delivered": (DeliveryKind.SENT,),
    "delivered": (DeliveryKind.DELIVERED,),
    "read": (DeliveryKind.DELIVERED, DeliveryKind.OPENED),
    "undelivered": (DeliveryKind.BOUNCED,),
    "failed": (DeliveryKind.FAILED,),
    "canceled": (DeliveryKind.CANCELED,),
    "receiving": (),
    "received": (),
}
"""Events of a message's status. A message that was read was delivered, also if no callback says
so."""
CALL_KINDS: Final[Mapping[str, tuple[DeliveryKind, ...]]] = {
    "queued": (DeliveryKind.QUEUED,),
    "initiated": (DeliveryKind.QUEUED,),
    "ringing": (),
    "in-progress": (),
    "completed": (),
    "busy": (DeliveryKind.FAILED,),
    "no-answer": (DeliveryKind.FAILED,),
    "failed": (DeliveryKind.FAILED,),
    "canceled": (DeliveryKind.CANCELED,),
}
"""Events of a call's status; none if it was answered."""
CALL: Final = "CA"
"""First letters of the SID of a call."""
_NO_ERROR: Final = frozenset({"", "0"})
_RETRIES: Final = "#rc=5&rp=all"
"""Connection overrides: five retries, after every sort of failure (docs: Usage, Webhooks, Connection
overrides). They follow the URL as its fragment, which is never sent. What is signed is the URL through
the end of its query (docs: Usage, Security)."""
_OPTED_OUT: Final = "21610"
_PORTS: Final = {"https": 443, "http": 80}
_CHANNELS: Final = frozenset({"whatsapp", "messenger", "rcs", "client", "sip"})


def event_id(sid: str, status: str, kind: DeliveryKind) -> str:
    """Return the identity of an event: SID and status.

    That a message was delivered has one identity, whether ``delivered`` or ``read`` says so.
    """
    return joined_id(sid, "delivered" if kind is DeliveryKind.DELIVERED else status)


def error_code(code: str) -> str:
    """Return an error code; empty for the zero that means none."""
    return "" if code in _NO_ERROR else code


def reason_of(code: str) -> str | None:
    """Return the contract's reason for an error code that is one."""
    return "opted-out" if code == _OPTED_OUT else None


def _parse(request: HookRequest) -> list[ProviderEvent]:
    fields = _fields(request)
    sid = text_of(fields, "MessageSid", "SmsSid", "CallSid")
    is_call = sid.startswith(CALL)
    status = text_of(fields, *(("CallStatus",) if is_call else ("MessageStatus", "SmsStatus"))).lower()
    if not sid or not status:
        raise MalformedHookError("The body has no SID or no status: it is no status callback.")
    code = error_code(text_of(fields, "ErrorCode"))
    return [
        provider_event(
            sid,
            event_id(sid, status, kind),
            kind,
            request.received_at,
            to=_number(text_of(fields, "To")),
            code=code,
            detail="; ".join(filter(None, (f"Twilio: {status}", text_of(fields, "ErrorMessage")))),
            reason=reason_of(code),
        )
        for kind in (CALL_KINDS if is_call else MESSAGE_KINDS).get(status, ())
    ]


def _fields(request: HookRequest) -> Mapping[str, object]:
    if "json" in request.header("content-type").lower():
        return read_object(request.body)
    return dict(read_form(request.body))


def _number(address: str) -> str:
    channel, colon, number = address.partition(":")
    return number if colon and channel.lower() in _CHANNELS else address


def _verify(request: HookRequest, secret: str, now: datetime) -> None:
    del now  # a callback has no time: a repeat has the same event ids
    check_secret(secret)
    check_size(request.body)
    url, signature = request.signed_url, request.header("x-twilio-signature")
    hashes = _body_hashes(url)
    if hashes:
        fields: list[tuple[str, str]] = []
        is_whole = all(is_same(one, sha256(request.body).hexdigest()) for one in hashes)
    else:
        is_whole = "json" not in request.header("content-type").lower()
        fields = read_form(request.body) if is_whole else []
    if not is_whole or not any(is_same(_signature(one, fields, secret), signature) for one in _signed_urls(url)):
        raise SignatureError("The signature is not of this body, public URL and auth token.")


def _body_hashes(url: str) -> list[str]:
    try:
        return parse_qs(urlsplit(url).query, max_num_fields=100).get("bodySHA256", [])
    except ValueError:
        raise SignatureError("The public URL cannot be read.") from None


def _signed_urls(url: str) -> Iterable[str]:
    """Yield what may be signed in place of a URL: the documentation leaves the fragment out of it."""
    for one in _urls(url):
        yield one
        yield one + _RETRIES


def _urls(url: str) -> Iterable[str]:
    """Yield the URL with and without its port: Twilio's products sign either."""
    yield url
    try:
        parts = urlsplit(url)
        host, port = parts.netloc, parts.port
    except ValueError:
        return
    if port is not None:
        yield urlunsplit(parts._replace(netloc=host.removesuffix(f":{port}")))
    elif parts.scheme in _PORTS:
        yield urlunsplit(parts._replace(netloc=f"{host}:{_PORTS[parts.scheme]}"))


def _signature(url: str, fields: Iterable[tuple[str, str]], secret: str) -> str:
    text = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    content = text.encode(errors="surrogateescape")
    return base64.b64encode(hmac.new(secret.encode(errors="surrogatepass"), content, "sha1").digest()).decode()


TWILIO: Final = Provider(
    slug=SLUG,
    name="Twilio",
    is_signed=True,
    secret_origin=SecretOrigin.PROVIDER,
    setup=Setup(
        steps=(
            "In the Twilio Console, open Messaging, Services, your service, Integration.",
            f"Enter {{url}}{_RETRIES} as Delivery Status Callback (or as StatusCallback of each message).",
            "Where the service is behind a proxy, the URL must be the public one: Twilio signs it.",
        ),
        events=("Delivery status of messages; for calls initiated and completed",),
        retries=f"The ending {_RETRIES} makes Twilio try five times within 15 seconds; later callbacks are lost. "
        "Import the message log after an outage: it closes the gap.",
        secret="The auth token of the account (Console, Account, API keys & tokens).",  # noqa: S106 - where it is found
    ),
    verify=_verify,
    parse=_parse,
)
