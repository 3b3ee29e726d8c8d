"""Webhook requests signed by an implementation of its own, from the providers' documentation."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TWILIO_TOKEN = "12345"
SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
SENDGRID_SECRET = base64.b64encode(
    SENDGRID_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
MAILGUN_KEY = "key-0123456789abcdef"


@dataclass(frozen=True)
class Signed:
    """A request as a provider sends it."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def twilio(url: str, token: str = TWILIO_TOKEN, **fields: str) -> Signed:
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return Signed(urlencode(fields).encode(), headers)


def sendgrid(timestamp: int, *events: dict[str, Any], ending: bytes = b"\r\n") -> Signed:
    body = json.dumps(events).encode() + ending
    signature = SENDGRID_KEY.sign(str(timestamp).encode() + body, ec.ECDSA(SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Timestamp": str(timestamp),
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "Content-Type": "application/json",
    }
    return Signed(body, headers)


def mailgun(timestamp: int, token: str, event: dict[str, Any], key: str = MAILGUN_KEY) -> Signed:
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    signed = {"timestamp": str(timestamp), "token": token, "signature": signature}
    body = json.dumps({"signature": signed, "event-data": event}).encode()
    return Signed(body, {"Content-Type": "application/json"})
