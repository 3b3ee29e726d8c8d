"""Whole copies of a log, taken while it is in use, and put in the place of one that is not."""

import os
from pathlib import Path

import apsw

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
    """Raise ``StoreUnavailableError`` if a process has the log open."""
    if not path.exists():
        return
    with plain_errors():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.pragma("locking_mode", "exclusive")
            connection.execute("BEGIN EXCLUSIVE; ROLLBACK")
        except apsw.BusyError:
            raise StoreUnavailableError(
                "The log is in use. Stop its service and close its desks first; nothing was changed."
            ) from None
        except (apsw.NotADBError, apsw.CorruptError):
            return  # nobody can use it, and it is what copies are made for
        finally:
            connection.close()


def put_in_place(fresh: Path, path: Path, aside: Path) -> None:
    """Put a copy in the place of a log that nobody uses, and that log aside. Raises ``StoreUnavailableError``."""
    try:
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)  # an index of the next one, made again by whoever opens it
        for end in ("-wal", ""):
            old = path.with_name(path.name + end)
            if old.exists():
                old.replace(aside.with_name(aside.name + end))
        fresh.replace(path)
    except OSError as error:
        raise StoreUnavailableError(f"The log cannot be put in place: {error.strerror}. It is at {path} or {aside}.") from None
