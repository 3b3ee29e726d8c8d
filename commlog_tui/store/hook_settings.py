"""The settings of a provider's webhook, encrypted before they are stored.

AES-256-GCM (NIST SP 800-38D) with a key from the file beside the log, which no backup of the log
holds. Location and provider are authenticated with it, so that settings cannot be moved.
"""

import secrets
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from commlog_tui.store.errors import StoreUnavailableError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_UNREADABLE: Final = (
    "The secret of this webhook cannot be decrypted: the key file beside the log was replaced. "
    "Nothing was recorded; set the webhook up again with commlog hook add."
)


class HookSettings(msgspec.Struct, frozen=True):
    """What a webhook is verified by."""

    secret: str
    public_url: str = ""
    """URL that the provider calls, where a proxy changes it."""
    confirms: bool = False
    """Whether a subscription may be confirmed that the provider asks for (Amazon SNS)."""


def seal(key: bytes, location: str, provider: str, settings: HookSettings) -> bytes:
    """Return the settings encrypted: a nonce and the ciphertext."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, msgspec.json.encode(settings), _bound_to(location, provider))


def unseal(key: bytes, location: str, provider: str, sealed: bytes) -> HookSettings:
    """Return the settings. Raises ``StoreUnavailableError`` if the key is another one."""
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        raw = AESGCM(key).decrypt(nonce, ciphertext, _bound_to(location, provider))
        return msgspec.json.decode(raw, type=HookSettings)
    except (InvalidTag, ValueError, msgspec.DecodeError):
        raise StoreUnavailableError(_UNREADABLE) from None


def _bound_to(location: str, provider: str) -> bytes:
    return f"commlog hook\x00{location}\x00{provider}".encode()
