"""The file of the demo log, made once."""

from pathlib import Path

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import stopped
from commlog_tui.demo import SEED, file_name
from commlog_tui.private_files import make_folder


def made(data: Path, seed: int = SEED) -> Path:
    """Return the file of the demo log, having made it with a progress bar if it was not there."""
    path = data / file_name(seed)
    if path.exists():
        return path
    from filelock import FileLock

    try:
        make_folder(data)
        # Two at once would put a log in the place of one that is being read.
        with FileLock(data / "demo.lock", mode=0o600):
            if not path.exists():
                _make(path, seed)
    except OSError as error:
        raise stopped(
            f"The demo cannot be made in {data}: {error.strerror}. Nothing was changed.", ExitCode.TROUBLE
        ) from None
    return path


def _make(path: Path, seed: int) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from commlog_tui.demo.load import fill
    from commlog_tui.records.errors import LogError

    fresh = path.with_suffix(".making")
    _clear(fresh)  # of one that was killed
    try:
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("Making up a boat rental", total=None)
            fill(fresh, seed=seed, progress=lambda done, total: bar.update(task, completed=done, total=total))
        fresh.replace(path)
    except LogError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    finally:
        _clear(fresh)


def _clear(fresh: Path) -> None:
    for end in ("", "-wal", "-shm"):
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)
