"""Report a fault of the program itself, without what may be somebody's data."""

import traceback
from collections.abc import Iterator

from commlog_tui.cli.words import say
from commlog_tui.private_files import make_folder
from commlog_tui.settings import SettingsError, load


def say_fault(error: BaseException) -> None:
    """Say that the program met a fault, and write where to a file."""
    say(f"commlog met a fault of its own. Nothing that was acknowledged is lost.{_kept(''.join(_trace(error)))}")


def _trace(error: BaseException | None) -> Iterator[str]:
    """Yield what an error and those before it were and where they came from.

    What they say may be somebody's data.
    """
    while error is not None:
        yield f"{type(error).__module__}.{type(error).__qualname__}\n"
        yield from traceback.format_tb(error.__traceback__)
        error = error.__cause__ or error.__context__


def _kept(trace: str) -> str:
    try:
        path = load().data / "trouble.log"
        make_folder(path.parent)
        path.unlink(missing_ok=True)
        path.touch(0o600)
        path.write_text(trace, encoding="utf-8")
    except (OSError, SettingsError):
        return ""
    return f" The details are in {path}."
