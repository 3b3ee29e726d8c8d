"""Migrating a log file of an earlier record layout, all or nothing, after a verified backup."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import apsw

from commlog_tui.store.errors import DamagedLogError, OlderLayoutError, StoreUnavailableError
from commlog_tui.store.sqlite import copying
from commlog_tui.store.sqlite.connection import distrust_schema, plain_errors
from commlog_tui.store.sqlite.fingerprint import fingerprint
from commlog_tui.store.sqlite.integrity import integrity_faults
from commlog_tui.store.sqlite.migrations import MIGRATIONS, Migration
from commlog_tui.store.sqlite.rebuild import create_anew, rebuild
from commlog_tui.store.sqlite.schema import GUARDS, VERSION
from commlog_tui.store.sqlite.schema_check import require_layout, require_schema
from commlog_tui.store.sqlite.scrubbing import BUSY_MILLISECONDS

_IN_USE: Final = (
    "This log was written by an older commlog and is in use. Stop its service and close its desks, then try again. "
    "Nothing was changed."
)


def migrate(
    path: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    vfs: str | None = None,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> Path | None:
    """Migrate the record layout of a log that nobody else uses.

    Return the backup, or None for a no-op. One transaction holds every step, the rebuilt
    projections and the new numbers: an interruption rolls all of it back. ``progress`` is called
    with the records done and their total while records are converted and projections rebuilt, each of which
    counts them once.

    Raises:
        StoreUnavailableError: it is in use, or no log that can be migrated.
        DamagedLogError: its schema is not the one that its layout has, or it is not sound.
        StoreFullError: there is no room for the backup or the changes.
    """
    with plain_errors(path), _alone(path, vfs) as connection:
        try:
            require_layout(connection)
        except OlderLayoutError:
            pass
        else:
            return None  # another process was first
        version = int(connection.pragma("user_version"))
        due = migrations[version - 1 :]
        if version + len(due) != VERSION:
            raise StoreUnavailableError(
                "This log was written by an older commlog, in a layout that this one cannot read."
            )
        require_schema(connection, due[0].before)
        backup = _back_up(connection, path, version)
        try:
            _run(connection, due, progress)
        except BaseException:
            with suppress(OSError):
                backup.unlink()  # of what is unchanged; tried again and again, copies would fill the disk
            raise
        return backup


@contextmanager
def _alone(path: Path, vfs: str | None) -> Iterator[apsw.Connection]:
    """Open the file and keep every other process out of it until the end."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
    try:
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        distrust_schema(connection)
        connection.pragma("locking_mode", "exclusive")  # the lock outlives the transaction that takes it
        try:
            connection.execute("BEGIN EXCLUSIVE; ROLLBACK")
        except apsw.BusyError:
            raise StoreUnavailableError(_IN_USE) from None
        connection.pragma("synchronous", "full")
        connection.pragma("secure_delete", "on")
        connection.pragma("foreign_keys", "off")  # a table that is created anew is missing for a moment
        connection.pragma("legacy_alter_table", "on")  # references go on naming the table that takes its place
        yield connection
    finally:
        connection.close()


def _back_up(connection: apsw.Connection, path: Path, version: int) -> Path:
    """Copy the log beside itself and verify the copy, row by row and by SQLite's own check."""
    aside = copying.free_name(path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}.layout-{version}"))
    fresh = path.with_name(f".{path.name[:100]}.{uuid4().hex}.tmp")
    try:
        copying.copy(connection, fresh)
        copied = apsw.Connection(str(fresh), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            distrust_schema(copied)
            faults = integrity_faults(copied)
            if faults or fingerprint(copied) != fingerprint(connection):
                words = faults[0] if faults else "the copy is not what the log is"
                raise DamagedLogError(f"The log cannot be brought up to date: {words}. It is untouched.")
        finally:
            copied.close()
        copying.put_new(fresh, aside)
    except OSError as error:
        raise StoreUnavailableError(f"The backup cannot be written: {error.strerror}. The log is untouched.") from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return aside


def _run(connection: apsw.Connection, due: Sequence[Migration], progress: Callable[[int, int], None]) -> None:
    hashed = fingerprint(connection)
    steps = 1 + sum(migration.convert is not None for migration in due)
    begun = 0

    def report(done: int, total: int) -> None:
        progress(begun * total + done, steps * total)

    connection.execute("BEGIN IMMEDIATE")
    try:
        for name in _triggers(connection):
            connection.execute(f"DROP TRIGGER main.{name}")
        for migration in due:
            connection.execute(migration.statements)
            if migration.convert is not None:
                migration.convert(connection, report)
                begun += 1
        connection.execute(GUARDS)
        create_anew(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        rebuild(connection, report)  # requires the schema of this version
        if fingerprint(connection) != hashed or connection.execute("PRAGMA foreign_key_check").fetchone():
            raise DamagedLogError(
                "The log cannot be brought up to date: its records would not be what they were. It is untouched."
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _triggers(connection: apsw.Connection) -> list[str]:
    """Return the triggers of the file: its guards, whose names and texts were looked at before."""
    return [
        str(row[0])
        for row in connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'trigger'").fetchall()
    ]
