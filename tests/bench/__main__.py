"""``python -m tests.bench``: the desk's figures on this machine, beside its goals and its peers.

Times are of whole processes on a terminal of 140 by 40, from the start or the key until it is
painted. Programs to be compared take turns, and ratios of medians are what counts: absolute times
tell more of the machine.
"""

import argparse
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from commlog_tui.demo import file_name
from tests.bench.figures import Figure, table
from tests.bench.installed import CACHE
from tests.bench.keys import heap, held, keys, turns
from tests.bench.rest import form, idle, memory
from tests.bench.scene import Scene, scene
from tests.bench.starts import commands, starts

_PARTS: Final[Mapping[str, Callable[[Scene, int], list[Figure]]]] = {
    "starts": partial(starts, alone=False),
    "own-starts": partial(starts, alone=True),
    "commands": commands,
    "keys": keys,
    "turns": turns,
    "held": held,
    "heap": heap,
    "form": form,
    "idle": idle,
    "memory": memory,
}
_REPEATS: Final = 7


def main() -> None:
    """Measure what was asked for, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measures the desk beside its peers.")
    parser.add_argument("parts", nargs="*", help="what to measure; everything, where nothing is named")
    parser.add_argument("--repeats", type=int, default=_REPEATS, help="runs of each program (default: %(default)s)")
    asked = parser.parse_args()
    names = asked.parts or [name for name in _PARTS if name != "own-starts"]
    with scene(CACHE / file_name()) as ready:
        figures = [figure for name in names for figure in _PARTS[name](ready, asked.repeats)]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {asked.repeats} runs each\n")
    print(table(figures))


if __name__ == "__main__":
    main()
