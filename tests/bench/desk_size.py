"""``python -m tests.bench.desk_size --file LOG [--size N]``: the desk on the largest location of a large log.

The desk runs in this process without a terminal, its service in another, behind a proxy that adds
the delay of a network. Printed are, for each delay, the times until something is shown and the
largest gap between two turns of the desk's event loop, with the processor time that the gap took:
what others do on the machine lengthens a gap, but not that. A search is timed from its last key;
every Down from the key until the row is another.
"""

import argparse
import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from textual.events import Key
from textual.pilot import Pilot

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.log.screen import LogScreen
from commlog_tui.desk.reader.state import Position
from commlog_tui.desk.target import Target
from commlog_tui.desk.widgets.log_table import LogTable
from tests.bench.bulk import fill
from tests.bench.figures import percentile
from tests.bench.large_log import END, LARGEST
from tests.bench.slow_proxy import distant
from tests.bench.soak import memory

_DELAYS: Final = (0, 50, 200)
_TEXTS: Final = ("kayak", "zoë berg", "AB-0000", "guest.77", "07500", "gate code")
_HELD: Final = 400
_TURNS: Final = {"page turn": ["pagedown"] * 9, "last page, first page": ["end", "home", "G", "g"]}
_TURNS_OF_FIRST_ROWS: Final = 9
_REST, _PREFETCH = 2.0, 0.5
"""Seconds until the desk has loaded what is optional, and the pages beside the one shown."""
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


