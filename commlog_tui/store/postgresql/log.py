"""Appending to a log in PostgreSQL, and following it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.identity import id_of_redaction
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.store.answer_size import fitting
from commlog_tui.store.postgresql import retention
from commlog_tui.store.postgresql.appender import Appender
from commlog_tui.store.postgresql.database import Database
from commlog_tui.store.postgresql.entry_rows import ENTRY_COLUMNS, RECORD_JOIN, read_entry
from commlog_tui.store.postgresql.listener import Listener
from commlog_tui.store.postgresql.redaction import ids_of_customer
from commlog_tui.store.protocol import RetentionRun
from commlog_tui.store.retention import cutoff
from commlog_tui.store.rows import FeedRow

_FEED: Final = f"""
SELECT new.seq, new.kind, {ENTRY_COLUMNS} FROM record AS new
LEFT JOIN (entry {RECORD_JOIN}) ON entry.location = new.location AND entry.seq = new.root
WHERE new.location = %s AND new.seq > %s ORDER BY new.seq LIMIT %s
"""
_DUE_AT_ONCE: Final = 500
_RETENTION: Final = "Retention"
_MOST: Final = 1 << 62


class PostgresLog:
    """See ``protocol.Log``: what appends, redacts and follows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._appender = Appender(database)
        self._listener = Listener(database)

    async def append(self, location: str, actor: str, items: Sequence[Item]) -> list[Appended | LogError]:
        """See ``protocol.Log.append``."""
        return await self._appender.append(await self._database.location(location), actor, items)

    async def redact_customer(
        self, location: str, actor: str, key: str, customer_id: str, redaction: NewRedaction
    ) -> int:
        """See ``protocol.Log.redact_customer``."""
        found = await self._database.location(location)
        redacted = 0
        while True:  # until no other process has added anything meanwhile
            ids = await self._database.read(lambda view: ids_of_customer(view, found, customer_id), found)
            created = await self._redact(location, actor, key, ids, redaction)
            redacted += created
            if not created:
                return redacted

    async def redact_due(self, now: datetime, *, trust_clock: bool = False) -> RetentionRun:
        """See ``protocol.Log.redact_due``."""
        run, locations = await retention.believed(self._database, now, trust_clock=trust_clock)
        redacted = 0
        for name, months in locations:
            item = NewRedaction(reason=f"Older than {months} months, as long as this location keeps personal data.")
            found, before = await self._database.location(name), cutoff(run.believed, months)
            created = 1
            while created:
                due = partial(retention.due_ids, location=found, before=before, limit=_DUE_AT_ONCE)
                ids = await self._database.read(due, found)
                created = await self._redact(name, _RETENTION, _RETENTION, ids, item)
                redacted += created
        return replace(run, redacted=redacted)

    async def _redact(self, location: str, actor: str, key: str, ids: Sequence[str], redaction: NewRedaction) -> int:
        """Redact entries and return how many were not before."""
        items = [AppendRedaction(id_of_redaction(key, entry_id), entry_id, redaction) for entry_id in ids]
        answers = await self.append(location, actor, items) if items else []
        return sum(isinstance(answer, Appended) and answer.created for answer in answers)

    async def feed(self, location: str, after: int, limit: int) -> Sequence[FeedRow]:
        """See ``protocol.Log.feed``."""
        found = await self._database.location(location)
        rows = await self._database.rows(_FEED, (found.no, min(max(after, 0), _MOST), limit), found)
        return [
            FeedRow(row[0], row[1], None if row[2] is None else read_entry(row[2:], found.id)) for row in fitting(rows)
        ]

    async def wait(self, location: str, after: int, seconds: float) -> bool:
        """See ``protocol.Log.wait``."""
        return await self._listener.wait(await self._database.location(location), after, seconds)

    async def close(self) -> None:
        """Record what waits, and stop following."""
        await self._appender.close()
        await self._listener.close()
