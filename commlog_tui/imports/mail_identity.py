"""Deterministic keys for e-mail messages, the same in every file format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Final

from commlog_tui.imports.items import hashed_key, key_of
from commlog_tui.imports.mail_text import header

_BRACKETED: Final = re.compile(r"<\s*([^<>]*[^<>\s])\s*>")
_LONGEST_ID: Final = 998
"""Longest line of RFC 5322."""
_BARE: Final = re.compile(r"[^\s<>()]+@[^\s<>()]+")


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """Source of the keys of a message: its Message-ID, else its time and content."""

    kind: str
    message_id: str
    """As written in the header."""
    moments: tuple[datetime, ...]
    """When it was sent, and how 0.1.0 may have read that."""
    header: tuple[str, ...]
    contents: tuple[str, ...]
    """The body, and what 0.1.0 may have taken for it."""

    def keys(self, address: str, spellings: Sequence[str]) -> list[str]:
        """Return the key for an address, followed by the keys that 0.1.0 may have used.

        0.1.0 used Message-ID and address exactly as written. Where both are in the usual form,
        which is nearly always, its key is the key.
        """
        addresses = dict.fromkeys((address, *spellings))
        if self.message_id:
            ids = dict.fromkeys((normal_message_id(self.message_id), self.message_id))
            keys = [key_of(self.kind, message_id, name) for message_id in ids for name in addresses]
        else:
            times = dict.fromkeys(moment.isoformat() for moment in self.moments)
            forms = [(time, *self.header, content) for time in times for content in dict.fromkeys(self.contents)]
            keys = [hashed_key(self.kind, *form, name) for form in forms for name in addresses]
        return list(dict.fromkeys(keys))


def normal_message_id(text: str) -> str:
    """Return a Message-ID in angle brackets, without white space and comments."""
    if match := _BRACKETED.search(text):
        return f"<{''.join(match[1].split())}>"
    match = _BARE.fullmatch(text.strip())
    return f"<{match[0]}>" if match else text


def resent_prefix(message: Message) -> str:
    """Return the prefix of the header fields that say when and to whom a message was sent last."""
    return "Resent-" if any(f"Resent-{name}" in message for name in ("To", "Cc", "Bcc")) else ""


def stated_message_id(message: Message, prefix: str) -> str:
    """Return the Message-ID as it is in the header."""
    return header(message, f"{prefix}Message-ID").strip() or header(message, "Message-ID").strip()


def bare_message_id(message: Message) -> str:
    """Return the Message-ID without angle brackets; empty if there is none to go by."""
    text = normal_message_id(stated_message_id(message, resent_prefix(message)))
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else ""
    return bare if len(bare) <= _LONGEST_ID and bare.isprintable() else ""
