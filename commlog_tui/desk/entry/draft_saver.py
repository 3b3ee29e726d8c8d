"""Saves one form as a draft while it is typed, then as an outbox item."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commlog_tui.client.outbox import Outbox, OutboxItem


class DraftSaver:
    """Saves what one form holds.

    Every method raises ``OutboxError`` when the disk fails.
    """

    def __init__(self, outbox: "Outbox", key: str, replaces: str | None) -> None:
        self._outbox = outbox
        self._key = key
        self._replaces = replaces
        self._turn = asyncio.Lock()
        self._settled = False

    async def keep(self, made: "Callable[[], OutboxItem]") -> None:
        """Save a draft, made when it is this one's turn, unless the form is done with."""
        async with self._turn:
            if not self._settled:
                await asyncio.to_thread(self._outbox.save, made())

    async def hand_over(self, item: "OutboxItem") -> bool:
        """Save what is to be sent, in place of the draft; whether this call did it."""
        async with self._turn:
            if self._settled:
                return False
            await asyncio.to_thread(self._outbox.save, item)
            self._settled = True
            if self._replaces is not None:
                await asyncio.to_thread(self._outbox.discard, self._replaces)
            return True

    async def close(self, *, discard: bool) -> bool:
        """Save no more; on demand throw away what was kept. Whether this call did it."""
        async with self._turn:
            if self._settled:
                return False
            if discard:
                for key in (self._key, self._replaces):
                    if key is not None:
                        await asyncio.to_thread(self._outbox.discard, key)
            self._settled = True
            return True
