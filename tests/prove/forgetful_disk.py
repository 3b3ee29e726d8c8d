"""A disk that forgets what was not synced.

A SQLite VFS that keeps apart what a power cut would leave. SQLite reads and writes real files,
which stand for the memory of the operating system. Beside them lies what has reached the disk:
``xSync`` takes a file's writes there, and directory entries (a file made, a file deleted) get there
when SQLite syncs the directory. It does that with the first sync of a journal or WAL it has opened
to be made, and at a deletion that asks for it (``unixSync`` and ``unixDelete`` in os_unix.c). At a
cut each unsynced write is lost, kept, or torn at a sector, as the dice say.
"""

import shutil
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from threading import Lock
from typing import Final

import apsw
from typing_extensions import override

_SECTOR: Final = 512
_MADE_SYNCED: Final = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL


class Fate(StrEnum):
    """What becomes of unsynced writes at a cut."""

    LOST = "all lost"
    MIXED = "each lost, kept or torn"
    KEPT = "all kept"


@dataclass(frozen=True, slots=True)
class _Write:
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class _Truncation:
    size: int


@dataclass
class _Content:
    """What a file holds: on the disk, and on its way there."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[_Write | _Truncation] = field(default_factory=list)

    def after(self, fate: Fate, dice: Random) -> bytes:
        """Return what is left after a cut."""
        left = bytearray(self.durable)
        for change in self.pending:
            _apply(left, change, _kept(change, fate, dice))
        return bytes(left)

    def sync(self) -> None:
        for change in self.pending:
            _apply(self.durable, change, len(change.data) if isinstance(change, _Write) else 1)
        self.pending.clear()

    def copy(self) -> "_Content":
        return _Content(bytearray(self.durable), list(self.pending))


def _kept(change: _Write | _Truncation, fate: Fate, dice: Random) -> int:
    whole = len(change.data) if isinstance(change, _Write) else 1
    if fate is Fate.LOST:
        return 0
    if fate is Fate.KEPT:
        return whole
    return dice.choice((0, whole, dice.randrange(0, whole + 1, _SECTOR)))


def _apply(content: bytearray, change: _Write | _Truncation, stored: int) -> None:
    if not stored:
        return
    if isinstance(change, _Truncation):
        del content[change.size :]
        return
    content.extend(bytes(max(change.offset - len(content), 0)))
    content[change.offset : change.offset + stored] = change.data[:stored]


@dataclass
class _State:
    names: dict[str, _Content] = field(default_factory=dict)
    """Directory entries as SQLite sees them."""
    durable: dict[str, _Content] = field(default_factory=dict)
    """Directory entries on the disk."""

    def copy(self) -> "_State":
        copies = {id(content): content.copy() for content in (*self.names.values(), *self.durable.values())}
        return _State(
            *({name: copies[id(known)] for name, known in side.items()} for side in (self.names, self.durable))
        )


class Disk:
    """One folder from one start of the machine to the cut.

    Whatever is in the folder at the start is on the disk.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.operations = 0
        self.cut_at: int | None = None
        """Cut before this operation, counted from 0; by itself it is not cut."""
        self._lock = Lock()
        self._state = _State({path.name: _Content(bytearray(path.read_bytes())) for path in folder.iterdir()})
        self._state.durable = dict(self._state.names)
        self._frozen: _State | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the power is gone: what is written from now on is written by nobody."""
        return self._frozen is not None

    def cut(self) -> None:
        """Freeze what the disk and the memory hold now."""
        with self._lock:
            self._freeze()

    def leave(self, folder: Path, fate: Fate, dice: Random) -> None:
        """Write down what the cut left, in a folder of its own."""
        left = self._frozen or self._state
        folder.mkdir(parents=True)
        for name in sorted({*left.names, *left.durable}):
            made, stored = left.names.get(name), left.durable.get(name)
            entry = {
                Fate.LOST: stored,
                Fate.KEPT: made,
                Fate.MIXED: made if made is stored else dice.choice((made, stored)),
            }[fate]
            if entry is not None:
                (folder / name).write_bytes(entry.after(fate, dice))
        for path in self.folder.iterdir():  # written by others than SQLite
            if path.name not in left.names | left.durable and not path.name.endswith("-shm"):
                shutil.copy(path, folder)

    def opened(self, name: str) -> _Content:
        """Return a file's content; one met for the first time has just been made."""
        with self._lock:
            return self._state.names.setdefault(name, _Content())

    def changed(self, content: _Content, change: _Write | _Truncation) -> None:
        """Keep a change in memory."""
        with self._lock:
            self._operate()
            content.pending.append(change)

    def synced(self, content: _Content, *, folder: bool) -> None:
        """Take a file to the disk, and the folder with it if asked."""
        with self._lock:
            self._operate()
            content.sync()
            if folder:
                self._state.durable = dict(self._state.names)

    def deleted(self, name: str, *, folder: bool) -> None:
        """Forget a directory entry, for certain if asked."""
        with self._lock:
            self._operate()
            self._state.names.pop(name, None)
            if folder:
                self._state.durable = dict(self._state.names)

    def _operate(self) -> None:
        if self.operations == self.cut_at:
            self._freeze()
        self.operations += 1

    def _freeze(self) -> None:
        if self._frozen is None:
            self._frozen = self._state.copy()


class ForgetfulVFS(apsw.VFS):
    """SQLite's usual file system, with everything written told to a disk and nothing really synced."""

    def __init__(self, name: str, disk: Disk) -> None:
        super().__init__(name, "unix")
        self._disk = disk

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:
            return apsw.VFSFile("unix", None, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        syncs_folder = bool(flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & _MADE_SYNCED)
        return _File(name, flags, self._disk, self._disk.opened(Path(path).name), syncs_folder=syncs_folder)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._disk.deleted(Path(filename).name, folder=syncdir)
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(
        self, name: str | apsw.URIFilename, flags: list[int], disk: Disk, content: _Content, *, syncs_folder: bool
    ) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._content = content
        self._syncs_folder = syncs_folder

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.changed(self._content, _Write(offset, bytes(data)))
        super().xWrite(data, offset)

    @override
    def xTruncate(self, newsize: int) -> None:
        self._disk.changed(self._content, _Truncation(newsize))
        super().xTruncate(newsize)

    @override
    def xSync(self, flags: int) -> None:
        self._disk.synced(self._content, folder=self._syncs_folder)
        self._syncs_folder = False
