"""The store in one SQLite file."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self, TypeVar

import apsw

from commlog_tui.contract.entry import NewRedaction
from commlog_tui.contract.identity import id_of_redaction
from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.query import CustomerQuery, IdQuery, PageRequest
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.records.decide import Appended
from commlog_tui.records.errors import LogError
from commlog_tui.records.instants import micros
from commlog_tui.records.kind import Item
from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.records.rows import DetailRow
from commlog_tui.store.errors import OlderLayoutError
from commlog_tui.store.protocol import Due, Rebuilt, RetentionRun, TokenRecord
from commlog_tui.store.rows import (
    CheckpointRow,
    ConsistencyRow,
    FeedRow,
    InclusionRow,
    LocationDetailRow,
    LocationRow,
    MatchesRow,
    MatchingIdsRow,
    PageRow,
    PersonRow,
    RecordRow,
)
from commlog_tui.store.signing import SigningKey, cursor_key
from commlog_tui.store.sqlite import access, directory, reading, scrubbing, tree
from commlog_tui.store.sqlite import redaction as redactions
from commlog_tui.store.sqlite import retention as retentions
from commlog_tui.store.sqlite.append import append
from commlog_tui.store.sqlite.connection import connect, plain_errors
from commlog_tui.store.sqlite.migrate import migrate
from commlog_tui.store.sqlite.pages import Pager
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projection_layout import bring_up_to_date
from commlog_tui.store.sqlite.rebuild import rebuild
from commlog_tui.store.sqlite.schema import VERSION
from commlog_tui.store.sqlite.writer import Writer

_LOOK_EVERY: Final = 0.2
_DUE_AT_ONCE: Final = 500
_RETENTION: Final = "Retention"
Answer = TypeVar("Answer")


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


class SqliteStore:
    """The log in a SQLite file: a writer thread, a reader thread for what may take long, and bounded reads at once."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        vfs: str | None,
        progress: Callable[[int, int], None],
        *,
        create: bool,
        kinds: Kinds,
    ) -> None:
        self._clock = clock
        self._kinds = kinds
        self._key_file = path.with_suffix(".key")
        self.backup: Path | None = None
        """A copy of the file as it was, where its record layout was migrated just now."""
        try:
            self._near = connect(path, vfs=vfs, create=create)
        except OlderLayoutError:
            self.backup = migrate(path, progress, vfs=vfs)
            self._near = connect(path, vfs=vfs, create=create)
        with plain_errors():
            bring_up_to_date(self._near, progress, kinds)
        self._far = connect(path, vfs=vfs, create=False)
        self._reader = ThreadPoolExecutor(1, "commlog-reader")
        self._changed: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._writer = Writer(connect(path, vfs=vfs, create=False), self._wake)
        self._closed = False
        self._cursor_key = b""

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        vfs: str | None = None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        create: bool = True,
        kinds: Kinds = KINDS,
    ) -> Self:
        """Open the log in this file; with ``create``, make file and folder where they are missing.

        The clock is asked exactly once for every record written, in their order. ``vfs`` names the one of SQLite's file
        systems to use (https://sqlite.org/vfs.html), where that is not the usual one. ``progress`` is called with the records
        done and their total while projections of an earlier version are rebuilt. ``kinds``
        are those of record that are known.

        Raises:
            LogError: the file cannot be opened or made.
        """
        return cls(path, clock, vfs, progress, create=create, kinds=kinds)

    async def append(self, location: str, actor: str, items: Sequence[Item]) -> list[Appended | LogError]:
        """See ``Store.append``."""

        def work(connection: apsw.Connection) -> list[Appended | LogError]:
            return append(connection, location, actor, items, self._clock, kinds=self._kinds)

        scrub = any(isinstance(item, AppendRedaction) for item in items)
        answers: list[Appended | LogError] = await self._writer.run(work, scrub=scrub)
        return answers

    async def redact_customer(self, location: str, actor: str, key: str, customer_id: str, redaction: NewRedaction) -> int:
        """See ``Store.redact_customer``."""

        def work(connection: apsw.Connection) -> int:
            found = redactions.of_customer(connection, Place.find(connection, location), customer_id)
            items = _redactions(key, found, redaction)
            return _created(append(connection, location, actor, items, self._clock, kinds=self._kinds))

        redacted: int = await self._writer.run(work, scrub=True)
        return redacted

    async def redact_due(self, now: datetime, *, trust_clock: bool = False) -> RetentionRun:
        """See ``Store.redact_due``."""
        run, locations = self._read(lambda c: _retention(c, now, trust_clock=trust_clock))
        redacted = 0
        for location, months in locations:
            said = NewRedaction(reason=f"Older than {months} months, as long as this location keeps personal data.")
            before = retentions.cutoff(run.believed, months)

            def work(
                connection: apsw.Connection, at: str = location, said: NewRedaction = said, before: datetime = before
            ) -> int:
                found = redactions.ids_of(
                    connection, retentions.due(connection, Place.find(connection, at), before, _DUE_AT_ONCE)
                )
                return _created(
                    append(connection, at, _RETENTION, _redactions(_RETENTION, found, said), self._clock, kinds=self._kinds)
                )

            while done := await self._writer.run(work):
                redacted += done
        if redacted:
            await self.scrub()
        return replace(run, redacted=redacted)

    async def find_due(self, now: datetime, *, trust_clock: bool = False) -> tuple[RetentionRun, Sequence[Due]]:
        """See ``Store.find_due``."""

        def read(connection: apsw.Connection) -> tuple[RetentionRun, Sequence[Due]]:
            run, _ = _retention(connection, now, trust_clock=trust_clock)
            return run, retentions.plan(connection, run.believed)

        return await self._read_far(read)

    async def scrub(self) -> None:
        """See ``Store.scrub``."""
        if not await self.is_scrubbed():
            await self._writer.run(lambda _: None, scrub=True)

    async def is_scrubbed(self) -> bool:
        """See ``Store.is_scrubbed``."""
        return not self._read(scrubbing.is_due)

    async def retention(self, location: str) -> int | None:
        """See ``Store.retention``."""
        return self._read(lambda c: retentions.retention(c, Place.find(c, location)))

    async def set_retention(self, location: str, months: int | None) -> None:
        """See ``Store.set_retention``."""
        await self._writer.run(lambda c: retentions.set_retention(c, Place.find(c, location), months))

    async def page(self, location: str, request: PageRequest) -> PageRow:
        """See ``Store.page``."""
        self._cursor_key = key = self._cursor_key or cursor_key(self._key_file, self._read(access.log_name))
        return await self._read_far(lambda c: Pager(c, Place.find(c, location), request, key).page())

    async def detail(self, location: str, entry_id: str) -> DetailRow:
        """See ``Store.detail``."""
        return self._read(lambda c: reading.detail(c, Place.find(c, location), entry_id))

    async def matching_ids(self, location: str, query: IdQuery) -> MatchingIdsRow:
        """See ``Store.matching_ids``."""
        return self._read(lambda c: reading.matching_ids(c, Place.find(c, location), query))

    async def feed(self, location: str, after: int, limit: int) -> Sequence[FeedRow]:
        """See ``Store.feed``."""
        return self._read(lambda c: reading.feed(c, Place.find(c, location), after, limit))

    async def wait(self, location: str, after: int, seconds: float) -> bool:
        """See ``Store.wait``."""
        loop = asyncio.get_running_loop()
        place = self._read(lambda c: Place.find(c, location))
        deadline = loop.time() + seconds
        changed = asyncio.Event()
        self._changed[changed] = loop
        try:
            while True:
                changed.clear()
                if self._read(lambda c: access.seq_at(c, place.no)) > after:
                    return True
                remaining = deadline - loop.time()
                if remaining <= 0:
                    return False
                # Another process's commit wakes nobody here, so look now and then.
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(remaining, _LOOK_EVERY)):
                        await changed.wait()
        finally:
            self._changed.pop(changed, None)

    async def customers(self, location: str, query: CustomerQuery) -> MatchesRow:
        """See ``Store.customers``."""
        return await self._read_far(lambda c: directory.find_customers(c, Place.find(c, location), query))

    async def customer(self, location: str, customer_id: str) -> PersonRow:
        """See ``Store.customer``."""
        return self._read(lambda c: directory.get_customer(c, Place.find(c, location), customer_id))

    async def checkpoint(self, location: str) -> CheckpointRow:
        """See ``Store.checkpoint``."""
        name, size, root = self._read(lambda c: (access.log_name(c), *tree.size_and_root(c, Place.find(c, location).no)))
        key = SigningKey.load(self._key_file, name)
        made = Checkpoint(f"{name}/{location}", size, root)
        vkey = key.signer.verifier.named(made.origin).vkey
        return CheckpointRow(location, size, root.hex(), made.sign(key.signer), vkey, key.introductions)

    async def proof(self, location: str, seq: int, size: int | None = None) -> InclusionRow:
        """See ``Store.proof``."""
        return self._read(lambda c: tree.inclusion(c, Place.find(c, location), seq, size))

    async def consistency(self, location: str, old: int, new: int | None = None) -> ConsistencyRow:
        """See ``Store.consistency``."""
        return self._read(lambda c: tree.consistency(c, Place.find(c, location), old, new))

    async def records(self, location: str, after: int, limit: int) -> Sequence[RecordRow]:
        """See ``Store.records``."""
        return await self._read_far(lambda c: tree.records(c, Place.find(c, location), after, limit))

    async def rotate_key(self) -> str:
        """See ``Store.rotate_key``."""
        return SigningKey.rotate(self._key_file, self._read(access.log_name)).signer.verifier.vkey

    async def create_location(self, location: NewLocation) -> None:
        """See ``Store.create_location``."""
        await self._writer.run(lambda c: access.create_location(c, location))

    async def locations(self) -> Sequence[LocationRow]:
        """See ``Store.locations``."""
        return self._read(access.list_locations)

    async def location(self, location: str) -> LocationDetailRow:
        """See ``Store.location``."""
        return self._read(lambda c: access.get_location(c, Place.find(c, location)))

    async def create_token(self, token: TokenRecord, digest: bytes) -> None:
        """See ``Store.create_token``."""
        await self._writer.run(lambda c: access.create_token(c, token, digest))

    async def tokens(self) -> Sequence[TokenRecord]:
        """See ``Store.tokens``."""
        return self._read(access.list_tokens)

    async def token(self, digest: bytes) -> TokenRecord | None:
        """See ``Store.token``."""
        return self._read(lambda c: access.find_token(c, digest))

    async def revoke_token(self, token_id: str) -> bool:
        """See ``Store.revoke_token``."""
        now = micros(utc_now())
        found: bool = await self._writer.run(lambda c: access.revoke_token(c, token_id, now))
        return found

    async def check_writable(self) -> None:
        """See ``Store.check_writable``."""
        if not self._writer.is_writing_anew:  # which is a durable write, and may take a moment
            await self._writer.run(lambda c: c.execute(f"PRAGMA user_version = {VERSION}").fetchall(), is_probe=True)

    async def rebuild(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Rebuilt:
        """See ``Store.rebuild``."""
        rebuilt: Rebuilt = await self._writer.run(lambda c: rebuild(c, progress, self._kinds), scrub=True)
        return rebuilt

    async def close(self) -> None:
        """See ``Store.close``."""
        if self._closed:
            return
        self._closed = True
        await self._writer.close()
        self._reader.shutdown()
        self._far.close()
        self._near.close()

    def _wake(self) -> None:
        for changed, loop in tuple(self._changed.items()):
            with suppress(RuntimeError):  # that loop has ended
                loop.call_soon_threadsafe(changed.set)

    def _read(self, read: Callable[[apsw.Connection], Answer]) -> Answer:
        return _in_one_view(self._near, read)

    async def _read_far(self, read: Callable[[apsw.Connection], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, _in_one_view, self._far, read)


def _retention(connection: apsw.Connection, now: datetime, *, trust_clock: bool) -> tuple[RetentionRun, list[tuple[str, int]]]:
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


def _in_one_view(connection: apsw.Connection, read: Callable[[apsw.Connection], Answer]) -> Answer:
    """Read within one transaction, so that every statement sees the same log."""
    with plain_errors():
        connection.execute("BEGIN")
        try:
            return read(connection)
        finally:
            connection.execute("ROLLBACK")
