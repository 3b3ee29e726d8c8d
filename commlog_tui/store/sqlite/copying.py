"""Whole copies of a log, taken while it is in use, and put in the place of one that is not."""

import errno
import os
import shutil
from pathlib import Path

import apsw

from commlog_tui.operating_system import sync_folder
from commlog_tui.store.errors import StoreFullError, StoreUnavailableError
from commlog_tui.store.sqlite.connection import plain_error, plain_errors

_PAGES_AT_ONCE = 10_000


def copy(original: apsw.Connection, path: Path) -> None:
    """Copy a log, as its reader sees it, to a new file that only its owner can read, and have it on the disk.

    Raises:
        StoreError: there is no room, or a file is there already; no part of a copy is left.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise StoreUnavailableError(f"The copy cannot be made at {path}: {error.strerror}.") from None
    try:
        fresh = apsw.Connection(str(path))
        try:
            with fresh.backup("main", original, "main") as backup:
                while not backup.done:
                    backup.step(_PAGES_AT_ONCE)
            fresh.pragma("journal_mode", "delete")  # one file, whole in itself
        finally:
            fresh.close()
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    except (apsw.Error, OSError) as error:
        path.unlink(missing_ok=True)
        if isinstance(error, apsw.Error):
            raise plain_error(error) from error
        raise StoreFullError(f"The copy cannot be written: {error.strerror}.") from error


def require_unused(path: Path) -> None:
    """Raise ``StoreUnavailableError`` if a process has the log open, and checkpoint its WAL."""
    if not path.exists():
        return
    with plain_errors():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.pragma("locking_mode", "exclusive")
            connection.execute("BEGIN EXCLUSIVE; ROLLBACK")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except apsw.BusyError:
            raise StoreUnavailableError(
                "The log is in use. Stop its service and close its desks first; nothing was changed."
            ) from None
        except (apsw.NotADBError, apsw.CorruptError):
            return  # nobody can use it, and it is what copies are made for
        finally:
            connection.close()  # takes an empty write-ahead log away


def put_in_place(fresh: Path, path: Path, aside: Path) -> None:
    """Put a copy in the place of a log that nobody uses, and keep that log aside, under a name that is free.

    Whenever this is cut short, there is a whole log at ``path``, the old one or the new one: one rename
    puts the new one there. A
    write-ahead log that is still beside the old one belongs to a file that cannot be read, or it would be empty by now.

    Raises:
        StoreUnavailableError: it cannot be put there. The old one still is.
    """
    try:
        for end in ("", "-wal"):
            old = path.with_name(path.name + end)
            if old.exists():
                _keep(old, aside.with_name(aside.name + end))
        sync_folder(path.parent)  # before anything of the old one goes
        for end in ("-wal", "-shm"):  # of the old file; with the new one they would be taken for its own
            path.with_name(path.name + end).unlink(missing_ok=True)
        sync_folder(path.parent)
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        words = "The log cannot be put in place"
        raise StoreUnavailableError(f"{words}: {error.strerror}. The one before is still at {path}.") from None


def put_new(fresh: Path, path: Path) -> None:
    """Rename a synced file unless its name is taken.

    Raises ``FileExistsError``, and ``OSError``.
    """
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        fresh.replace(path)
    fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def free_name(path: Path) -> Path:
    """Return this path, or one like it that nothing has."""
    names = (path, *(path.with_name(f"{path.name}-{number}") for number in range(2, 10_000)))
    return next(name for name in names if not name.exists())


def _keep(old: Path, aside: Path) -> None:
    """Give a file a second name; where the file system has no links, copy it there."""
    try:
        os.link(old, aside)
    except FileExistsError:
        raise
    except OSError:
        try:
            with old.open("rb") as source, aside.open("xb") as target:
                aside.chmod(0o600)
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
        except OSError:
            aside.unlink(missing_ok=True)
            raise
