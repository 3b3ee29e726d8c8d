"""Webhooks of delivery providers: those that are set up, and signatures that serve once.

Settings are encrypted. Like the key, they are no part of a log's backups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HookRecord:
    """A provider's webhook at a location as stored."""

    location: str
    provider: str
    sealed: bytes
    """Its settings, encrypted, see ``store.hook_settings``."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignatureUse:
    """The use of a signature that serves once."""

    location: str
    provider: str
    key: bytes
    """SHA-256 of what the provider uses once."""
    body: bytes
    """SHA-256 of the body. A repeat of the same body is no other use."""


class Hooks(Protocol):
    """The webhooks of one log. Thread-safe. Every method raises ``StoreUnavailableError``."""

    def set(self, hook: HookRecord) -> None:
        """Set up a webhook, or replace it, durably."""
        ...

    def all(self) -> Sequence[HookRecord]:
        """Return every webhook, by location and provider."""
        ...

    def providers(self, location: str) -> Sequence[str]:
        """Return the providers whose webhooks a location has, in their order."""
        ...

    def find(self, location: str, provider: str) -> HookRecord | None:
        """Return a webhook; None if it is not set up."""
        ...

    def remove(self, location: str, provider: str) -> bool:
        """Remove a webhook for good; false if it is not set up."""
        ...

    def is_replay(self, use: SignatureUse, now: datetime) -> bool:
        """Whether a signature that serves once was used with another body."""
        ...

    def remember(self, use: SignatureUse, now: datetime, until: datetime) -> None:
        """Remember a use until an instant, durably; forget those that ended."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...
