"""Typed calls of the log's HTTP API."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from commlog_tui.client import errors
from commlog_tui.client.http import httpx
from commlog_tui.client.people_calls import PeopleCalls
from commlog_tui.client.resend_calls import ResendCalls
from commlog_tui.client.transport import Transport
from commlog_tui.client.wire import at as _at
from commlog_tui.client.wire import its_own as _its_own
from commlog_tui.client.wire import params as _params
from commlog_tui.client.wire import read as _read
from commlog_tui.client.wire import to_json as _json
from commlog_tui.client.work_calls import WorkCalls
from commlog_tui.contract.base import format_instant
from commlog_tui.contract.booking import BookingChecklist, BookingQuery
from commlog_tui.contract.customer import Customer, CustomerMatches
from commlog_tui.contract.delivery import NewEvent, NewMessageEvent, UnmatchedEvents
from commlog_tui.contract.entry import (
    EntryDetail,
    NewCorrection,
    NewEntry,
    NewRedaction,
    Receipt,
    Redacted,
    RedactionReceipt,
)
from commlog_tui.contract.hooks import Hook, Hooks
from commlog_tui.contract.ledger import (
    MOST_RECORDS,
    ConsistencyProof,
    InclusionProof,
    Record,
    Records,
    SignedCheckpoint,
)
from commlog_tui.contract.location import Capability, Location, LocationDetail, Locations, Me
from commlog_tui.contract.page import BatchAnswer, BatchAnswers, BatchItem, EventAnswer, EventAnswers, MatchingIds, Page
from commlog_tui.contract.query import EXCLUSIONS, PAGE_SIZE, EntryQuery, ListQuery, ResolutionQuery, RunQuery
from commlog_tui.contract.resolution import NewResolution, Resolutions
from commlog_tui.contract.run import NewRun, Runs
from commlog_tui.contract.statistics import Statistics, StatisticsQuery
from commlog_tui.contract.worklist import Worklist

TIMEOUT: Final = 10.0
"""How long a call may take, in seconds."""


class LogClient:
    """A connection to a log service with a token. Every method raises ``ClientError``.

    Reads are retried for a moment. Writes are not retried here, and not cut off when the caller is
    cancelled; the outbox retries them.
    """

    def __init__(
        self, base_url: str, token: str, *, timeout: float = TIMEOUT, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Create the client without connecting. ``timeout`` is in seconds, for a whole call."""
        self._transport = Transport(base_url, token, timeout=timeout, transport=transport)
        self._me: Me | None = None
        self.todo = WorkCalls(self._transport, self._require)
        self.people = PeopleCalls(self._transport, self._require)
        self.again = ResendCalls(self._transport, self._require)

    async def me(self) -> Me:
        """Return the token's holder, role, permissions and locations, and the service's capabilities."""
        self._me = _read(await self._transport.get("/v1/me"), Me)
        return self._me

    async def locations(self) -> tuple[Location, ...]:
        """Return the locations that the token may see."""
        return _read(await self._transport.get("/v1/locations"), Locations).locations

    async def location(self, location: str) -> LocationDetail:
        """Return a location with its channels and position."""
        return _read(await self._transport.get(_at(location)), LocationDetail)

    async def page(
        self,
        location: str,
        query: EntryQuery,
        *,
        limit: int = PAGE_SIZE,
        cursor: str | None = None,
        at: datetime | None = None,
    ) -> Page:
        """Return a page of entries: at a cursor, from an instant backwards, or the newest."""
        if len(query.status) > 1:
            await self._require(Capability.STATUSES, "Ask for one status at a time")
        if query.kind is not None:
            await self._require(Capability.KINDS, "Leave out the kind")
        if query.title is not None or query.code is not None or any(getattr(query, name) for name in EXCLUSIONS):
            await self._require(Capability.EXCLUSIONS, "Leave out the title, the code, and what is excluded")
        params = query.model_dump(mode="json", exclude_defaults=True) | {"limit": limit}
        if cursor is not None:
            params["cursor"] = cursor
        elif at is not None:
            params["at"] = format_instant(at)
        return _read(await self._transport.get(_at(location, "entries"), params), Page)

    async def detail(self, location: str, entry_id: str) -> EntryDetail:
        """Return an entry with its whole history."""
        return _read(await self._transport.get(_at(location, "entries", entry_id)), EntryDetail)

    async def statistics(self, location: str, query: StatisticsQuery) -> Statistics:
        """Return how many entries of which channel and kind came how far in a period."""
        await self._require(Capability.STATISTICS, "Count the entries of a list")
        params = query.model_dump(mode="json", by_alias=True)
        return _read(await self._transport.get(_at(location, "statistics"), params), Statistics)

    async def worklist(self, location: str, *, limit: int = PAGE_SIZE, cursor: str | None = None) -> Worklist:
        """Return a page of messages that did not arrive: at a cursor, or the first one."""
        await self._require(Capability.WORKLIST, "Ask for entries by status")
        params = {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
        return _read(await self._transport.get(_at(location, "worklist"), params), Worklist)

    async def matching_ids(self, location: str, prefix: str) -> MatchingIds:
        """Return the ids of entries with a given prefix."""
        await self._require(Capability.ENTRY_IDS, "Give the whole id of the entry")
        return _read(await self._transport.get(_at(location, "entries", "ids"), {"prefix": prefix}), MatchingIds)

    async def booking(self, location: str, query: BookingQuery) -> BookingChecklist:
        """Return the checklist of a booking; without lines if nothing is on record about it."""
        await self._require(Capability.BOOKING, "List the booking's entries")
        params = query.model_dump(mode="json", exclude_none=True)
        return _read(await self._transport.get(_at(location, "booking"), params), BookingChecklist)

    async def customers(self, location: str, q: str, limit: int = 20) -> CustomerMatches:
        """Return the customers that match part of a name, address or number."""
        params = {
            "q": q.encode(errors="replace").decode(),
            "limit": limit,
        }  # half a surrogate pair has no place in a URL
        return _read(await self._transport.get(_at(location, "customers"), params), CustomerMatches)

    async def customer(self, location: str, customer_id: str) -> Customer:
        """Return one customer."""
        return _read(await self._transport.get(_at(location, "customers", customer_id)), Customer)

    async def add(self, location: str, key: str, entry: NewEntry) -> Receipt:
        """Record an entry under a key. Repeating it is safe and returns the same receipt."""
        return await self._record(location, ("entries",), entry, key)

    async def add_event(self, location: str, entry_id: str, event: NewEvent, key: str | None = None) -> Receipt:
        """Record a delivery event of an entry."""
        return await self._record(location, ("entries", entry_id, "events"), event, key)

    async def add_message_event(self, location: str, event: NewMessageEvent) -> Receipt:
        """Record a delivery event about a message whose entry may not be recorded yet."""
        await self._require(Capability.MESSAGE_EVENTS, "Record the event about its entry")
        return await self._record(location, ("events",), event, None)

    async def add_message_events(self, location: str, events: Sequence[NewMessageEvent]) -> tuple[EventAnswer, ...]:
        """Record up to 500 events about messages, and return a result for each."""
        await self._require(Capability.MESSAGE_EVENTS, "Record the events about their entries")
        body = b'{"items":[' + b",".join(_json(event) for event in events) + b"]}"
        answers = _read(await self._transport.post(_at(location, "events", "batch"), body), EventAnswers).items
        if len(answers) != len(events):
            raise errors.UnexpectedAnswerError
        return answers

    async def unmatched_events(self, location: str, query: ListQuery | None = None) -> UnmatchedEvents:
        """Return a page of events about messages that no entry names."""
        await self._require(Capability.MESSAGE_EVENTS, "There are no events without an entry")
        params = _params(query or ListQuery()) | {"unmatched": "true"}
        return _read(await self._transport.get(_at(location, "events"), params), UnmatchedEvents)

    async def add_run(self, location: str, run: NewRun) -> Receipt:
        """Record a report about a workflow run. Repeating it is safe."""
        await self._require(Capability.RUNS, "Runs cannot be recorded there")
        return await self._record(location, ("runs",), run, None)

    async def runs(self, location: str, query: RunQuery | None = None) -> Runs:
        """Return a page of workflow runs, newest record first."""
        await self._require(Capability.RUNS, "No runs are recorded there")
        return _read(await self._transport.get(_at(location, "runs"), _params(query or RunQuery())), Runs)

    async def hooks(self, location: str) -> tuple[Hook, ...]:
        """Return the webhooks of delivery providers, by provider."""
        await self._require(Capability.HOOKS, "Look for missing reports in the log")
        return _read(await self._transport.get(_at(location, "hooks")), Hooks).hooks

    async def resolve(self, location: str, key: str, resolution: NewResolution) -> Receipt:
        """Record that somebody dealt with an entry or an expected message."""
        await self._require(Capability.RESOLUTIONS, "Write an entry about it")
        return await self._record(location, ("resolutions",), resolution, key)

    async def resolutions(self, location: str, query: ResolutionQuery | None = None) -> Resolutions:
        """Return a page of resolutions, newest first."""
        await self._require(Capability.RESOLUTIONS, "No resolutions are recorded there")
        params = _params(query or ResolutionQuery())
        return _read(await self._transport.get(_at(location, "resolutions"), params), Resolutions)

    async def correct(self, location: str, entry_id: str, key: str, correction: NewCorrection) -> Receipt:
        """Record a correction of a manual entry."""
        return await self._record(location, ("entries", entry_id, "corrections"), correction, key)

    async def redact(self, location: str, entry_id: str, key: str, redaction: NewRedaction) -> RedactionReceipt:
        """Remove the personal data of an entry for good."""
        raw = await self._posted(location, ("entries", entry_id, "redaction"), redaction, key)
        return _its_own(_read(raw, RedactionReceipt), location, key)

    async def redact_customer(self, location: str, customer_id: str, key: str, redaction: NewRedaction) -> Redacted:
        """Remove the personal data of all of a customer's entries; return how many."""
        path = _at(location, "customers", customer_id, "redaction")
        return _read(await self._transport.post(path, _json(redaction), key), Redacted)

    async def add_batch(self, location: str, items: Sequence[BatchItem]) -> tuple[BatchAnswer, ...]:
        """Record up to 500 entries, each with its own key, and return a result for each."""
        body = b'{"items":[' + b",".join(_json(item) for item in items) + b"]}"
        answers = _read(await self._transport.post(_at(location, "entries", "batch"), body), BatchAnswers).items
        if [answer.key for answer in answers] != [item.key for item in items]:
            raise errors.UnexpectedAnswerError
        return answers

    async def checkpoint(self, location: str) -> SignedCheckpoint:
        """Return the signed checkpoint. The caller has to verify the signature."""
        return _read(await self._transport.get(_at(location, "ledger", "checkpoint")), SignedCheckpoint)

    async def proof(self, location: str, seq: int, size: int | None = None) -> InclusionProof:
        """Return a record with its inclusion proof in the tree of a size (default: all)."""
        params = {} if size is None else {"size": size}
        return _read(await self._transport.get(_at(location, "ledger", "proof", str(seq)), params), InclusionProof)

    async def consistency(self, location: str, old: int, new: int) -> ConsistencyProof:
        """Return the proof that the tree of one size extends that of another."""
        params = {"from": old, "to": new}
        return _read(await self._transport.get(_at(location, "ledger", "consistency"), params), ConsistencyProof)

    async def records(self, location: str, after: int) -> tuple[Record, ...]:
        """Return the records after a position; empty at the end of the log."""
        params = {"after": after, "limit": MOST_RECORDS}
        return _read(await self._transport.get(_at(location, "ledger", "records"), params), Records).records

    def feed(self, location: str, after: int) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open the live feed after a position as a stream of bytes. See ``client.feed``."""
        return self._transport.stream(_at(location, "feed"), {"Last-Event-ID": str(after)})

    async def aclose(self) -> None:
        """Wait up to two seconds for writes to finish, then close the connections."""
        await self._transport.aclose()

    async def can(self, capability: Capability) -> bool:
        """Return whether the service has a capability; a missing one is asked for again."""
        if self._me is not None and capability in self._me.capabilities:
            return True
        return capability in (await self.me()).capabilities

    async def _require(self, capability: Capability, instead: str) -> None:
        """Raise ``NotSupportedError`` unless the service has a capability.

        A missing one is asked for again, as the service may have been updated.
        """
        if self._me is None or capability not in self._me.capabilities:
            me = await self.me()
            if capability not in me.capabilities:
                raise errors.NotSupportedError(me.version, instead)

    async def _record(self, location: str, parts: tuple[str, ...], model: BaseModel, key: str | None) -> Receipt:
        return _its_own(_read(await self._posted(location, parts, model, key), Receipt), location, key)

    async def _posted(self, location: str, parts: tuple[str, ...], model: BaseModel, key: str | None) -> bytes:
        return await self._transport.post(_at(location, *parts), _json(model), key)
