"""``python -m tests.bench.desk_size --file LOG [--size N]``: the desk on the largest location of a large log.

The desk runs in this process without a terminal, its service in another, behind a proxy that adds
the delay of a network. Printed are, for each delay, the times until something is shown and the
largest gap between two turns of the desk's event loop, with the processor time that the gap took:
what others do on the machine lengthens a gap, but not that.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from textual.pilot import Pilot

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.log_table import LogTable
from tests.bench.bulk import fill
from tests.bench.figures import percentile
from tests.bench.large_log import LARGEST
from tests.bench.slow_proxy import distant
from tests.bench.soak import memory

_DELAYS: Final = (0, 50, 200)
_TEXTS: Final = ("kayak", "zoë berg", "AB-0000", "guest.77", "07500", "gate code")
_HELD: Final = 400
_TICK: Final = 0.002
_PATIENCE: Final = 60.0


class Gaps:
    """The largest gap between two turns of the event loop, and its processor time, in milliseconds."""

    def __init__(self) -> None:
        self.largest = self.processor = 0.0

    async def watch(self) -> None:
        """Look at the clocks at every turn."""
        before, cpu = perf_counter(), process_time()
        while True:
            await asyncio.sleep(_TICK)
            now, spent = perf_counter(), process_time()
            self.largest = max(self.largest, (now - before - _TICK) * 1000)
            self.processor = max(self.processor, (spent - cpu) * 1000)
            before, cpu = now, spent


@asynccontextmanager
async def watched() -> AsyncIterator[Gaps]:
    """Watch the event loop meanwhile."""
    gaps = Gaps()
    task = asyncio.create_task(gaps.watch())
    try:
        yield gaps
    finally:
        task.cancel()


async def until(condition: Callable[[], object]) -> None:
    """Wait for what is shown."""
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - screens tell nobody when
            await asyncio.sleep(_TICK)


def _is_answered(screen: LogScreen, text: str) -> bool:
    """Whether the rows are the log's answer to a search text."""
    state = screen.state
    return state.answered is not None and state.claimed.q == state.answered.q == text and not state.loading


async def measure(pilot: Pilot[None], delay: int, times_down: int) -> None:
    """Print the figures of one delay."""
    screen = pilot.app.screen
    assert isinstance(screen, LogScreen)
    table = screen.query_one(LogTable)
    await until(lambda: table.entry)
    times: list[float] = []
    async with watched() as gaps:
        for text in _TEXTS:
            await pilot.press("slash", *text)
            begun = perf_counter()
            await until(partial(_is_answered, screen, text))
            times.append((perf_counter() - begun) * 1000)
            screen.filter(Filters())
            await until(partial(_is_answered, screen, ""))
            table.focus()
    tell(delay, "search, last key to rows", times, gaps)
    before, _ = memory(os.getpid())
    async with watched() as gaps:
        begun = perf_counter()
        await pilot.press(*["down"] * times_down)
        await until(lambda: not screen.state.loading)
        each = [(perf_counter() - begun) * 1000 / times_down]
    tell(delay, f"Down, {times_down:,} times, each", each, gaps)
    sys.stdout.write(f"{delay:5} {'memory more than before, MiB':28} {memory(os.getpid())[0] - before:8.1f}\n")
    times = []
    async with watched() as gaps:
        for key in ("G", "g"):
            begun = perf_counter()
            await pilot.press(key)
            await until(lambda: not screen.state.loading)
            times.append((perf_counter() - begun) * 1000)
    tell(delay, "last page, first page", times, gaps)


def tell(delay: int, what: str, times: list[float], gaps: Gaps) -> None:
    """Print one row."""
    p50, most = percentile(times, 0.5), max(times)
    sys.stdout.write(f"{delay:5} {what:28} {p50:8.1f} {most:8.1f} {gaps.largest:8.1f} {gaps.processor:8.1f}\n")
    sys.stdout.flush()


def _at(target: Target) -> Target:
    return target


async def run(file: Path, times_down: int, rate: float) -> None:
    """Measure with every delay; the network carries so many bytes a second."""
    service = EmbeddedService(file)
    try:
        sys.stdout.write(f"load {os.getloadavg()[0]:.1f}; milliseconds\n{'delay':5} {'':28} {'p50':>8} {'most':>8} ")
        sys.stdout.write(f"{'gap':>8} {'cpu':>8}\n")
        for delay in _DELAYS:
            with TemporaryDirectory() as folder, distant(service.base_url, delay, rate) as url:
                target = Target(url, service.token, LARGEST, Path(folder) / "outbox", "bench")
                async with DeskApp(partial(_at, target)).run_test(size=(140, 40)) as pilot:
                    await measure(pilot, delay, times_down)
    finally:
        service.close()


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk_size", description="Measures the desk at size.")
    parser.add_argument("--file", type=Path, required=True, help="the log, filled if it is not there")
    parser.add_argument("--size", type=int, default=1_000_000, help="its entries (default: %(default)s)")
    parser.add_argument("--down", type=int, default=_HELD, help="how often Down is pressed (default: %(default)s)")
    parser.add_argument("--megabits", type=float, default=inf, help="rate of the network a second (default: no limit)")
    options = parser.parse_args()
    if not options.file.exists():
        fill(options.file, options.size)
    asyncio.run(run(options.file, options.down, options.megabits * 125_000))


if __name__ == "__main__":
    main()
