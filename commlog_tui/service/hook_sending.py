"""Asking the booking system to send a message: one signed request, as Standard Webhooks has it.

See https://github.com/standard-webhooks/standard-webhooks: the id of a message stays the same when
it is sent anew, so that the receiver acts on it once.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec
from typing_extensions import override

from commlog_tui import __version__
from commlog_tui.contract.base import format_instant
from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.resend import ResendState
from commlog_tui.records.attempt import Outcome
from commlog_tui.service.outgoing import Hook
from commlog_tui.store.resends import Outgoing

TYPE: Final = "message.resend"
_SECONDS: Final = 20.0
_GONE: Final = 410
_FIRST_OTHER: Final = 300


class _NoRedirects(HTTPRedirectHandler):
    @override
    def redirect_request(self, *_: object) -> Request | None:
        """Follow no redirect."""
        return None


def call(hook: Hook, outgoing: Outgoing, now: datetime) -> Outcome:
    """Ask the booking system once, and return what became of it."""
    body = content(outgoing)
    request = Request(hook.url, body, headers(hook.secret, outgoing.entry.id, now, body), method="POST")  # noqa: S310 - a checked setting
    try:
        with build_opener(_NoRedirects).open(request, timeout=_SECONDS) as response:
            status = int(response.status)
    except HTTPError as error:
        with error:
            status = error.code
    except (OSError, URLError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        return _later(f"The booking system does not answer: {reason}")
    if status < _FIRST_OTHER:
        detail = "The booking system took it over, and reports what becomes of it."
        return Outcome(ResendState.DONE, DeliveryKind.QUEUED, detail, str(status))
    if status == _GONE:
        detail = "The booking system takes no such requests any more."
        return Outcome(ResendState.FAILED, DeliveryKind.FAILED, detail, str(status))
    return _later(f"The booking system answered with status {status}.", str(status))


def _later(detail: str, code: str | None = None) -> Outcome:
    return Outcome(ResendState.WAITING, DeliveryKind.QUEUED, detail, code)


def content(outgoing: Outgoing) -> bytes:
    """Return the body of the request."""
    entry, resend = outgoing.entry, outgoing.resend
    data = {
        "location": entry.location,
        "entry": entry.id,
        "resend_of": entry.resend_of,
        "via": entry.via,
        "to": entry.to,
        "title": entry.title,
        "text": entry.body,
        "kind": entry.kind,
        "code": entry.code,
        "reference": entry.reference,
        "customer_id": None if entry.customer is None else entry.customer.id,
        "why": resend.why,
        "by": resend.actor,
    }
    return msgspec.json.encode({"type": TYPE, "timestamp": format_instant(entry.sent_at), "data": data})


def headers(secret: bytes, message_id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers that say what the request is and who signed it when."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": f"commlog/{__version__}",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of version 1: HMAC-SHA256 of id, timestamp and body."""
    digest = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{base64.b64encode(digest).decode()}"
