"""Deterministic keys for e-mail messages, the same in every file format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from commlog_tui.imports.items import hashed_key, key_of

_BRACKETED: Final = re.compile(r"<\s*([^<>]*[^<>\s])\s*>")
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
