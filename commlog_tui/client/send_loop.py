"""Send what waits in an outbox, again and again, with exponential backoff."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.outbox import Outbox, SendReport

_SHORTEST: Final = 1.0
_LONGEST: Final = 30.0


class SendLoop:
    """Sends at once when woken, and retries with exponential backoff while anything waits."""

    def __init__(self, client: "LogClient", outbox: "Outbox", location: str = "") -> None:
        """Create the loop. ``location`` is for items that were saved without one."""
        self._client = client
        self._outbox = outbox
        self._location = location
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Send now: something was saved, or the service is back."""
        self._due.set()

    async def run(self, on_report: "Callable[[SendReport], None]", on_error: Callable[[str], None]) -> None:
        """Send for ever. Report each result, or why the outbox cannot be used, in a sentence."""
        from commlog_tui.client.outbox import OutboxError  # noqa: PLC0415 - not on the way to the first frame

        pause = _SHORTEST
        while True:
            self._due.clear()
            error, waiting = None, True
            try:
                report = await self._outbox.send(self._client, self._location)
            except OutboxError as trouble:
                on_error(str(trouble))
            else:
                on_report(report)
                error, waiting = report.error, report.waiting > 0
            retry_after, required = (error.retry_after or 0.0, error.pause) if error is not None else (0.0, 0.0)
            await asyncio.sleep(required)  # also when woken: the service named the earliest retry
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), max(pause, retry_after) - required if waiting else None)
            pause = _SHORTEST if self._due.is_set() else min(pause * 2, _LONGEST)
