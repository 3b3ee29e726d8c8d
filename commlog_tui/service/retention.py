"""Hourly background job: redacts entries past their location's retention, and scrubs the file."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from commlog_tui.records.errors import LogError
from commlog_tui.service.journal import write_line
from commlog_tui.store.errors import ClockError
from commlog_tui.store.protocol import Store

_EVERY: Final = 3600.0
_MOST_DRIFT: Final = 600.0
"""Seconds that the clock may differ from elapsed time, more than a usual correction."""


class ClockWatch:
    """Detects a clock step by the time since the last look, sleep of the machine included."""

    def __init__(self) -> None:
        self._difference = time.time() - _passed()

    def has_stepped(self) -> bool:
        """Whether the clock was set since the last look, forwards or backwards."""
        before, self._difference = self._difference, time.time() - _passed()
        return abs(self._difference - before) > _MOST_DRIFT


def _passed() -> float:
    """Return seconds on a clock that nobody sets."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)  # goes on while the machine sleeps; Linux has it
    return time.monotonic() if boot is None else time.clock_gettime(boot)


async def keep_retention(store: Store, stopping: asyncio.Event, *, every: float = _EVERY) -> None:
    """Run periodically until the service stops. Failures are retried at the next run."""
    watch = ClockWatch()
    while not stopping.is_set():
        try:
            await store.scrub()
            if watch.has_stepped():
                raise ClockError("The clock stepped. Nothing was redacted; retention looks again in an hour.")
            await _redact_due(store)
        except ClockError as error:
            write_line("retention", outcome="refused", why=str(error))
        except LogError as error:
            write_line("retention", outcome="failed", error=type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await stopping.wait()


async def _redact_due(store: Store) -> None:
    now = datetime.now(UTC)
    run = await store.redact_due(now)
    if run.redacted:
        write_line("retention", outcome="done", redacted=run.redacted)
    if run.is_held_back:
        ahead = (now - run.believed) // timedelta(days=1)
        why = (
            f"the clock is {ahead} days further than the newest records vouch for; see commlog retention run --dry-run"
        )
        write_line("retention", outcome="held back", why=why)
