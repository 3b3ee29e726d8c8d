"""Write the demo location to a log."""

import asyncio
import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from random import Random
from typing import Final

from commlog_tui.contract.location import NewLocation
from commlog_tui.demo import LOCATION
from commlog_tui.demo.customers import generate_customers
from commlog_tui.demo.simulation import NAME, ZONE, plan
from commlog_tui.store.opening import StoreUrl, open_store

_MONTHS: Final = 18
_BOOKINGS: Final = 5_650
_PEOPLE: Final = 4_200
_AT_ONCE: Final = 8_000
_ACTOR: Final = "Booking system"


def fill(
    url: StoreUrl,
    *,
    seed: int = 1,
    until: date | None = None,
    months: int = _MONTHS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Generate a log with the demo location at a URL; deterministic for a seed and last day."""
    rng = Random(seed)  # noqa: S311 - a story, not a secret
    now = datetime.now(UTC)
    end = min(now, datetime.combine(until, time(18), ZONE).astimezone(UTC)) if until else now
    share = months / _MONTHS
    people = generate_customers(rng, int(_PEOPLE * share))
    # of the many objects that a plan is made of none is garbage, and looking for it takes a third
    # of the time
    gc.disable()
    try:
        planned = plan(rng, people, end, months, int(_BOOKINGS * share))
    finally:
        gc.enable()
    times = iter(planned)
    store = open_store(url, clock=lambda: next(times).at.astimezone(UTC))

    async def record() -> None:
        await store.create_location(NewLocation(id=LOCATION, name=NAME, zone=ZONE.key))
        for at in range(0, len(planned), _AT_ONCE):
            await store.append(LOCATION, _ACTOR, [one.item for one in planned[at : at + _AT_ONCE]])
            progress(min(at + _AT_ONCE, len(planned)), len(planned))
        await store.close()

    with ThreadPoolExecutor(1) as apart:  # the caller may have an event loop running
        apart.submit(lambda: asyncio.run(record())).result()
