"""The demo log's file, made once."""

from datetime import date
from pathlib import Path
from typing import Final
from uuid import uuid4

SEED: Final = 1


def demo_file(data: Path, seed: int = SEED) -> Path:
    """Return the file of the demo log."""
    return data / f"demo-{seed}.db"


def made(data: Path, seed: int = SEED, until: date | None = None) -> Path:
    """Return the file of the demo log, having made it with a progress bar if it was not there."""
    path = demo_file(data, seed)
    if path.exists():
        return path
    from rich.console import Console
    from rich.progress import Progress

    from commlog_tui.demo.load import fill

    data.mkdir(parents=True, exist_ok=True)
    fresh = data / f"demo-{uuid4().hex}.tmp"
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("Making up a boat rental", total=None)
        fill(fresh, seed=seed, until=until, progress=lambda done, total: bar.update(task, completed=done, total=total))
    fresh.replace(path)
    return path
