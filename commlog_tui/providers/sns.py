"""Messages of Amazon SNS: the envelope of SES events, and its signature.

The signature is RSA (PKCS #1 v1.5) over fields in an order that depends on the type, with SHA-1 in
version 1 and SHA-256 in version 2 (Amazon SNS Developer Guide, Verifying the signatures). The key
is in a certificate on a host of Amazon's own.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.provider import Confirmation
from commlog_tui.providers.reading import Fields, iso_instant, read_object, text_of
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.signing import base64_bytes, check_age, is_same

NOTIFICATION: Final = "Notification"
SUBSCRIPTION: Final = "SubscriptionConfirmation"
_UNSUBSCRIPTION: Final = "UnsubscribeConfirmation"
_CONFIRMATION_FIELDS: Final = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED: Final[Mapping[str, tuple[str, ...]]] = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    SUBSCRIPTION: _CONFIRMATION_FIELDS,
    _UNSUBSCRIPTION: _CONFIRMATION_FIELDS,
}
_HOST: Final = re.compile(r"sns\.[a-z]{2}(?:-[a-z]{2,10}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?", re.ASCII)
_CERTIFICATE_PATH: Final = re.compile(r"/SimpleNotificationService-[0-9a-f]{1,64}\.pem", re.ASCII)
_MAX_CERTIFICATE: Final = 16 << 10
_MAX_URL: Final = 2000
TOLERANCE: Final = timedelta(minutes=65)
"""SNS tries for an hour at most, if its retry policy is set so."""


def envelope_of(request: HookRequest) -> Fields:
    """Return the envelope of a request.

    Raises:
        MalformedHookError: it is none of the types that SNS documents.
    """
    fields = read_object(request.body)
    kind = text_of(fields, "Type")
    if kind not in _SIGNED or not all(isinstance(fields.get(name, ""), str) for name in _SIGNED[kind]):
        raise MalformedHookError("The body is no message of Amazon SNS; raw message delivery must be off.")
    return fields


def certificate_url(request: HookRequest, topic: str) -> str:
    """Return the URL of the certificate of a request.

    Raises:
        SignatureError: it is on no host of Amazon SNS, or the message is of another topic.
        MalformedHookError: the body is no message of SNS.
    """
    fields = envelope_of(request)
    if not topic.strip() or not is_same(text_of(fields, "TopicArn"), topic.strip()):
        raise SignatureError("The message is of another topic.")
    url = text_of(fields, "SigningCertURL")
    if not _is_amazons(url) or not _CERTIFICATE_PATH.fullmatch(urlsplit(url).path) or urlsplit(url).query:
        raise SignatureError("The certificate is on no host of Amazon SNS.")
    return url


def verify(request: HookRequest, topic: str, now: datetime) -> None:
    """Verify signature, topic and age of a request.

    Raises:
        SignatureError: one of them is wrong, or there is no certificate.
        MalformedHookError: the body is no message of SNS.
    """
    fields = envelope_of(request)
    certificate_url(request, topic)
    hashing = {"1": SHA1, "2": SHA256}.get(text_of(fields, "SignatureVersion"))
    signature = base64_bytes(text_of(fields, "Signature"))
    if hashing is None or not signature:
        raise SignatureError("The message has no signature of version 1 or 2.")
    try:
        _key(request.certificate or b"", now).verify(signature, _content(fields), PKCS1v15(), hashing())
    except InvalidSignature:
        raise SignatureError("The signature is not of this message.") from None
    check_age(iso_instant(text_of(fields, "Timestamp")), now, TOLERANCE)


def confirmation_of(request: HookRequest) -> Confirmation | None:
    """Return the confirmation that a message asks for; None if it asks for none.

    Raises:
        SignatureError: its URL is on no host of Amazon SNS.
        MalformedHookError: the body is no message of SNS.
    """
    fields = envelope_of(request)
    if fields["Type"] != SUBSCRIPTION:
        return None
    url = text_of(fields, "SubscribeURL")
    if not _is_amazons(url):
        raise SignatureError("The subscription is confirmed on no host of Amazon SNS.")
    return Confirmation(url)


def _is_amazons(url: str) -> bool:
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and _HOST.fullmatch(parts.netloc) is not None and not parts.fragment


def _content(fields: Fields) -> bytes:
    names = (name for name in _SIGNED[fields["Type"]] if fields.get(name))
    return "".join(f"{name}\n{fields[name]}\n" for name in names).encode(errors="surrogatepass")


def _key(certificate: bytes, now: datetime) -> RSAPublicKey:
    if not certificate or len(certificate) > _MAX_CERTIFICATE:
        raise SignatureError("There is no certificate, or it is too large.")
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - heavy, and few use this provider

    try:
        parsed = load_pem_x509_certificate(certificate)
        key = parsed.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise SignatureError("The certificate cannot be read.") from None
    if not isinstance(key, RSAPublicKey) or not parsed.not_valid_before_utc <= now <= parsed.not_valid_after_utc:
        raise SignatureError("The certificate is not valid now, or has no RSA key.")
    return key
