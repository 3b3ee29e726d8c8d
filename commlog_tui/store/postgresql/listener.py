"""Waits for what any process appends, on one connection for the whole process."""

import asyncio
from contextlib import suppress
from typing import Final

import psycopg

from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import CONTEXT
from commlog_tui.store.postgresql.database import Database

CHANNEL: Final = "commlog"
_SEQ: Final = "SELECT seq FROM head WHERE location = %s"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_CHECK_EVERY: Final = 30.0
"""Seconds after which a connection that has heard nothing is checked, in case it was lost in silence."""


class Listener:
    """Knows where logs end, from notifications that each append sends when it commits.

    A position is read once when somebody first waits for a location; from then on notifications
    alone move it. While the connection is lost, waiting fails with the database's error.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._positions: dict[int, int] = {}
        self._changed: dict[int, asyncio.Event] = {}
        self._is_listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, location: Location, after: int, seconds: float) -> bool:
        """See ``protocol.Log.wait``."""
        self._start()
        no = int(location.no)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    changed = self._changed.setdefault(no, asyncio.Event())
                    if await self._position(location) > after:
                        return True
                    await changed.wait()
        except TimeoutError:
            return await self._read(location) > after

    async def close(self) -> None:
        """Let go of the connection."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _start(self) -> None:
        """Start listening, once for the running loop."""
        if self._task is None or self._task.get_loop() is not asyncio.get_running_loop() or self._task.done():
            self._positions.clear()
            self._changed.clear()
            self._is_listening = asyncio.Event()
            self._task = asyncio.create_task(self._listen(), name="commlog-listen")

    async def _position(self, location: Location) -> int:
        """Return where a location's log ends."""
        no = int(location.no)
        if no not in self._positions:
            await self._is_listening.wait()
            self._positions.setdefault(no, -1)  # from now on notifications count
            self._advance(no, await self._read(location))
        return self._positions.get(no, -1)

    async def _read(self, location: Location) -> int:
        row = await self._database.row(_SEQ, (location.no,), location)
        return 0 if row is None else int(row[0])

    def _advance(self, no: int, seq: int) -> None:
        if seq > self._positions.get(no, -1):
            self._positions[no] = seq

    async def _listen(self) -> None:
        """Listen until cancelled; after a loss, again and again with growing pauses."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._hear()
            except psycopg.Error:
                self._lose()
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE

    async def _hear(self) -> None:
        """Take in notifications until the connection is lost, which raises ``psycopg.Error``."""
        connection = await psycopg.AsyncConnection.connect(self._database.conninfo, autocommit=True, context=CONTEXT)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._is_listening.set()
            while True:
                async for notification in connection.notifies(timeout=_CHECK_EVERY):
                    no, _, seq = notification.payload.partition(":")
                    if int(no) in self._positions:
                        self._advance(int(no), int(seq))
                        self._wake(int(no))
                await connection.execute("SELECT 1")

    def _lose(self) -> None:
        """Forget all positions, as notifications may be missed from now on."""
        self._is_listening.clear()
        self._positions.clear()
        for no in list(self._changed):
            self._wake(no)

    def _wake(self, no: int) -> None:
        if (changed := self._changed.pop(no, None)) is not None:
            changed.set()
