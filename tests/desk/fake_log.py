"""A log in memory that answers as the client does, and can be told to fail."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from commlog_tui.client.errors import ClientError, NotFoundError, NotSupportedError, RefusedError, UnreachableError
from commlog_tui.contract.booking import BookingChecklist, BookingQuery
from commlog_tui.contract.customer import Customer, CustomerMatches
from commlog_tui.contract.entry import Entry, EntryDetail, NewCorrection, NewEntry, NewRedaction, Receipt
from commlog_tui.contract.hooks import Hook
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.ledger import SignedCheckpoint
from commlog_tui.contract.location import PERMISSIONS, Capability, Channel, Location, LocationDetail, Me, Role
from commlog_tui.contract.page import FeedItem, Page, Total
from commlog_tui.contract.problem import Problem
from commlog_tui.contract.query import EntryQuery
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.statistics import Statistics, StatisticsQuery
from commlog_tui.contract.worklist import Worklist
from tests.desk.fake_again import FakeAgain
from tests.desk.fake_people import FakePeople
from tests.desk.fake_todo import FakeTodo
from tests.desk.samples import LONDON, NOW, a_detail, an_entry

HARBOUR = Location(id="demo", name="Harbour Boats", zone="Europe/London")
RIVER = Location(id="river", name="River Boats", zone="Europe/Berlin")


class FakeLog:
    """Entries, newest first.

    ``failing`` is raised by every call, ``gates`` hold page answers back until they are set.
    """

    def __init__(
        self, entries: Sequence[Entry], *, role: Role = Role.MANAGER, locations: Sequence[Location] = (HARBOUR,)
    ) -> None:
        self.entries = list(entries)
        self.role = role
        self.places = tuple(locations)
        self.failing: ClientError | None = None
        self.capabilities = tuple(Capability)
        self.gates: dict[str | None, asyncio.Event] = {}
        self.asked: list[tuple[EntryQuery, str | None]] = []
        self.limits: list[int] = []
        self.added: list[tuple[str, NewEntry]] = []
        self.corrected: list[tuple[str, NewCorrection]] = []
        self.redacted: list[tuple[str, str]] = []
        self.details: dict[str, EntryDetail] = {}
        """What is answered of an entry beyond the entry itself."""
        self.detailed: list[str] = []
        """Ids of entries whose details were asked for."""
        self.checklist: BookingChecklist | None = None
        self.bookings: list[BookingQuery] = []
        self.work: Worklist | None = None
        self.refusing = False
        """Whether resolutions are refused."""
        self.resolved: list[NewResolution] = []
        self.todo = FakeTodo(self._fail, self._receipt)
        self.people = FakePeople(self._fail, self._receipt)
        self.again = FakeAgain(self._fail, self._receipt)
        self.figures: Statistics | None = None
        self.counted: list[StatisticsQuery] = []
        self.told: asyncio.Queue[bytes] = asyncio.Queue()
        self.silent: tuple[Hook, ...] = ()
        self.seq = len(self.entries)

    async def me(self) -> Me:
        self._fail()
        permissions = PERMISSIONS[self.role]
        return Me(
            name="Front desk",
            role=self.role,
            permissions=permissions,
            locations=self.places,
            version="0.1.0",
            capabilities=self.capabilities,
        )

    async def location(self, location: str) -> LocationDetail:
        self._fail()
        place = next(one for one in self.places if one.id == location)
        counts: dict[str, int] = {}
        for entry in self.entries:
            counts[entry.via] = counts.get(entry.via, 0) + 1
        channels = tuple(Channel(via=via, count=count) for via, count in counts.items())
        return LocationDetail(location=place, channels=channels, seq=self.seq)

    async def page(
        self,
        location: str,
        query: EntryQuery,
        *,
        limit: int = 50,
        cursor: str | None = None,
        at: datetime | None = None,
    ) -> Page:
        self.asked.append((query, cursor))
        self.limits.append(limit)
        if (gate := self.gates.get(query.q)) is not None:
            await gate.wait()
        self._fail()
        rows = [entry for entry in self.entries if _answers(entry, query)]
        later = sum(at is not None and entry.sent_at >= at for entry in rows)
        start, last = int(cursor or later), max(len(rows) - 1, 0) // limit * limit
        return Page(
            entries=tuple(rows[start : start + limit]),
            first=start + 1 if rows else 0,
            total=Total(count=len(rows), exact=True),
            newer=str(max(start - limit, 0)) if start else None,
            older=str(start + limit) if start < last else None,
            oldest=str(last) if start < last else None,
        )

    async def detail(self, location: str, entry_id: str) -> EntryDetail:
        self.detailed.append(entry_id)
        self._fail()
        for entry in self.entries:
            if entry.id == entry_id:
                return self.details.get(entry_id, a_detail(entry)).model_copy(update={"entry": entry})
        raise NotFoundError

    async def booking(self, location: str, query: BookingQuery) -> BookingChecklist:
        self._fail()
        self.bookings.append(query)
        if self.checklist is None:
            raise NotSupportedError("0.1.0", "List the booking's entries")
        return self.checklist

    async def worklist(self, location: str, *, limit: int = 50, cursor: str | None = None) -> Worklist:
        self._fail()
        if self.work is None:
            raise NotSupportedError("0.1.0", "Ask for entries by status")
        return self.work

    async def statistics(self, location: str, query: StatisticsQuery) -> Statistics:
        self._fail()
        self.counted.append(query)
        if self.figures is None:
            raise NotSupportedError("0.1.0", "Count the entries of a list")
        return self.figures.model_copy(update={"by": query.by})

    async def resolve(self, location: str, key: str, resolution: NewResolution) -> Receipt:
        self._fail()
        if self.refusing:
            raise RefusedError(Problem(type="urn:x", title="Refused", status=422, detail="Not this one."))
        self.resolved.append(resolution)
        return self._receipt(id_of_key(key))

    async def customers(self, location: str, q: str, limit: int = 20) -> CustomerMatches:
        self._fail()
        found = tuple(one for one in self._people() if any(q.lower() in part.lower() for part in _parts(one)))
        return CustomerMatches(customers=found[:limit], more=len(found) > limit)

    async def customer(self, location: str, customer_id: str) -> Customer:
        self._fail()
        for one in self._people():
            if one.id == customer_id:
                return one
        raise NotFoundError

    async def add(self, location: str, key: str, entry: NewEntry) -> Receipt:
        self._fail()
        self.added.append((key, entry))
        given = entry.model_dump(exclude={"events"})
        rest = {"id": id_of_key(key), "location": location, "seq": self.seq + 1, "actor": "Front desk"}
        shown = Entry.model_validate(given | rest | {"recorded_at": NOW, "status": "logged", "corrected": False})
        self.entries.insert(0, shown)
        return self._receipt(shown.id)

    async def correct(self, location: str, entry_id: str, key: str, correction: NewCorrection) -> Receipt:
        self._fail()
        self.corrected.append((entry_id, correction))
        changes = correction.changes.model_dump(exclude_unset=True) | {"corrected": True}
        self.entries = [entry.model_copy(update=changes) if entry.id == entry_id else entry for entry in self.entries]
        return self._receipt(id_of_key(key))

    async def redact(self, location: str, entry_id: str, key: str, redaction: NewRedaction) -> None:
        self._fail()
        self.redacted.append((entry_id, redaction.reason))

    async def hooks(self, location: str) -> tuple[Hook, ...]:
        self._fail()
        return self.silent

    async def checkpoint(self, location: str) -> SignedCheckpoint:
        """Refuse: this log keeps no tree, as one of an earlier version."""
        raise NotFoundError

    @asynccontextmanager
    async def feed(self, location: str, after: int) -> AsyncIterator[AsyncIterator[bytes]]:
        self._fail()
        yield self._chunks()

    async def aclose(self) -> None:
        pass

    def tell(self, entry: Entry | None, kind: str = "entry") -> None:
        """Tell connected desks of a new record."""
        self.seq += 1
        item = FeedItem(seq=self.seq, kind=kind, entry=entry)
        self.told.put_nowait(f"id: {item.seq}\nevent: {item.kind}\ndata: {item.model_dump_json()}\n\n".encode())

    def cut(self, error: ClientError | None = None) -> None:
        """Let go of the feed, and answer nothing until ``failing`` is taken back."""
        self.failing = error or UnreachableError()
        self.told.put_nowait(b"")

    async def _chunks(self) -> AsyncIterator[bytes]:
        while chunk := await self.told.get():
            yield chunk

    def _people(self) -> list[Customer]:
        known = {one.customer.id: one for one in reversed(self.entries) if one.customer is not None}
        people = [
            Customer(
                id=customer.id,
                name=customer.name,
                addresses=customer.addresses,
                numbers=customer.numbers,
                last_seen=one.sent_at,
            )
            for one in known.values()
            if (customer := one.customer) is not None
        ]
        return [self.people.seen(one) for one in (*people, *self.people.known)]

    def _receipt(self, record_id: str) -> Receipt:
        self.seq += 1
        return Receipt(id=record_id, location="demo", seq=self.seq, leaf_hash="cd" * 32, recorded_at=NOW)

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing


def _parts(customer: Customer) -> tuple[str, ...]:
    digits = ("".join(filter(str.isdigit, one)) for one in customer.numbers)
    return (customer.name or "", *customer.addresses, *customer.numbers, *digits)


def _answers(entry: Entry, query: EntryQuery) -> bool:
    return (
        (not query.via or entry.via in query.via)
        and (query.since is None or entry.sent_at >= query.since)
        and (query.until is None or entry.sent_at < query.until)
        and (query.customer_id is None or (entry.customer is not None and entry.customer.id == query.customer_id))
        and (query.reference is None or entry.reference == query.reference)
        and (not query.status or entry.status in query.status)
        and (query.source is None or entry.source == query.source)
        and all(wanted in (None, value) for wanted, value in _plain(entry, query))
        and not any(value in unwanted for unwanted, value in _excluded(entry, query))
        and (query.q is None or query.q.lower() in f"{entry.title} {entry.code}".lower())
    )


def _plain(entry: Entry, query: EntryQuery) -> tuple[tuple[str | None, str | None], ...]:
    return (query.to, entry.to), (query.title, entry.title), (query.code, entry.code), (query.kind, entry.kind)


def _excluded(entry: Entry, query: EntryQuery) -> tuple[tuple[Sequence[object], object], ...]:
    return (
        (query.not_via, entry.via), (query.not_status, entry.status), (query.not_source, entry.source),
        (query.not_kind, entry.kind), (query.not_to, entry.to), (query.not_title, entry.title),
        (query.not_customer_id, entry.customer and entry.customer.id), (query.not_reference, entry.reference),
        (query.not_code, entry.code), (query.not_day, entry.sent_at.astimezone(LONDON).date()),
    )  # fmt: skip


def a_log(count: int = 120) -> FakeLog:
    """Return a log of texts and e-mail in turn, of which every seventh bounced."""
    ways = ("sms", "email")
    return FakeLog(
        [
            an_entry(number, via=ways[number % 2], status="bounced" if number % 7 == 0 else "delivered")
            for number in range(1, count + 1)
        ]
    )
