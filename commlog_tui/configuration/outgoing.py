"""Validation of the settings by which messages are sent again."""

import re
from typing import Final

# Patterns are compiled when they are used, as few have these settings.
_SMTP: Final = r"smtps?://([^\s/?#@:]+(:[^\s/?#@]*)?@)?(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(:[0-9]{1,5})?/?"
_SENDER: Final = r"[^\s<>@,;]+@[^\s<>@,;]+|[^<>\r\n]+<[^\s<>@,;]+@[^\s<>@,;]+>"
_HOOK: Final = r"https://[^\s/?#@]+([/?][^\s#]*)?|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?([/?][^\s#]*)?"
_FEWEST_BYTES: Final = 24
"""Of a signing secret, as Standard Webhooks has it."""


def smtp_url(value: object) -> str:
    """Return the URL of a mail server. Raises ``ValueError``."""
    text = value.strip() if isinstance(value, str) else "?"
    if text and not re.fullmatch(_SMTP, text, re.IGNORECASE):
        raise ValueError("must be an address such as smtps://user:password@mail.example.com or smtp://localhost:25")
    return text


def mail_sender(value: object) -> str:
    """Return the sender of messages. Raises ``ValueError``."""
    text = value.strip() if isinstance(value, str) else "?"
    if text and not re.fullmatch(_SENDER, text):
        raise ValueError("must be an e-mail address, or a name with the address behind it in <>")
    return text


def hook_url(value: object) -> str:
    """Return the URL of a webhook. Raises ``ValueError``."""
    text = value.strip() if isinstance(value, str) else "?"
    if text and not re.fullmatch(_HOOK, text, re.IGNORECASE):
        raise ValueError("must be an https address without a password or a fragment, or http on this machine")
    return text


def hook_secret(value: object) -> str:
    """Return the signing secret of a webhook. Raises ``ValueError``, whose words do not repeat it."""
    import base64  # noqa: PLC0415 - as the patterns
    import binascii  # noqa: PLC0415 - as the patterns

    text = value.strip() if isinstance(value, str) else "?"
    try:
        is_key = len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) >= _FEWEST_BYTES
    except (binascii.Error, ValueError):
        is_key = False
    if text and not is_key:
        raise ValueError("must be whsec_ and the base64 of 24 to 64 random bytes")
    return text