async def measure(pilot: Pilot[None], delay: int, times_down: int, begun: float) -> None:
    """Print the figures of one delay, of a desk whose start began then."""
    screen = pilot.app.screen
    assert isinstance(screen, LogScreen)
    table = screen.query_one(LogTable)
    await until(lambda: table.entry)
    tell(delay, "first row", [(perf_counter() - begun) * 1000], Gaps())
    await pilot.pause(_REST)
    times: list[float] = []
    async with watched() as gaps:
        for text in _TEXTS:
            await pilot.press("slash", *text[:-1])
            times.append(await timed(pilot, text[-1], partial(_is_answered, screen, text)))
            screen.filter(Filters())
            await until(partial(_is_answered, screen, ""))
            table.focus()
    tell(delay, "search, last key to rows", times, gaps, (150, 300, 100))
    before, _ = memory(os.getpid())
    more = []
    async with watched() as gaps:
        times = []
        for number in range(times_down):
            times.append(await timed(pilot, "down", partial(_moved, screen, _at(screen))))
            if number % max(times_down // 4, 1) == 0:
                more.append(memory(os.getpid())[0] - before)
    more.append(memory(os.getpid())[0] - before)
    tell(delay, f"Down, {times_down:,} times, each", times, gaps, (inf, inf, 100))
    words = ", ".join(f"{one:.1f}" for one in more)
    sys.stdout.write(f"{delay:5} {'MiB more, each quarter':28} {words} (goal 5)\n")
    for name, keys in _TURNS.items():
        async with watched() as gaps:
            times = []
            for key in keys:
                times.append(await timed(pilot, key, partial(_moved, screen, _at(screen))))
                await pilot.pause(_PREFETCH)
        tell(delay, name, times, gaps, (inf, inf, 100))
    async with watched() as gaps:
        times = []
        for days in (730, 365, 600):
            begun = perf_counter()
            screen.reader.ask(Filters(), Position(before=END - timedelta(days=days)))
            await until(lambda: not screen.state.loading)
            times.append((perf_counter() - begun) * 1000)
    tell(delay, "a date one or two years back", times, gaps, (inf, inf, 100))


async def timed(pilot: Pilot[None], key: str, is_shown: Callable[[], object]) -> float:
    """Press a key; return the milliseconds until something is shown.

    The pilot's own way waits after each key until the whole machine has nothing to do.
    """
    begun = perf_counter()
    pilot.app.post_message(Key(key, key if len(key) == 1 else None))
    await until(is_shown)
    return (perf_counter() - begun) * 1000


def _at(screen: LogScreen) -> tuple[str | None, int]:
    state = screen.state
    return state.entry.id if state.entry else None, state.page.first if state.page else 0


def _moved(screen: LogScreen, before: tuple[str | None, int]) -> bool:
    return not screen.state.loading and _at(screen) != before


def tell(delay: int, what: str, times: list[float], gaps: Gaps, goals: tuple[float, ...] = ()) -> None:
    """Print one row; the goals are of p50, p99 and the gap."""
    found = percentile(times, 0.5), percentile(times, 0.99), gaps.largest
    words = ", ".join(f"{goal:g}" for goal in goals if goal < inf)
    met = "yes" if all(one <= goal for one, goal in zip(found, goals, strict=False)) else "no"
    line = f"{delay:5} {what:28} {found[0]:8.1f} {found[1]:8.1f} {gaps.largest:8.1f} {gaps.processor:8.1f}"
    sys.stdout.write(f"{line}{f'  {met} (goals {words})' if goals else ''}\n")
    sys.stdout.flush()


def _same(target: Target) -> Target:
    return target


async def start_once(service: EmbeddedService) -> None:
    """Start a desk, so that the first that is measured loads no modules."""
    with TemporaryDirectory() as folder:
        target = Target(service.base_url, service.token, LARGEST, Path(folder) / "outbox", "bench")
        async with DeskApp(lambda: target).run_test(size=(140, 40)) as pilot:
            table = pilot.app.screen.query_one(LogTable)
            await until(lambda: table.entry)
            await pilot.pause(_REST)


async def first_row(service: EmbeddedService) -> float:
    """Start a desk; return the milliseconds until it has its first row."""
    with TemporaryDirectory() as folder:
        target = Target(service.base_url, service.token, LARGEST, Path(folder) / "outbox", "bench")
        gc.disable()
        begun = perf_counter()
        async with DeskApp(partial(_same, target)).run_test(size=(140, 40)) as pilot:
            table = pilot.app.screen.query_one(LogTable)
            await until(lambda: table.entry)
            return (perf_counter() - begun) * 1000


async def compare_first_rows(file: Path, smaller: Path) -> None:
    """Print the time to the first row of two logs, in turns."""
    with ExitStack() as stack:
        services = [EmbeddedService(one) for one in (file, smaller)]
        for service in services:
            stack.callback(service.close)
            await start_once(service)
        times: list[list[float]] = [[], []]
        for _ in range(_TURNS_OF_FIRST_ROWS):
            for found, service in zip(times, services, strict=True):
                found.append(await first_row(service))
    large, small = (percentile(one, 0.5) for one in times)
    met = "yes" if large <= 1.1 * small else "no"
    print(f"first row {large:.1f} ms, of the smaller log {small:.1f}: ratio {large / small:.2f}  {met} (goal 1.1)")


async def run(file: Path, times_down: int, rate: float, delays: Sequence[int]) -> None:
    """Measure with every delay; the network carries so many bytes a second."""
    service = EmbeddedService(file)
    try:
        sys.stdout.write(f"load {os.getloadavg()[0]:.1f}; milliseconds\n{'delay':5} {'':28} {'p50':>8} {'p99':>8} ")
        sys.stdout.write(f"{'gap':>8} {'cpu':>8}\n")
        await start_once(service)
        for delay in delays:
            with TemporaryDirectory() as folder, distant(service.base_url, delay, rate) as url:
                target = Target(url, service.token, LARGEST, Path(folder) / "outbox", "bench")
                gc.disable()  # as the program does; the desk enables it after the first rows
                begun = perf_counter()
                async with DeskApp(partial(_same, target)).run_test(size=(140, 40)) as pilot:
                    await measure(pilot, delay, times_down, begun)
    finally:
        service.close()


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desk_size", description="Measures the desk at size.")
    parser.add_argument("--file", type=Path, required=True, help="the log, filled if it is not there")
    parser.add_argument("--size", type=int, default=1_000_000, help="its entries (default: %(default)s)")
    parser.add_argument("--down", type=int, default=_HELD, help="how often Down is pressed (default: %(default)s)")
    parser.add_argument("--megabits", type=float, default=inf, help="rate of the network a second (default: no limit)")
    parser.add_argument("--delay", type=int, action="append", help="milliseconds of delay (default: 0, 50 and 200)")
    parser.add_argument("--beside", type=Path, help="a smaller log: only the first rows of both are compared")
    options = parser.parse_args()
    if not options.file.exists():
        fill(options.file, options.size)
    if options.beside:
        asyncio.run(compare_first_rows(options.file, options.beside))
        return
    asyncio.run(run(options.file, options.down, options.megabits * 125_000, options.delay or _DELAYS))


if __name__ == "__main__":
    main()
