"""Webhooks of a log in a file: a database of their own beside it, made with the first one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

import apsw

from commlog_tui.private_files import open_private
from commlog_tui.records.instants import instant, micros
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.hooks import HookRecord, SignatureUse

_LAYOUT: Final = 1
_TABLES: Final = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS hook (
    location TEXT NOT NULL,
    provider TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (location, provider)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS used (
    location TEXT NOT NULL,
    provider TEXT NOT NULL,
    key BLOB NOT NULL,
    body BLOB NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (location, provider, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS used_by_end ON used (until);
"""
_USE: Final = """
INSERT INTO used VALUES (?, ?, ?, ?, ?)
ON CONFLICT (location, provider, key) DO UPDATE SET until = max(until, excluded.until)
"""
_WAIT_MILLISECONDS: Final = 5_000
_UNUSABLE: Final = "The file of the webhooks cannot be used: {}. Nothing was recorded or changed."
_NEWER: Final = "a newer commlog has written it"


class HookFile:
    """Webhooks in a file beside the log's, see ``Hooks``."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet: the file is made when the first webhook is set up."""
        self._path = path
        self._lock = Lock()
        self._connection: apsw.Connection | None = None

    def set(self, hook: HookRecord) -> None:
        """See ``Hooks.set``."""
        values = (hook.location, hook.provider, hook.sealed, micros(hook.created_at))
        with self._opened(create=True) as connection:
            connection.execute("REPLACE INTO hook VALUES (?, ?, ?, ?)", values)

    def all(self) -> Sequence[HookRecord]:
        """See ``Hooks.all``."""
        return self._select("ORDER BY location, provider")

    def providers(self, location: str) -> Sequence[str]:
        """See ``Hooks.providers``."""
        return [hook.provider for hook in self._select("WHERE location = ? ORDER BY provider", location)]

    def find(self, location: str, provider: str) -> HookRecord | None:
        """See ``Hooks.find``."""
        return next(iter(self._select("WHERE location = ? AND provider = ?", location, provider)), None)

    def remove(self, location: str, provider: str) -> bool:
        """See ``Hooks.remove``."""
        if not self._path.exists():
            return False
        with self._opened() as connection:
            connection.execute("DELETE FROM hook WHERE location = ? AND provider = ?", (location, provider))
            return connection.changes() == 1

    def is_replay(self, use: SignatureUse, now: datetime) -> bool:
        """See ``Hooks.is_replay``."""
        with self._opened() as connection:
            row = connection.execute(
                "SELECT body FROM used WHERE location = ? AND provider = ? AND key = ? AND until > ?",
                (use.location, use.provider, use.key, micros(now)),
            ).fetchone()
        return row is not None and row[0] != use.body

    def remember(self, use: SignatureUse, now: datetime, until: datetime) -> None:
        """See ``Hooks.remember``."""
        with self._opened() as connection:
            connection.execute("DELETE FROM used WHERE until <= ?", (micros(now),))
            connection.execute(_USE, (use.location, use.provider, use.key, use.body, micros(until)))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _select(self, clause: str, *values: str) -> list[HookRecord]:
        if self._connection is None and not self._path.exists():
            return []
        statement = f"SELECT location, provider, sealed, created_at FROM hook {clause}"  # noqa: S608 - our own clauses
        with self._opened() as connection:
            return [
                HookRecord(str(location), str(provider), bytes(sealed), instant(int(created_at)))
                for location, provider, sealed, created_at in connection.execute(statement, values)
            ]

    @contextmanager
    def _opened(self, *, create: bool = False) -> Iterator[apsw.Connection]:
        """Hold the file for one transaction."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._open(create=create)
                with self._connection:
                    yield self._connection
            except (apsw.Error, OSError) as error:
                raise StoreUnavailableError(_UNUSABLE.format(str(error) or type(error).__name__)) from None

    def _open(self, *, create: bool) -> apsw.Connection:
        if create or self._path.exists():
            open_private(self._path, "ab").close()
        connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(_WAIT_MILLISECONDS)
            layout = int(str(connection.pragma("user_version")))
            if layout > _LAYOUT:
                raise StoreUnavailableError(_UNUSABLE.format(_NEWER))
            if layout < _LAYOUT:
                connection.execute(f"{_TABLES}PRAGMA user_version = {_LAYOUT}").fetchall()
            connection.execute("PRAGMA synchronous = FULL").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection
