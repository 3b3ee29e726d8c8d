"""Messages that are overdue: computed from rules and records, held in memory, never stored.

For each location with rules, the index reads the feed behind its position and loads the bookings
that new records are about. At the start it reads the records that are there already, newest first,
in small steps. Every step is bounded, and what is held is, too.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.booking import BookingQuery
from commlog_tui.expectations.overdue import LISTED_FOR, Waiting, first_overdue, overdue_items
from commlog_tui.expectations.rules import Rule
from commlog_tui.expectations.rules_file import Rules, RulesError
from commlog_tui.expectations.worklist import Item
from commlog_tui.records.errors import LogError
from commlog_tui.service.journal import write_line
from commlog_tui.service.overdue_bookings import Name, WaitingBookings, names_nothing
from commlog_tui.store.protocol import Store
from commlog_tui.store.rows import FeedRow, OverdueMessageRow

LISTED: Final = 200
MOST_BOOKINGS: Final = 10_000
"""How many bookings with an expected message are held, of all locations."""
MOST_RECORDS: Final = 500_000
"""How many records of a location are looked through after the start."""
_RECENT: Final = timedelta(days=31)
"""Bookings with a record as old as that are loaded; of older ones, only those that begin later."""
_OLDEST: Final = timedelta(days=400)
"""Records older than that are not looked through."""
_AT_ONCE: Final = 50
_BOOKINGS_AT_ONCE: Final = 5
_LOOKED_AT_ONCE: Final = 500
STEPS_A_REQUEST: Final = 8
_LOOK_EVERY: Final = 5.0
_REST: Final = 3
"""How many times as long as a step took the background rests after it."""
_LEAST_REST: Final = 0.005
_READ_MORE: Final = 5.0
"""Seconds after which it is worth asking again while old records are read."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is overdue at a location, soonest booking first."""

    messages: tuple[OverdueMessageRow, ...] = ()
    is_complete: bool = True
    note: str | None = None
    """What is missing, in words."""
    changes_in: float | None = None
    """Seconds until more is overdue or known, without another record."""


