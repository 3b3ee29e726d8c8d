"""Webhook requests signed by an implementation of its own, from the providers' documentation."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
TWILIO_TOKEN = "12345"
SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
SENDGRID_SECRET = base64.b64encode(
    SENDGRID_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
MAILGUN_KEY = "key-0123456789abcdef"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:events"
SNS_HOST = "https://sns.eu-west-1.amazonaws.com"


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


class Amazon:
    """A signer of SNS messages with a certificate of its own."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(65_537, 2_048)
        now, name = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        builder = x509.CertificateBuilder(name, name, self._key.public_key(), 1, now - DAY, now + DAY)
        self.certificate = builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM)
        self.certificate_url = f"{SNS_HOST}/SimpleNotificationService-{secrets.token_hex(8)}.pem"

    def sign(self, kind: str, **fields: str) -> Signed:
        """Sign a message with the fields of its kind (SNS Developer Guide, version 2)."""
        message = {
            "Type": kind,
            "MessageId": secrets.token_hex(16),
            "TopicArn": TOPIC,
            "Timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            **fields,
        }
        content = "".join(f"{name}\n{message[name]}\n" for name in sorted(message))
        signature = base64.b64encode(self._key.sign(content.encode(), PKCS1v15(), SHA256())).decode()
        rest = {"SignatureVersion": "2", "Signature": signature, "SigningCertURL": self.certificate_url}
        return Signed(json.dumps(message | rest).encode(), {"Content-Type": "text/plain; charset=UTF-8"})

    def subscription(self) -> Signed:
        """Return the request that asks for a confirmation."""
        url = f"{SNS_HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"
        return self.sign("SubscriptionConfirmation", Message="Confirm it.", SubscribeURL=url, Token="t")

    def notification(self, event: dict[str, Any]) -> Signed:
        """Return an event of SES."""
        return self.sign("Notification", Message=json.dumps(event))
