"""A short cache of webhook settings, decrypted, by location and provider.

A webhook that is changed or removed by another process is followed within ``SECONDS``.
"""

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

from commlog_tui.store.hook_settings import HookSettings, unseal

if TYPE_CHECKING:
    from commlog_tui.store.hooks import Hooks
    from commlog_tui.store.protocol import Store
    from commlog_tui.store.signing import Keys

SECONDS: Final = 0.5
_MOST: Final = 1_024


class HookCache:
    """Webhook settings of one service."""

    def __init__(self, store: "Store", keys: "Keys | None", hooks: "Hooks | None") -> None:
        self._store = store
        self._keys = keys
        self.file = hooks
        self._known: dict[tuple[str, str], tuple[HookSettings | None, float]] = {}

    async def find(self, location: str, provider: str) -> HookSettings | None:
        """Return the settings of a webhook; None if there is none.

        Raises ``StoreUnavailableError`` if they cannot be read or decrypted.
        """
        key, now = (location, provider), monotonic()
        known = self._known.get(key)
        if known is not None and now < known[1]:
            return known[0]
        settings = await self._load(location, provider)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = settings, now + SECONDS
        return settings

    async def _load(self, location: str, provider: str) -> HookSettings | None:
        log = await self._store.log_name()  # for an unknown webhook too: both take the same way
        hook = None if self.file is None else await asyncio.to_thread(self.file.find, location, provider)
        if hook is None or self._keys is None:
            return None
        key = self._keys.hook_key(log)
        return unseal(key, location, provider, hook.sealed)
