"""The log in a SQLite file: appending, and reading entries, pages, the feed and the directory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

import apsw

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.identity import id_of_redaction
from commlog_tui.contract.query import CustomerQuery, IdQuery, PageRequest
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.records.rows import DetailRow
from commlog_tui.store.protocol import Due, RetentionRun
from commlog_tui.store.retention import cutoff
from commlog_tui.store.rows import BookingRow, FeedRow, MatchesRow, MatchingIdsRow, PageRow, PersonRow
from commlog_tui.store.sqlite import bookings, directory, reading
from commlog_tui.store.sqlite import redaction as redactions
from commlog_tui.store.sqlite import retention as retentions
from commlog_tui.store.sqlite.append import append
from commlog_tui.store.sqlite.cursor_key import CursorKey
from commlog_tui.store.sqlite.database import Database
from commlog_tui.store.sqlite.pages import Pager
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.upkeep import scrub

_DUE_AT_ONCE: Final = 500
_RETENTION: Final = "Retention"


class SqliteLog:
    """See ``protocol.Log``."""

    def __init__(self, database: Database, cursor_key: CursorKey) -> None:
        """Wrap an open file."""
        self._database = database
        self._cursor_key = cursor_key
        self.wait = database.wait

    async def append(self, location: str, actor: str, items: Sequence[Item]) -> list[Appended | LogError]:
        """See ``protocol.Log.append``."""

        def work(connection: apsw.Connection, together: Sequence[Item]) -> list[Appended | LogError]:
            return self._append(connection, location, actor, together)

        if any(isinstance(item, AppendRedaction) for item in items):
            return cast(
                "list[Appended | LogError]", await self._database.writer.run(lambda c: work(c, items), scrub=True)
            )
        return list(await self._database.writer.run_batch((location, actor), items, work))

    async def redact_customer(
        self, location: str, actor: str, key: str, customer_id: str, redaction: NewRedaction
    ) -> int:
        """See ``protocol.Log.redact_customer``."""

        def work(connection: apsw.Connection) -> int:
            found = redactions.of_customer(connection, Place.find(connection, location), customer_id)
            items = _redactions(key, found, redaction)
            return _created(self._append(connection, location, actor, items))

        redacted: int = await self._database.writer.run(work, scrub=True)
        return redacted

    async def redact_due(self, now: datetime, *, trust_clock: bool = False) -> RetentionRun:
        """See ``protocol.Log.redact_due``."""
        run, locations = self._database.read(lambda c: _retention(c, now, trust_clock=trust_clock))
        redacted = 0
        for location, months in locations:
            item = NewRedaction(reason=f"Older than {months} months, as long as this location keeps personal data.")
            before = cutoff(run.believed, months)

            def work(
                connection: apsw.Connection,
                at: str = location,
                item: NewRedaction = item,
                before: datetime = before,
            ) -> int:
                found = redactions.ids_of(
                    connection, retentions.due(connection, Place.find(connection, at), before, _DUE_AT_ONCE)
                )
                return _created(self._append(connection, at, _RETENTION, _redactions(_RETENTION, found, item)))

            while done := await self._database.writer.run(work):
                redacted += done
        if redacted:
            await scrub(self._database)
        return replace(run, redacted=redacted)

    async def find_due(self, now: datetime, *, trust_clock: bool = False) -> tuple[RetentionRun, Sequence[Due]]:
        """See ``protocol.Log.find_due``."""

        def read(connection: apsw.Connection) -> tuple[RetentionRun, Sequence[Due]]:
            run, _ = _retention(connection, now, trust_clock=trust_clock)
            return run, retentions.plan(connection, run.believed)

        return await self._database.read_far(read, is_timed=False)

    async def page(self, location: str, request: PageRequest) -> PageRow:
        """See ``protocol.Log.page``."""

        def read(connection: apsw.Connection) -> PageRow:
            return Pager(
                connection, Place.find(connection, location), request, self._cursor_key.read(connection)
            ).page()

        # The index of words does its work outside what is counted, and rows are checked within a time limit.
        if request.q is not None or request.is_checked_on_rows:
            return await self._database.read_far(read)
        return await self._database.read_quick(read, ("page", location, frozenset(request.model_fields_set)))

    async def detail(self, location: str, entry_id: str) -> DetailRow:
        """See ``protocol.Log.detail``."""
        return self._database.read(lambda c: reading.detail(c, Place.find(c, location), entry_id))

    async def booking(self, location: str, query: BookingQuery) -> BookingRow:
        """See ``protocol.Log.booking``."""
        return await self._database.read_quick(
            lambda c: bookings.booking(c, Place.find(c, location), query, self._cursor_key.read(c)), "booking"
        )

    async def matching_ids(self, location: str, query: IdQuery) -> MatchingIdsRow:
        """See ``protocol.Log.matching_ids``."""
        return self._database.read(lambda c: reading.matching_ids(c, Place.find(c, location), query))

    async def feed(self, location: str, after: int, limit: int) -> Sequence[FeedRow]:
        """See ``protocol.Log.feed``."""
        return self._database.read(lambda c: reading.feed(c, Place.find(c, location), after, limit))

    async def customers(self, location: str, query: CustomerQuery) -> MatchesRow:
        """See ``protocol.Log.customers``."""
        return await self._database.read_far(lambda c: directory.find_customers(c, Place.find(c, location), query))

    async def customer(self, location: str, customer_id: str) -> PersonRow:
        """See ``protocol.Log.customer``."""
        return self._database.read(lambda c: directory.get_customer(c, Place.find(c, location), customer_id))

    def _append(
        self, connection: apsw.Connection, location: str, actor: str, items: Sequence[Item]
    ) -> list[Appended | LogError]:
        database = self._database
        return append(
            connection, location, actor, items, database.clock, kinds=database.kinds, memory=database.append_memory
        )


def _retention(
    connection: apsw.Connection, now: datetime, *, trust_clock: bool
) -> tuple[RetentionRun, list[tuple[str, int]]]:
    """Return what time it is believed to be, and the locations with a retention."""
    locations = retentions.retained(connection)
    if not locations:
        return RetentionRun(0, now, is_held_back=False), []
    time = retentions.witnessed(connection, now, trust_clock=trust_clock)
    return RetentionRun(0, time.now, is_held_back=retentions.is_held_back(connection, time)), locations


def _redactions(key: str, entries: Sequence[str], redaction: NewRedaction) -> list[AppendRedaction]:
    return [AppendRedaction(id_of_redaction(key, entry_id), entry_id, redaction) for entry_id in entries]


def _created(answers: Sequence[Appended | LogError]) -> int:
    return sum(isinstance(answer, Appended) and answer.created for answer in answers)
