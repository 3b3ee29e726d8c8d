"""Take messages from a Maildir: from ``new`` to ``cur``, once they are durable in the log.

No notification of the system is needed: the folder is listed at intervals.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from commlog_tui.mail.incoming import Envelope, MailOptions, Reading, read
from commlog_tui.mail.recorder import Outcome, Result

MAX_MESSAGE_BYTES: Final = 32 << 20
"""Bytes that are read of one message. Of a longer one, attachments are missing or cut."""
_MOST_PER_SCAN: Final = 500
_AT_ONCE: Final = 8
_SEEN: Final = "S"
_FLAGGED: Final = "F"
_INFO: Final = ":2,"
_LONGEST_PAUSE: Final = 60.0

Record = Callable[[Reading], Awaitable[Result]]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scan:
    """What became of the messages that one scan found."""

    recorded: int = 0
    refused: int = 0
    waiting: int = 0
    """Messages that are still in ``new``."""
    is_held: bool = False
    """Whether the log takes nothing at present."""


class Maildir:
    """A Maildir whose new messages are recorded."""

    def __init__(self, path: Path, options: MailOptions, record: Record, tell: Tell) -> None:
        """``record`` records a message, ``tell`` takes what people should know, a line each."""
        self._path = path
        self._options = options
        self._record = record
        self._tell = tell
        self._mentioned: set[str] = set()

    async def scan(self) -> Scan:
        """Record the messages in ``new``, oldest first, until one has to wait.

        Raises:
            OSError: the folder cannot be read.
        """
        names = self._names()
        recorded = refused = 0
        for start in range(0, len(names), _AT_ONCE):
            results = await asyncio.gather(*map(self._take, names[start : start + _AT_ONCE]))
            recorded += results.count(Outcome.RECORDED)
            refused += results.count(Outcome.REFUSED)
            if Outcome.RETRY in results:
                return Scan(recorded, refused, len(names) - recorded - refused, is_held=True)
        return Scan(recorded, refused, len(names) - recorded - refused)

    async def watch(self, interval: float, stopped: asyncio.Event) -> None:
        """Scan at intervals of seconds until stopped; less often while the log takes nothing."""
        pause = interval
        while not stopped.is_set():
            try:
                scan = await self.scan()
            except OSError as error:
                self._tell(f"{self._path} cannot be read: {error.strerror or 'unknown fault'}. It is tried again.")
                scan = Scan(is_held=True)
            pause = min(max(2 * pause, 1.0), _LONGEST_PAUSE) if scan.is_held else interval
            if scan.recorded + scan.refused < _MOST_PER_SCAN:
                await _wait(stopped, pause)

    def _names(self) -> list[str]:
        """Return the names in ``new``, oldest first, at most 500."""
        with os.scandir(self._path / "new") as files:
            found = [
                (file.stat(follow_symlinks=False).st_mtime_ns, file.name)
                for file in files
                if not file.name.startswith(".") and file.is_file(follow_symlinks=False)
            ]
        return [name for _, name in sorted(found)[:_MOST_PER_SCAN]]

    async def _take(self, name: str) -> Outcome | None:
        """Record one message and move it to ``cur``; flagged, if it cannot be recorded.

        Return None if it stays for a reason of its own.
        """
        path = self._path / "new" / name
        try:
            content, arrived = _content(path)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):  # else another program took it
                self._tell_once(name, f"cannot be read: {error.strerror or 'unknown fault'}. It stays where it is.")
            return None
        result = await self._record(read(content, Envelope(arrived), self._options))
        if result.outcome is not Outcome.RECORDED:
            self._tell(f"{name}: {result.words}")
        if result.outcome is Outcome.RETRY:
            return result.outcome
        try:
            self._move(path, _FLAGGED if result.outcome is Outcome.REFUSED else _SEEN)
        except OSError as error:
            self._tell_once(name, f"cannot be moved to cur: {error.strerror or 'unknown fault'}. It is recorded.")
            return None
        return result.outcome

    def _tell_once(self, name: str, words: str) -> None:
        if name not in self._mentioned:
            self._mentioned.add(name)
            self._tell(f"{name} {words}")

    def _move(self, path: Path, flag: str) -> None:
        name, _, flags = path.name.partition(_INFO)
        folder = self._path / "cur"
        folder.mkdir(mode=0o700, exist_ok=True)
        info = f"{_INFO}{''.join(sorted({*flags, flag}))}"
        target = folder / f"{name}{info}"
        path.rename(folder / f"{name},{uuid4().hex}{info}" if target.exists() else target)


def _content(path: Path) -> tuple[bytes, datetime]:
    with path.open("rb") as file:
        arrived = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
        return file.read(MAX_MESSAGE_BYTES), arrived


async def _wait(stopped: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopped.wait()
    except TimeoutError:
        return
