"""A short cache of tokens: every request looks one up, and few are ever revoked.

A token revoked through the same store is refused at once, one that another process revokes within
``SECONDS``.
"""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from commlog_tui.store.protocol import TokenRecord

SECONDS: Final = 0.5
_MOST: Final = 1_024


class TokenCache:
    """Remembers tokens by their digest. Digests that stand for no token are not remembered."""

    def __init__(self, load: Callable[[bytes], Awaitable[TokenRecord | None]]) -> None:
        """Look up in the store what is not remembered."""
        self._load = load
        self._known: dict[bytes, tuple[TokenRecord, float]] = {}
        self._revision = 0

    async def find(self, digest: bytes) -> TokenRecord | None:
        """Return the token with a digest, revoked or not."""
        now = monotonic()
        known = self._known.get(digest)
        if known is not None and now < known[1]:
            return known[0]
        revision = self._revision
        token = await self._load(digest)
        if token is not None and revision == self._revision:  # else it may have been revoked meanwhile
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[digest] = token, now + SECONDS
        return token

    def clear(self) -> None:
        """Forget all tokens, as one has been revoked."""
        self._revision += 1
        self._known.clear()
