"""Hold a log to the last checkpoint that was seen, again and again, in a program that runs for long.

Signatures are verified in a process of its own, which ends: the libraries for it would stay in the
program's memory, 4 MB of the desk's. The requests are the program's.
"""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from commlog_tui.client.errors import NotFoundError, RefusedError
from commlog_tui.operating_system import own_session

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient

_PROCESS: Final = "commlog_tui.evidence.watch_process"
_SECONDS: Final = 60


class Verdict(IntEnum):
    """How the process ends; it writes why on its standard output."""

    FITS = 0
    CONTRADICTION = 3
    FILE = 4


class ContradictionError(Exception):
    """The log is not what it was; the message says how."""


class WatchError(Exception):
    """Nothing could be verified; the message says why."""


class Watch:
    """Keeps the last checkpoint of one location in a private folder."""

    def __init__(self, folder: Path, location: str) -> None:
        self.path = folder / f"seen-{location}.json"

    async def check(self, client: "LogClient", location: str) -> None:
        """Check the log against the saved checkpoint, then save the current one.

        Raises:
            ContradictionError: the log does not extend it. The saved checkpoint is kept.
            ClientError: the service is not available.
            WatchError: the file cannot be read or written, or no process be started.
        """
        now = await client.checkpoint(location)
        proof: tuple[str, ...] | None = None
        if (size := await asyncio.to_thread(_saved_size, self.path)) is not None:
            with suppress(NotFoundError, RefusedError):  # there is no such proof: that is for the process to judge
                proof = (await client.consistency(location, size, now.size)).path
        given = {"path": str(self.path), "note": now.note, "key": now.key, "introductions": now.introductions}
        verdict, words = await asyncio.to_thread(_judged, json.dumps(given | {"proof": proof}))
        if verdict == Verdict.CONTRADICTION:
            raise ContradictionError(words)
        if verdict != Verdict.FITS:
            raise WatchError(words or "The checkpoint could not be verified.")


def _saved_size(path: Path) -> int | None:
    """Return the size in a checkpoint file; None without a file that has one."""
    try:
        return int(json.loads(path.read_bytes())["note"].split("\n")[1])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _judged(given: str) -> tuple[int, str]:
    command = [sys.executable, "-P", "-m", _PROCESS]
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, encoding="utf-8", timeout=_SECONDS, check=False, **own_session()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Verdict.FILE, str(error)
    return done.returncode, done.stdout.strip()
