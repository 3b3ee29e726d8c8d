"""Figures, and the table they are printed as."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

_HEADINGS: Final = ("what", "here", "goal", "peer", "ratio", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing.

    What it came to, what it should be, and what a peer came to in the same session.
    """

    what: str
    here: str
    goal: str
    met: bool | None
    peer: str = ""
    ratio: float | None = None


def against(
    what: str, here: Sequence[float], peer: str, there: Sequence[float], most: float, unit: str = "ms"
) -> Figure:
    """Return the figure of a median that may be so many times a peer's."""
    if not here or not there:
        return Figure(what, spread(here, unit), f"≤ {most} x {peer}", None, f"{peer}: none")
    ratio = median(here) / median(there)
    return Figure(what, spread(here, unit), f"≤ {most} x {peer}", ratio <= most, f"{peer} {spread(there, unit)}", ratio)


def spread(values: Sequence[float], unit: str = "ms") -> str:
    """Return a median with the least and the most."""
    if not values:
        return "none"
    return f"{median(values):.4g} ({min(values):.4g} to {max(values):.4g}) {unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that such a share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for people."""
    rows = [
        (
            one.what,
            one.here,
            one.goal,
            one.peer,
            "" if one.ratio is None else f"{one.ratio:.2f}",
            {True: "yes", False: "NO", None: ""}[one.met],
        )
        for one in figures
    ]
    sizes = [max(len(row[column]) for row in (_HEADINGS, *rows)) for column in range(len(_HEADINGS))]
    lines = [" | ".join(text.ljust(size) for text, size in zip(row, sizes, strict=True)) for row in (_HEADINGS, *rows)]
    return "\n".join([lines[0], "-+-".join("-" * size for size in sizes), *lines[1:]])
