"""What the service does by itself, every hour: redact what has outlived its location's retention, and clear up after it."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from commlog_tui.records.errors import LogError
from commlog_tui.store.protocol import Store

_EVERY: Final = 3600.0


async def keep_retention(store: Store, stopping: asyncio.Event, *, every: float = _EVERY) -> None:
    """Do it now and then every so many seconds, until the service stops; what fails is tried again next time."""
    while not stopping.is_set():
        try:
            redacted = await store.redact_due(datetime.now(UTC))
            await store.scrub()
        except LogError as error:
            import structlog  # noqa: PLC0415 - takes 50 ms, and there is seldom anything to write

            structlog.get_logger().warning("retention", error=type(error).__name__)
        else:
            if redacted:
                import structlog  # noqa: PLC0415 - as above

                structlog.get_logger().info("retention", redacted=redacted)
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await stopping.wait()