class OverdueIndex:
    """What is overdue at each location."""

    def __init__(
        self, store: Store, rules: Callable[[], Rules], *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._locations: dict[str, _LocationIndex] = {}

    async def overdue(self, location: str) -> Overdue:
        """Return what is overdue at a location, after a few steps to catch up."""
        try:
            found = await self._at(location)
        except RulesError as error:
            note = f"What is overdue is unknown, as the service cannot use its rules: {error}"
            return Overdue(is_complete=False, note=note)
        if found is None:
            return Overdue()
        for _ in range(STEPS_A_REQUEST):
            if not await found.step():
                break
        return await found.answer()

    async def follow(self, stopping: asyncio.Event) -> None:
        """Catch up in the background until the service stops. Failures are retried."""
        while not stopping.is_set():
            rest = _LOOK_EVERY
            began = perf_counter()
            try:
                if await self._step_all():
                    rest = max(_LEAST_REST, _REST * (perf_counter() - began))
            except RulesError:
                pass  # each answer says so
            except LogError as error:
                write_line("overdue", outcome="failed", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await stopping.wait()

    async def _step_all(self) -> bool:
        """Take one step at each location with rules. False if all have caught up."""
        known = {location.id for location in await self._store.locations()} if self._rules() else set()
        more = False
        for location in known:
            found = await self._at(location)
            more = (found is not None and await found.step()) or more
        return more

    async def _at(self, location: str) -> "_LocationIndex | None":
        """Return the index of a location; a new one if its rules have changed. None without rules.

        Raises ``RulesError``.
        """
        all_rules = self._rules()
        rules = tuple(all_rules.get(location, ()))
        if not rules:
            self._locations.pop(location, None)
            return None
        most = MOST_BOOKINGS // len(all_rules)
        found = self._locations.get(location)
        if found is None or found.made_for != (rules, most):
            detail = await self._store.location(location)
            found = _LocationIndex(
                self._store, location, rules, ZoneInfo(detail.location.zone), detail.seq, most, self._clock
            )
            self._locations[location] = found
        return found


class _LocationIndex:
    """What is overdue at one location under one set of rules."""

    def __init__(
        self,
        store: Store,
        location: str,
        rules: Sequence[Rule],
        zone: ZoneInfo,
        end: int,
        most: int,
        clock: Callable[[], datetime],
    ) -> None:
        self.made_for = (tuple(rules), most)
        self._store = store
        self._location = location
        self._clock = clock
        self._bookings = WaitingBookings(rules, zone, most)
        self._lock = asyncio.Lock()
        self._position = end
        """Records behind it are new."""
        self._first = self._last = self._read = end
        """Old records up to ``_first`` are unread, those from ``_read`` to ``_last`` are read next."""
        self._lowest = max(end - MOST_RECORDS, 0)
        self._is_recent = True

    async def step(self) -> bool:
        """Read a few records or load a few bookings. False if there was nothing to read."""
        async with self._lock:
            if self._bookings.next_changed is not None:
                await self._load_changed()
                return True
            if rows := await self._store.feed(self._location, self._position, _AT_ONCE):
                for row in rows:
                    self._bookings.mark(row)
                await self._mark_unnamed(rows)
                self._position = rows[-1].seq
                return True
            if self._first > self._lowest or self._read < self._last:
                await self._read_old()
                return True
            self._bookings.end_old()
            return False

    async def answer(self) -> Overdue:
        """Return what is overdue of the records that were read. Lets others go on in between."""
        now, bookings = self._clock(), self._bookings
        is_reading = bookings.next_changed is not None or self._first > self._lowest or self._read < self._last
        first: list[Waiting] = []
        waiting = bookings.waiting
        due_at: datetime | None = None
        for start in range(0, len(waiting), _LOOKED_AT_ONCE):
            some = waiting[start : start + _LOOKED_AT_ONCE]
            first = first_overdue([*first, *some], now, LISTED + 1)
            due_at = min(filter(None, [due_at, *(one.next_due(now) for one in some)]), default=None)
            await asyncio.sleep(0)
        items = overdue_items(first, now, bookings.zone)
        notes = []
        if is_reading:
            notes.append("The service is still reading records, so more may be overdue.")
        elif self._lowest:
            notes.append(f"Only the newest {MOST_RECORDS:,} records were looked through.")
        if len(items) > LISTED:
            notes.append(f"More than {LISTED} messages are overdue; these are the first.")
        if bookings.is_full:
            notes.append("More bookings wait for messages than the service looks after.")
        messages = tuple(_message(item, item.line.due_at) for item in items[:LISTED] if item.line.due_at is not None)
        changes_in = None if due_at is None else (due_at - now).total_seconds()
        if is_reading:
            changes_in = _READ_MORE if changes_in is None else min(changes_in, _READ_MORE)
        return Overdue(messages, is_complete=not notes, note=" ".join(notes) or None, changes_in=changes_in)

    async def _load_changed(self) -> None:
        for _ in range(_BOOKINGS_AT_ONCE):
            name = self._bookings.next_changed
            if name is not None:
                await self._load(name)
                self._bookings.count_as_read(name)

    async def _load(self, name: Name) -> None:
        # A code is searched for, which takes ten times as long as a reference.
        found = await self._store.booking(self._location, _query(name._replace(code=None) if name.reference else name))
        if name.reference is not None and self._bookings.names_by_code(found):
            found = await self._store.booking(self._location, _query(Name(found.reference, found.code)))
        self._bookings.read(found, self._clock())

    async def _read_old(self) -> None:
        """Read a few of the old records, newest slice first."""
        if self._read >= self._last:
            self._last = self._first
            self._first = self._read = max(self._first - _AT_ONCE, self._lowest)
        rows = await self._store.feed(self._location, self._read, self._last - self._read)
        now = self._clock()
        for row in rows:
            self._bookings.mark_old(row, now - LISTED_FOR, is_recent=self._is_recent)
        if self._is_recent:
            await self._mark_unnamed(rows)
        self._read = rows[-1].seq if rows else self._last
        oldest = min((row.entry.recorded_at for row in rows if row.kind == "entry" and row.entry), default=now)
        self._is_recent = self._is_recent and oldest >= now - _RECENT
        if oldest < now - _OLDEST:
            self._first = self._last = self._read = self._lowest = 0

    async def _mark_unnamed(self, rows: Sequence[FeedRow]) -> None:
        """Mark the bookings of records whose rows do not name them."""
        for row in rows:
            if names_nothing(row):
                for record in await self._store.records(self._location, row.seq - 1, 1):
                    self._bookings.mark_record(record)


def _query(name: Name) -> BookingQuery:
    """Return the query of a booking that records name, which was checked when they were added."""
    return BookingQuery.model_construct(reference=name.reference, code=name.code)


def _message(item: Item, due_at: datetime) -> OverdueMessageRow:
    line = item.line
    return OverdueMessageRow(
        expected=line.kind or "",
        due_at=due_at,
        reference=item.reference,
        code=item.code,
        starts_at=item.starts_at,
        via=line.via,
        entry=line.entry,
        reason=item.reason,
        advice=item.advice,
    )
