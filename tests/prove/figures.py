"""What a run found, and the table that such findings make."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_HEAD = (
    "| run | done | acknowledged | lost | doubled | other faults | seed | seconds |\n|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Findings:
    """What became of one run."""

    run: str
    done: str
    """How often what was done."""
    acknowledged: int
    lost: int
    doubled: int = 0
    faults: tuple[str, ...] = ()
    is_control: bool = False
    """Run with something broken on purpose, to show that the harness would see it."""

    @property
    def as_hoped(self) -> bool:
        """Whether nothing was lost, doubled or wrong; of a control, whether something was."""
        broken = bool(self.lost or self.doubled)
        return broken if self.is_control else not (broken or self.faults)


@dataclass(frozen=True)
class Proof:
    """One loop: how it is called, how often it runs in its long form, and the loop itself."""

    name: str
    count: int
    run: Callable[[Path, int, int], Sequence[Findings]]
    """Takes a folder for its files, a seed and a count."""


def line(found: Findings, seed: int, seconds: float) -> str:
    """Return the line of the table for one run."""
    run = f"control: {found.run}" if found.is_control else found.run
    faults = "" if found.is_control else str(len(found.faults))
    cells = (
        run,
        found.done,
        f"{found.acknowledged:,}",
        str(found.lost),
        str(found.doubled),
        faults,
        str(seed),
        f"{seconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def heading() -> str:
    """Return when and where the figures come from, and the head of their table."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {machine}\n\n{_HEAD}"
