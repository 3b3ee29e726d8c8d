"""Sending what waits in the outbox, for as long as the desk is open."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.outbox import Outbox, SendReport

_SHORTEST: Final = 1.0
_LONGEST: Final = 30.0


class Sender:
    """Sends at once when woken, and again and again, ever more patiently, while anything waits."""

    def __init__(self, client: "LogClient", outbox: "Outbox") -> None:
        self._client = client
        self._outbox = outbox
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Send now: something was saved, or the service is back."""
        self._due.set()

    async def run(self, notify: "Callable[[SendReport], None]", troubled: Callable[[str], None]) -> None:
        """Send for ever; tell what became of it, or why the outbox cannot be used."""
        from commlog_tui.client.outbox import OutboxError

        pause = _SHORTEST
        while True:
            self._due.clear()
            error, waiting = None, True
            try:
                report = await self._outbox.send(self._client)
            except OutboxError as trouble:
                troubled(str(trouble))
            else:
                notify(report)
                error, waiting = report.error, report.waiting > 0
            asked, alone = (error.retry_after or 0.0, error.pause) if error is not None else (0.0, 0.0)
            await asyncio.sleep(alone)  # also when woken: the service said when it can be asked again
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), max(pause, asked) - alone if waiting else None)
            pause = _SHORTEST if self._due.is_set() else min(pause * 2, _LONGEST)
