"""An open log file: a writer thread, and connections that read."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from commlog_tui.records.kinds import Kinds
from commlog_tui.store.errors import OlderLayoutError
from commlog_tui.store.sqlite import access
from commlog_tui.store.sqlite.connection import connect, plain_errors
from commlog_tui.store.sqlite.migrate import migrate
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projection_layout import bring_up_to_date
from commlog_tui.store.sqlite.readers import Readers
from commlog_tui.store.sqlite.writer import Writer

_LOOK_EVERY: Final = 0.2


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


class Database:
    """The connections to one log file, which the parts of a store share."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        kinds: Kinds,
        vfs: str | None,
        progress: Callable[[int, int], None],
        *,
        create: bool,
    ) -> None:
        """Open the file. Raises ``LogError``."""
        self.clock = clock
        self.kinds = kinds
        self.backup: Path | None = None
        """A copy of the file as it was, where its record layout was migrated just now."""
        try:
            self._near = connect(path, vfs=vfs, create=create)
        except OlderLayoutError:
            self.backup = migrate(path, progress, vfs=vfs)
            self._near = connect(path, vfs=vfs, create=create)
        with plain_errors():
            bring_up_to_date(self._near, progress, kinds)
        readers = self._readers = Readers(self._near, lambda: connect(path, vfs=vfs, create=False))
        self.read, self.read_quick, self.read_far = readers.read, readers.read_quick, readers.read_far
        self._changed: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self.writer = Writer(connect(path, vfs=vfs, create=False), self._wake)
        self._closed = False

    async def wait(self, location: str, after: int, seconds: float) -> bool:
        """See ``protocol.Log.wait``."""
        loop = asyncio.get_running_loop()
        place = self.read(lambda c: Place.find(c, location))
        deadline = loop.time() + seconds
        changed = asyncio.Event()
        self._changed[changed] = loop
        try:
            while True:
                changed.clear()
                if self.read(lambda c: access.seq_at(c, place.no)) > after:
                    return True
                remaining = deadline - loop.time()
                if remaining <= 0:
                    return False
                # Another process's commit wakes nobody here, so look now and then.
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(remaining, _LOOK_EVERY)):
                        await changed.wait()
        finally:
            self._changed.pop(changed, None)

    async def close(self) -> None:
        """Finish what is being written and let go of the file."""
        if self._closed:
            return
        self._closed = True
        await self.writer.close()
        self._readers.close()

    def _wake(self) -> None:
        for changed, loop in tuple(self._changed.items()):
            with suppress(RuntimeError):  # that loop has ended
                loop.call_soon_threadsafe(changed.set)
