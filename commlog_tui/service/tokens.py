"""Tokens: made, hashed, and turned into the caller they speak for."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from commlog_tui.contract.location import PERMISSIONS, Permission, Role
from commlog_tui.records.actor import DeskActor
from commlog_tui.store.protocol import Store

_PREFIX: Final = "commlog_"
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Owner:
    """A token with all permissions for the embedded service's own desk, in memory only."""

    name: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a request comes from."""

    name: str
    role: Role
    locations: tuple[str, ...] | None
    """None stands for every location."""
    token: str | None = None
    """The token's id; None for the owner of an embedded service."""
    person: str = ""
    """Name given at the desk."""

    @property
    def actor(self) -> str:
        """Who a record is by."""
        return DeskActor(self.name, self.person) if self.person else self.name

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the caller may do."""
        return PERMISSIONS[self.role]

    def sees(self, location: str) -> bool:
        """Whether the location exists for this caller."""
        return self.locations is None or location in self.locations


def new_secret() -> str:
    """Return a new token secret: 256 random bits with a prefix for secret scanners."""
    return _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)


def digest_of(secret: str) -> bytes:
    """Return the SHA-256 that is stored of a secret.

    With 256 random bits, no slow hash is needed.
    """
    return sha256(secret.encode(errors="replace")).digest()


def owner_of(secret: str, owner: Owner | None) -> Caller | None:
    """Return the owner, if the secret is theirs."""
    if owner is not None and secrets.compare_digest(digest_of(secret), owner.digest):
        return Caller(owner.name, Role.ADMIN, None)
    return None


async def caller_of(secret: str, store: Store) -> Caller | None:
    """Return whom a secret stands for; None if it is unknown or revoked."""
    token = await store.token(digest_of(secret))
    if token is None or token.revoked_at is not None:
        return None
    return Caller(token.name, token.role, token.locations, token.id)
