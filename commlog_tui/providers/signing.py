"""Checks that several verifiers share. All comparisons of secrets take constant time."""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.reading import unix_instant
from commlog_tui.providers.request import HookRequest

USER: Final = "commlog"
"""User name of basic authentication."""
KEY: Final = "key"
"""Query parameter with the secret, where a provider cannot send an Authorization header."""
_AHEAD: Final = timedelta(minutes=5)


def is_same(one: str | bytes, other: str | bytes) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def hmac_sha256(key: bytes, content: bytes) -> bytes:
    """Return the HMAC-SHA256 of the content."""
    return hmac.digest(key, content, sha256)


def base64_bytes(text: str) -> bytes | None:
    """Return the bytes of strict base64; None if it is not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def check_age(at: datetime, now: datetime, tolerance: timedelta) -> None:
    """Check that a signed time is neither old nor in the future.

    Raises:
        SignatureError: it is.
    """
    if now - at > tolerance or at - now > _AHEAD:
        raise SignatureError("The request was signed too long ago, or in the future.")


def signed_time(text: str) -> datetime:
    """Return a signed Unix time.

    Raises:
        SignatureError: it is not one.
    """
    try:
        return unix_instant(text)
    except MalformedHookError:
        raise SignatureError("The request has no time of its signature.") from None


def check_secret(secret: str) -> None:
    """Check that there is a secret: nothing matches an empty one.

    Raises:
        SignatureError: there is none.
    """
    if not secret:
        raise SignatureError("There is no secret for this webhook.")


def verify_shared_secret(request: HookRequest, secret: str, now: datetime) -> None:
    """Verify a request of a provider that signs nothing.

    The secret comes as the password of basic authentication, as a bearer token, or in the query.

    Raises:
        SignatureError: the secret is missing or wrong.
    """
    del now
    check_secret(secret)
    scheme, _, credentials = request.header("authorization").partition(" ")
    basic = base64_bytes(credentials.strip()) or b"" if scheme.lower() == "basic" else b""
    bearer = credentials.strip() if scheme.lower() == "bearer" else ""
    matches = [
        is_same(basic, f"{USER}:{secret}"),
        is_same(bearer, secret),
        is_same(request.query.get(KEY, ""), secret),
    ]
    if not any(matches):
        raise SignatureError("The request does not have the secret of this webhook.")


def _bytes(text: str | bytes) -> bytes:
    return text.encode(errors="surrogatepass") if isinstance(text, str) else text
