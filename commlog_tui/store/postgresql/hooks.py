"""Webhooks of delivery providers, in the database of the log.

So every process and machine that serves it answers the same providers, and a signature that serves
once is refused by all of them. Settings are encrypted with a key from the file that each machine has.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Final, TypeVar

import psycopg

from commlog_tui.records.instants import instant, micros
from commlog_tui.store.hooks import HookRecord, SignatureUse
from commlog_tui.store.postgresql.connection import STATEMENT_SECONDS, Row, connect, is_text, parameters, plain_error

_SET: Final = """
INSERT INTO hook (location_id, provider, sealed, created_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (location_id, provider) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
"""
_SELECT: Final = "SELECT location_id, provider, sealed, created_at FROM hook"
_ALL: Final = f"{_SELECT} ORDER BY location_id, provider"
_OF_LOCATION: Final = f"{_SELECT} WHERE location_id = %s ORDER BY provider"
_ONE: Final = f"{_SELECT} WHERE location_id = %s AND provider = %s"
_REMOVE: Final = "DELETE FROM hook WHERE location_id = %s AND provider = %s RETURNING provider"
_USED: Final = """
SELECT body FROM used_signature WHERE location_id = %s AND provider = %s AND key = %s AND until > %s
"""
_FORGET: Final = "DELETE FROM used_signature WHERE until <= %s"
_USE: Final = """
INSERT INTO used_signature (location_id, provider, key, body, until) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (location_id, provider, key) DO UPDATE SET until = greatest(used_signature.until, excluded.until)
"""
_TIMEOUT: Final = f"SET statement_timeout = {STATEMENT_SECONDS * 1000}"
_ATTEMPTS: Final = 2
"""A connection that was lost, as at a restart of the server, is replaced once."""
Answer = TypeVar("Answer")


class HookTable:
    """See ``hooks.Hooks``. Thread-safe, on one connection of its own."""

    def __init__(self, url: str) -> None:
        """Open nothing yet: the connection is made when it is first needed."""
        self._conninfo = parameters(url)
        self._lock = Lock()
        self._connection: psycopg.Connection[Row] | None = None

    def set(self, hook: HookRecord) -> None:
        """See ``Hooks.set``."""
        values = hook.location, hook.provider, hook.sealed, micros(hook.created_at)
        self._run(lambda connection: connection.execute(_SET, values))

    def all(self) -> Sequence[HookRecord]:
        """See ``Hooks.all``."""
        return self._select(_ALL)

    def providers(self, location: str) -> Sequence[str]:
        """See ``Hooks.providers``."""
        return [hook.provider for hook in self._select(_OF_LOCATION, location)]

    def find(self, location: str, provider: str) -> HookRecord | None:
        """See ``Hooks.find``."""
        return next(iter(self._select(_ONE, location, provider)), None)

    def remove(self, location: str, provider: str) -> bool:
        """See ``Hooks.remove``."""
        return is_text(location) and bool(self._rows(_REMOVE, (location, provider)))

    def is_replay(self, use: SignatureUse, now: datetime) -> bool:
        """See ``Hooks.is_replay``."""
        rows = self._rows(_USED, (use.location, use.provider, use.key, micros(now)))
        return bool(rows) and bytes(rows[0][0]) != use.body

    def remember(self, use: SignatureUse, now: datetime, until: datetime) -> None:
        """See ``Hooks.remember``."""

        def write(connection: psycopg.Connection[Row]) -> None:
            with connection.transaction():
                connection.execute(_FORGET, (micros(now),))
                connection.execute(_USE, (use.location, use.provider, use.key, use.body, micros(until)))

        self._run(write)

    def close(self) -> None:
        """See ``Hooks.close``."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _select(self, statement: str, *values: str) -> list[HookRecord]:
        if not all(map(is_text, values)):
            return []
        return [
            HookRecord(str(location), str(provider), bytes(sealed), instant(int(created_at)))
            for location, provider, sealed, created_at in self._rows(statement, values)
        ]

    def _rows(self, statement: str, values: Sequence[object]) -> list[Row]:
        return self._run(lambda connection: connection.execute(statement, values, binary=True).fetchall())

    def _run(self, work: Callable[[psycopg.Connection[Row]], Answer]) -> Answer:
        """Do what can be repeated on the connection. Raises ``StoreUnavailableError``."""
        with self._lock:
            for attempt in range(1, _ATTEMPTS + 1):
                if self._connection is None or self._connection.closed:
                    self._connection = connect(self._conninfo)
                try:
                    self._connection.execute(_TIMEOUT)
                    return work(self._connection)
                except psycopg.Error as error:
                    if attempt == _ATTEMPTS or not self._connection.closed:
                        raise plain_error(error) from error
        raise AssertionError
