"""Find the log file that a command is for, and decide whether it may be created."""

from pathlib import Path
from typing import Final

import typer

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import say, stopped
from commlog_tui.configuration.known_logs import is_known
from commlog_tui.configuration.sources import Configuration

CREATE: Final = typer.Option(False, "--create", help="Make a new, empty log where there is none.")


def is_there(path: Path) -> bool:
    """Whether there is a file with anything in it."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def say_migrated(backup: Path | None) -> None:
    """Print where the backup is that was made before a log was migrated."""
    if backup is not None:
        say(f"The log of an older commlog was brought up to date. It is kept as it was in {backup}.")
        say("No redaction reaches that copy: delete it when it is not needed any more.")


def was_there(path: Path) -> str:
    """Return the traces of a log that was at a path before, as the end of a sentence, or ""."""
    left = [path.with_suffix(".key"), path.with_name(f"{path.name}-wal"), *sorted(path.parent.glob(f"{path.name}.2*"))]
    for file in left:
        if file.exists():
            return f"{file} is still there"
    return "it was set up on this machine" if is_known(path) else ""


def require_may_create(path: Path, *, named: bool, create: bool, settings: Configuration | None = None) -> None:
    """End the command unless a log may be made at a path where there is none.

    It may with ``create``, which says so; else only the first time, and never at a path that was
    given as a flag, which may be mistyped. With ``settings``, a settings file that says that the
    log is on this machine is a sign that it was there.
    """
    if create:
        return
    before = was_there(path) or (_set_up_in(settings) if settings and not named else "")
    if before:
        words = f"There is no log at {path}, but there was one: {before}. No new one was made."
        advice = (
            "Find it (is its disk there?) or put a copy in its place with commlog restore; --create begins a new one."
        )
        raise stopped(f"{words} {advice}", ExitCode.USAGE)
    if named:
        raise stopped(f"There is no log at {path}. Nothing was made; --create makes a new one there.", ExitCode.USAGE)


def _set_up_in(settings: Configuration) -> str:
    """Return where the settings file places the local log, or "" if it does not."""
    mode = settings.settings["mode"]
    configured = str(settings.file.path) in mode.origin
    return f"{mode.origin}, says that it is kept here" if configured and mode.value == "local" else ""
