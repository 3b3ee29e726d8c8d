"""An open log file: a writer thread, and connections that read."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from commlog_tui.records.kinds import Kinds
from commlog_tui.store.errors import OlderLayoutError
from commlog_tui.store.sqlite import access
from commlog_tui.store.sqlite.append_memory import AppendMemory
from commlog_tui.store.sqlite.connection import connect, plain_errors
from commlog_tui.store.sqlite.followers import Followers
from commlog_tui.store.sqlite.migrate import migrate
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projection_layout import bring_up_to_date
from commlog_tui.store.sqlite.readers import Readers
from commlog_tui.store.sqlite.writer import Writer


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
        self._numbers: dict[str, int] = {}
        """Of locations that were waited for. None is ever removed."""
        self._followers = Followers(lambda locations: self.read(lambda c: access.seqs_at(c, locations)))
        self.append_memory = AppendMemory()
        """Used by jobs of the writer alone."""
        again = partial(connect, path, vfs=vfs, create=False)
        self.writer = Writer(again(), self._followers.wake, again)
        self._closed = False

    async def wait(self, location: str, after: int, seconds: float) -> bool:
        """See ``protocol.Log.wait``."""
        no = self._numbers.get(location)
        if no is None:
            no = self._numbers[location] = self.read(lambda c: Place.find(c, location)).no
        return await self._followers.wait(no, after, seconds)

    async def close(self) -> None:
        """Finish what is being written and let go of the file."""
        if self._closed:
            return
        self._closed = True
        await self.writer.close()
        self._readers.close()
