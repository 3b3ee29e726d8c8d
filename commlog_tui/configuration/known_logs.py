"""List of the logs that exist on this machine, kept beside the settings file.

A known log whose file is missing (a disk not mounted, a mistyped folder) must not be replaced by an
empty one. The log's own folder cannot hold this list, as it may be what is missing.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from commlog_tui.configuration.file import config_file

_OWNER_ONLY: Final = 0o600


def known_logs_file() -> Path:
    """Return the path of the list, one log a line."""
    return config_file().with_name("known-logs.txt")


def is_known(log: Path) -> bool:
    """Return whether there was a log at this path before."""
    try:
        return (
            os.fspath(log.absolute())
            in known_logs_file().read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        )
    except OSError:
        return False


def remember(log: Path) -> None:
    """Add a log to the list. Failures are ignored."""
    if is_known(log):
        return
    with suppress(OSError):
        file = known_logs_file()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
        try:
            os.write(descriptor, os.fsencode(log.absolute()) + b"\n")
        finally:
            os.close(descriptor)
