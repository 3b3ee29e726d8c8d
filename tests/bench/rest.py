"""The form, an idle desk, and memory."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.bench.figures import Figure, spread
from tests.bench.installed import installed
from tests.bench.keys import opened
from tests.bench.scene import Scene
from tests.bench.terminal import DrawnScreen, Program

_IDLE_SECONDS: Final = 10.0
_TYPED: Final = "Rang about parking"


def form(scene: Scene, repeats: int) -> list[Figure]:
    """Open the form and type on at once, two fields further."""
    times, sizes, stored = list[float](), list[int](), 0
    for _ in range(repeats):
        program = opened(scene.desk(), scene.entry_on)
        at = program.send(b"n\r\r" + _TYPED.encode())
        program.settle(0.4, 3)
        sizes.append(program.written(at))
        program.close()
        came = program.when(_is_open, at)
        times += [1000 * (came - at)] if came else []
        stored += program.screen().shows(_TYPED)
    slowest = max(times, default=float("inf"))
    return [
        Figure(
            "form opens",
            spread(times),
            "≤ 45 ms",
            len(times) == repeats and sorted(times)[len(times) // 2] <= 45,
            f"{max(sizes) / 1024:.0f} KB",
        ),
        Figure(
            "form, keys typed while it opens",
            f"{stored} of {repeats} kept (slowest {slowest:.0f} ms)",
            "all",
            stored == repeats,
        ),
    ]


def idle(scene: Scene, repeats: int) -> list[Figure]:
    """Leave the desk alone for ten seconds."""
    del repeats
    program = opened(scene.desk(), scene.entry_on)
    program.settle(2.0, 6)
    since, before, before_service = program.now, _cpu(program.pid), _cpu(scene.service.pid)
    while (left := since + _IDLE_SECONDS - program.now) > 0:
        program.read(left)
    share = (_cpu(program.pid) - before) / _IDLE_SECONDS * 100
    service = (_cpu(scene.service.pid) - before_service) / _IDLE_SECONDS * 100
    size = program.written(since)
    program.close()
    return [
        Figure("idle, bytes written in 10 s", str(size), "0", not size),
        Figure(
            "idle, share of a core",
            f"{share:.2f} %",
            "≤ 0.1 %",
            max(share, service) <= 0.1,
            f"its service {service:.2f} %",
        ),
    ]


def memory(scene: Scene, repeats: int) -> list[Figure]:
    """Weigh the desk and its peers, at rest after their start."""
    del repeats
    desk = _weighed(scene.desk, lambda program: opened(program, scene.entry_on))
    peers = [f"empty app {_weighed(lambda: scene.own_peer('empty_app'), _at_rest)[0]:.0f}"]
    for name, arguments in {
        "posting": ("--collection", scene.folder / "requests"),
        "harlequin": ("-a", "sqlite", scene.folder / "rows.sqlite"),
    }.items():
        if command := installed(name):
            try:
                peers.append(f"{name} {_weighed(lambda: scene.others_peer(command, *arguments), _at_rest)[0]:.0f}")  # noqa: B023 - called at once
            except ProcessLookupError:
                print(f"SKIPPED {name}: it has ended", file=sys.stderr)
    return [
        Figure(
            "memory of the desk",
            f"{desk[0]:.1f} MB PSS, {desk[1]:.1f} RSS",
            "≤ 48 MB",
            desk[0] <= 48,
            f"PSS: {', '.join(peers)} MB",
        )
    ]


def _is_open(screen: DrawnScreen) -> bool:
    return screen.shows("New entry", "Notes", "Direction")


def _at_rest(program: Program) -> Program:
    program.settle(1.5, 8)
    return program


def _weighed(start: Callable[[], Program], rest: Callable[[Program], Program]) -> tuple[float, float]:
    """Return the proportional and the resident set, in megabytes (proc(5), smaps_rollup)."""
    program = rest(start())
    found = dict(
        re.findall(
            r"^(Pss|Rss): +(\d+) kB",
            Path(f"/proc/{program.pid}/smaps_rollup").read_text(encoding="ascii"),
            re.MULTILINE,
        )
    )
    program.close()
    return int(found["Pss"]) / 1024, int(found["Rss"]) / 1024


def _cpu(pid: int) -> float:
    """Return the seconds that a process's threads have run (proc(5), schedstat)."""
    return (
        sum(
            int((task / "schedstat").read_text(encoding="ascii").split()[0])
            for task in Path(f"/proc/{pid}/task").iterdir()
        )
        / 1e9
    )
