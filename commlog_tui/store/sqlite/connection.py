"""Connections to a log file, and what its failures mean."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import apsw

from commlog_tui.operating_system import sync_folder
from commlog_tui.private_files import FILE_MODE, make_folder, restrict_database
from commlog_tui.records.errors import LogError
from commlog_tui.store.errors import DamagedLogError, StoreFullError, StoreUnavailableError
from commlog_tui.store.sqlite.schema import APPLICATION_ID, SCHEMA, VERSION
from commlog_tui.store.sqlite.schema_check import require_layout, require_schema
from commlog_tui.store.sqlite.scrubbing import BUSY_MILLISECONDS

_AUTOCHECKPOINT_PAGES: Final = 16_000
_CACHE_KIB: Final = 16_384
"""Cache size of the connection that writes, and of the one that reads on the loop.

With 64 MiB an import is no faster, and a service 55 MB larger.
"""
_PAUSE: Final = 0.01
_MALFORMED: Final = re.compile(r"malformed database schema \((.*?)\)", re.DOTALL)


def connect(path: Path, *, vfs: str | None = None, create: bool = True) -> apsw.Connection:
    """Open the log file; ``vfs`` names another of SQLite's file systems.

    With ``create``, make file and tables where needed.

    Raises:
        StoreUnavailableError: it cannot be opened, or has the layout of another version
            (``OlderLayoutError``: migrate it).
        DamagedLogError: it is no log, or its schema is not the one that this version creates.
        StoreFullError: there is no room to make it.
    """
    try:
        if create:
            _make_file(path)
        elif not path.stat().st_size:
            raise StoreUnavailableError(f"The log file {path} is empty. Nothing was written; restore a backup.")
        else:
            restrict_database(path)
    except FileNotFoundError:
        raise StoreUnavailableError(
            f"There is no log at {path}. Nothing was made; restore a backup, or find it."
        ) from None
    except OSError as error:
        if path.is_file():
            raise StoreUnavailableError(
                f"The log file cannot be opened: {_obstacle(path)}. Nothing was changed."
            ) from error
        raise StoreUnavailableError(f"The log file cannot be made: {error.strerror}. Nothing was written.") from error
    with plain_errors(path):
        connection = apsw.Connection(str(path), flags=_flags(create=create), vfs=vfs, statementcachesize=200)
        try:
            _prepare(connection, create=create)
        except BaseException:
            connection.close()  # it may hold a lock that whoever deals with this needs
            raise
    return connection


def _prepare(connection: apsw.Connection, *, create: bool) -> None:
    """Look at the file, set what every connection has, and lay the tables of a new log."""
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    distrust_schema(connection)
    is_new = _is_empty(connection)
    if is_new and not create:
        raise DamagedLogError("This file is no log.")
    _use_wal(connection)
    connection.pragma("synchronous", "full")
    connection.pragma("foreign_keys", "on")
    connection.pragma("recursive_triggers", "on")
    connection.pragma("secure_delete", "on")  # what a redaction removes must not linger in free pages
    connection.pragma("wal_autocheckpoint", _AUTOCHECKPOINT_PAGES)
    connection.pragma("cache_size", -_CACHE_KIB)
    if is_new:
        _lay_tables(connection)


def _is_empty(connection: apsw.Connection) -> bool:
    """Whether there are no tables yet.

    Raises ``StoreUnavailableError``, before anything is written, where there are others.
    """
    connection.execute("BEGIN")
    try:
        if connection.pragma("user_version") == 0 and not number(
            connection, "SELECT count(*) FROM main.sqlite_schema", ()
        ):
            return True
        require_layout(connection)
        require_schema(connection)
        return False
    finally:
        connection.execute("ROLLBACK")


def _flags(*, create: bool) -> int:
    return apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)


def distrust_schema(connection: apsw.Connection) -> None:
    """Restrict what a file's schema can do: no functions with effects, no hidden writes."""
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)


def _use_wal(connection: apsw.Connection) -> None:
    """Set the journal mode to WAL.

    When several processes do so at once on a new file, SQLite refuses some without waiting.
    """
    deadline = monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.pragma("journal_mode", "wal")
        except apsw.BusyError:
            if monotonic() > deadline:
                raise
            sleep(_PAUSE)
        else:
            return


def _make_file(path: Path) -> None:
    made = make_folder(path.parent)
    path.touch(mode=FILE_MODE)
    restrict_database(path)
    for folder in made:  # SQLite syncs the folder of the file, but not the way to it
        sync_folder(folder.parent)


def _lay_tables(connection: apsw.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.pragma("user_version")
        if version == 0 and connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            raise StoreUnavailableError("This file is no log. Nothing was written.")  # but somebody else's database
        if version == 0:
            connection.execute(SCHEMA)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        else:
            require_layout(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def number(connection: apsw.Connection, sql: str, values: Sequence[str | int | bytes]) -> int:
    """Return the one integer that a statement asks for; 0 where there is no row."""
    row = connection.execute(sql, values).fetchone()
    return 0 if row is None else int(row[0])


def schema_version(connection: apsw.Connection) -> int:
    """Return the number that changes with the schema. apsw's own call takes five times as long."""
    return number(connection, "PRAGMA schema_version", ())


@contextmanager
def plain_errors(path: Path | None = None) -> Iterator[None]:
    """Convert database errors to store errors, which on opening say what is wrong with the file."""
    try:
        yield
    except apsw.Error as error:
        raise plain_error(error, path) from error


def plain_error(error: apsw.Error, path: Path | None = None) -> LogError:
    """Return the store's error for one of the database's."""
    if isinstance(error, apsw.FullError) or getattr(error, "extendedresult", 0) in _NO_ROOM:
        return StoreFullError("The disk is full. Nothing was written, what was there is safe; make room and try again.")
    if isinstance(error, apsw.NotADBError | apsw.CorruptError):
        schema = _MALFORMED.search(str(error))
        what = (
            f"The log file's schema was changed, at {schema[1][:80]!r}"
            if schema
            else "The log file is damaged or is no log"
        )
        return DamagedLogError(f"{what}. Nothing was written; restore a backup (commlog restore).")
    if isinstance(error, apsw.CantOpenError | apsw.ReadOnlyError | apsw.PermissionsError):
        return StoreUnavailableError(f"The log file cannot be opened: {_obstacle(path)}. Nothing was changed.")
    return StoreUnavailableError("The log file cannot be used now. Nothing was written; try again in a moment.")


def _obstacle(path: Path | None) -> str:
    """Return what keeps this user from a log file, with what to do."""
    if path is None:
        return "this user may not write it"
    if not path.is_file():
        return f"there is no file at {path}"
    if not _may(path, os.R_OK):
        return f"this user may not read {path}; run this as its owner"
    if not _may(path.parent, os.W_OK):
        return (
            f"this user may not write to its folder, {path.parent}, where SQLite keeps two small files even while it "
            "only reads; "
            "run this as the folder's owner, or copy the log to a folder of your own"
        )
    return f"this user may not write {path}; run this as its owner"


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


_NO_ROOM: Final = {apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_IOERR_SHMSIZE, apsw.SQLITE_IOERR_FSYNC}
