"""How long programs take from their start to what one wants to see.

They take turns, so that ratios hold on a busy machine.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.figures import Figure, against, spread
from tests.bench.installed import installed, on_path
from tests.bench.scene import PAGE, Scene
from tests.bench.terminal import DrawnScreen, Program

_EARLY_KEYS: Final = 3
_LOADING: Final = 3.0
"""Seconds of quiet between the painted frame and the desk's own, at most."""


@dataclass
class Start:
    """A program, what it shows when it is there, and how long that took each time, in milliseconds."""

    program: Callable[[], Program]
    written: str
    """What it writes at last; then it is let settle, and what it painted is looked at."""
    sights: tuple[Callable[[Program], float | None], ...]
    keys: bytes = b""
    """What is typed at the very start."""
    quiet: float = 0.2
    """Seconds without output after which it is there."""
    taken: list[list[float | None]] = field(default_factory=list)

    def run(self) -> None:
        """Start it once more."""
        program = self.program()
        try:
            if self.keys:
                program.send(self.keys)
            program.wait_for(self.written)
            program.settle(self.quiet, 20)
        finally:
            program.close()
        times = [view(program) for view in self.sights]
        self.taken.append([None if at is None else 1000 * at for at in times])

    def times(self, view: int = 0) -> list[float]:
        """Return what each run took to one of the sights."""
        return [at for taken in self.taken if (at := taken[view]) is not None]


def starts(scene: Scene, repeats: int, *, alone: bool) -> list[Figure]:
    """Measure first frames and first rows; ``alone`` leaves other people's programs out."""
    first, second = _shown(scene.first_row), _shown(lambda screen: scene.entry_on(screen) == 1)
    clock, _ = scene.row_words(0)
    empty = Start(lambda: scene.own_peer("empty_app"), "ready", (_shown(lambda screen: screen.shows("ready")),))
    desk = Start(scene.desk, clock, (_textual_frame, first), quiet=_LOADING)
    embedded = Start(scene.embedded_desk, clock, (_textual_frame, first), quiet=_LOADING)
    typing = Start(scene.desk, clock, (second,), b"j", _LOADING)
    others = {} if alone else _others(scene)
    for _ in range(repeats):
        for one in (empty, desk, embedded, typing):
            one.run()
        for name, other in [*others.items()]:
            try:
                other.run()
            except TimeoutError as error:
                print(f"SKIPPED {name}: {str(error).splitlines()[0]}", file=sys.stderr)
                del others[name]
    figures = [
        against("start to Textual's first frame", desk.times(0), "empty app", empty.times(), 1.3),
        against("start to Textual's first frame, embedded", embedded.times(0), "empty app", empty.times(), 1.3),
        against("start to first row, service running", desk.times(1), "empty app", empty.times(), 0.35),
        against("start to first row, embedded", embedded.times(1), "empty app", empty.times(), 0.35),
        against("start to what a key typed at once does", typing.times(), "empty app", empty.times(), 1.4),
    ]
    goals = {"visidata": 0.3, "posting": 0.1, "harlequin": 0.08, "lnav": 1.0, "aerc": 1.0}
    figures += [
        against("start to first row, service running", desk.times(1), name, others[name].times(), goals[name])
        for name in others
    ]
    return [*figures, _early(scene)]


def commands(scene: Scene, repeats: int) -> list[Figure]:
    """Measure commands of the command line from the shell, to their end."""
    service = {"COMMLOG_SERVICE": scene.service.base_url, "COMMLOG_TOKEN": scene.service.token}
    own = {"COMMLOG_DATA": str(scene.folder)}
    lines: dict[str, tuple[list[str], dict[str, str], float]] = {
        "commlog --version": (["--version"], {}, 120),
        "commlog list, service running": (["list"], service, 350),
        "commlog list --demo, its own service": (["list", "--demo"], own, 600),
    }
    taken: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(repeats + 1):
        for name, (words, variables, _) in lines.items():
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "commlog_tui", *words],
                env=os.environ | scene.environment | variables,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            taken[name].append(1000 * (time.perf_counter() - began))
    return [
        Figure(name, spread(times[1:]), f"≤ {lines[name][2]:.0f} ms", median(times[1:]) <= lines[name][2])
        for name, times in taken.items()
    ]


def _shown(condition: Callable[[DrawnScreen], bool]) -> Callable[[Program], float | None]:
    return lambda program: program.when(condition)


def _textual_frame(program: Program) -> float | None:
    """Return when the first frame was written after Textual asked for the mouse."""
    begun = False
    for chunk in program.chunks:
        if begun and b"\x1b[?2026l" in chunk.data:
            return chunk.at
        begun = begun or b"\x1b[?1000h" in chunk.data
    return None


def _others(scene: Scene) -> dict[str, Start]:
    def others(command: Path, *arguments: str) -> Callable[[], Program]:
        return lambda: scene.others_peer(
            command, *(str(scene.folder / one) if "." in one or one == "requests" else one for one in arguments)
        )

    found: dict[str, Start] = {}
    if command := installed("vd"):
        found["visidata"] = Start(others(command, "rows.csv"), scene.row_words(0)[0], (_shown(scene.first_row),))
    if command := installed("posting"):
        posting = others(command, "--collection", "requests")
        found["posting"] = Start(posting, "Send", (_shown(lambda screen: screen.shows("Collection", "Send")),))
    if command := installed("harlequin"):
        harlequin = others(command, "-a", "sqlite", "rows.sqlite")
        found["harlequin"] = Start(harlequin, "Query Editor", (_shown(lambda screen: screen.shows("Query Editor")),))
    rows = (_shown(scene.rows_by_title),)
    title = scene.details[PAGE // 2].entry.title[:8]  # which both show, lnav the oldest first
    if command := on_path("lnav"):
        found["lnav"] = Start(others(command, "rows.log"), title, rows)
    if command := on_path("aerc"):
        found["aerc"] = Start(others(command), title, rows)
    return found


def _early(scene: Scene) -> Figure:
    """Press keys before there is anything to see: they must not be lost."""
    program = scene.desk()
    try:
        program.send(b"j" * _EARLY_KEYS)
        program.wait_for(scene.row_words(0)[0])
        program.settle(_LOADING)
    finally:
        program.close()
    at = scene.entry_on(program.screen())
    return Figure("keys typed before the first frame", f"{at} of {_EARLY_KEYS} taken", "all", at == _EARLY_KEYS)
