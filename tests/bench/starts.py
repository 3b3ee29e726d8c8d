"""How long programs take from their start to what one wants to see.

They take turns, so that ratios hold on a busy machine.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.figures import Figure, against
from tests.bench.installed import installed
from tests.bench.scene import Scene
from tests.bench.terminal import DrawnScreen, Program

_EARLY_KEYS: Final = 3


@dataclass
class Start:
    """A program, what it shows when it is there, and how long that took each time, in milliseconds."""

    program: Callable[[], Program]
    written: str
    """What it writes at last; then it is let settle, and what it painted is looked at."""
    sights: tuple[Callable[[DrawnScreen], bool], ...]
    taken: list[list[float]] = field(default_factory=list)

    def run(self) -> None:
        """Start it once more."""
        program = self.program()
        try:
            program.wait_for(self.written)
            program.settle(0.2, 1)
        finally:
            program.close()
        times = [program.when(view) for view in self.sights]
        self.taken.append([1000 * at for at in times if at is not None])

    def times(self, view: int = 0) -> list[float]:
        """Return what each run took to one of the sights."""
        return [taken[view] for taken in self.taken if len(taken) > view]


def starts(scene: Scene, repeats: int, *, alone: bool) -> list[Figure]:
    """Measure first frames and first rows; ``alone`` leaves other people's programs out."""
    first = scene.first_row
    clock, _ = scene.row_words(0)
    empty = Start(lambda: scene.own_peer("empty_app"), "ready", (lambda screen: screen.shows("ready"),))
    desk = Start(scene.desk, clock, (_has_frame, first))
    embedded = Start(scene.embedded_desk, clock, (_has_frame, first))
    others = {} if alone else _others(scene)
    for _ in range(repeats):
        for one in (empty, desk, embedded):
            one.run()
        for name, other in [*others.items()]:
            try:
                other.run()
            except TimeoutError as error:
                print(f"SKIPPED {name}: {str(error).splitlines()[0]}", file=sys.stderr)
                del others[name]
    figures = [
        against("start to first frame", desk.times(0), "empty app", empty.times(), 1.15),
        against("start to first frame, embedded", embedded.times(0), "empty app", empty.times(), 1.15),
        against("start to first row, service running", desk.times(1), "empty app", empty.times(), 1.4),
        against("start to first row, embedded", embedded.times(1), "empty app", empty.times(), 2.4),
    ]
    goals = {"visidata": 1.0, "posting": 0.3, "harlequin": 0.25}
    figures += [
        against("start to first row, service running", desk.times(1), name, others[name].times(), goals[name])
        for name in others
    ]
    return [*figures, _early(scene)]


def _has_frame(screen: DrawnScreen) -> bool:
    return screen.shows("Search", "Help")


def _others(scene: Scene) -> dict[str, Start]:
    def others(command: Path, *arguments: str) -> Callable[[], Program]:
        return lambda: scene.others_peer(
            command, *(str(scene.folder / one) if "." in one or one == "requests" else one for one in arguments)
        )

    found: dict[str, Start] = {}
    if command := installed("vd"):
        found["visidata"] = Start(others(command, "rows.csv"), scene.row_words(0)[0], (scene.first_row,))
    if command := installed("posting"):
        posting = others(command, "--collection", "requests")
        found["posting"] = Start(posting, "Send", (lambda screen: screen.shows("Collection", "Send"),))
    if command := installed("harlequin"):
        harlequin = others(command, "-a", "sqlite", "rows.sqlite")
        found["harlequin"] = Start(harlequin, "Query Editor", (lambda screen: screen.shows("Query Editor"),))
    return found


def _early(scene: Scene) -> Figure:
    """Press keys before there is anything to see: they must not be lost."""
    program = scene.desk()
    try:
        program.send(b"j" * _EARLY_KEYS)
        program.wait_for(scene.row_words(0)[0])
        program.settle(0.5)
    finally:
        program.close()
    at = scene.entry_on(program.screen())
    return Figure("keys typed before the first frame", f"{at} of {_EARLY_KEYS} taken", "all", at == _EARLY_KEYS)
