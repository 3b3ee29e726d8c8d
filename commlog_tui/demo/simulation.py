"""Simulate the bookings of a boat rental and the messages and calls that they cause."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import cos, pi
from operator import attrgetter
from random import Random
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from commlog_tui.contract.customer import NewCustomer
from commlog_tui.contract.delivery import DeliveryKind as Kind
from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import Direction, EntryChanges, NewCorrection, NewEntry, Source
from commlog_tui.demo.customers import Person
from commlog_tui.records.correction import AppendCorrection
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.kind import Item

ZONE: Final = ZoneInfo("Europe/London")
NAME: Final = "Harbour Boats"
_BOATS: Final = ("rowing boat", "motor dinghy", "day cruiser", "kayak pair", "paddleboard set", "sailing dinghy 'Wren'")
_CODE: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_BOUNCES: Final = ("550 5.1.1 no such user here", "552 5.2.2 mailbox full", "550 5.7.1 blocked by policy")
_CALLS: Final = (
    ("Asked about parking", "Explained the car park behind the slipway; gate code given."),
    ("Wants to move to the afternoon", "Moved to 14:00, same boat. Will send a new confirmation."),
    ("Running late", "Twenty minutes late because of the bridge. Boat kept."),
    ("Asked whether dogs may come", "Dogs welcome, one per boat, lifejacket provided."),
    ("Never got the confirmation", "Checked the address with them; sent again while they waited."),
    ("Refund asked for", "Gale warning on the day. Full refund promised within five days."),
)
_LONG: Final = (
    "Your day on the water: everything to bring, where to park, what happens if it rains, and how to reach us on the "
    "morning"
)


@dataclass(frozen=True, slots=True)
class PlannedRecord:
    """A record to append, and when."""

    at: datetime
    item: Item


def busyness(day: date) -> float:
    """Return how busy a day is: about 0.12 in January, 1 in mid-July, more at weekends."""
    season = 0.56 - 0.44 * cos(2 * pi * (day.timetuple().tm_yday - 16) / 365.25)
    return season * (1.35 if day.weekday() >= 4 else 0.85)


class BookingSimulator:
    """Simulates bookings and collects the records that they cause."""

    def __init__(self, rng: Random, people: list[Person], end: datetime) -> None:
        self._rng = rng
        self._people = people
        self._end = end
        self._customers = {
            person.id: NewCustomer.model_construct(
                id=person.id, name=person.name, addresses=tuple(person.addresses[:1]), numbers=tuple(person.numbers[:1])
            )
            for person in people
        }
        self.planned: list[PlannedRecord] = []

    def simulate_day(self, day: date, bookings: int) -> None:
        """Simulate a number of bookings on a day."""
        for _ in range(bookings):
            self._booking(day)
        for _ in range(self._rng.randrange(3)):
            self._conversation(self._moment(day, 9, 18), self._rng.choice(self._people), None, None)

    def _booking(self, day: date) -> None:
        rng = self._rng
        person = self._booker()
        made = self._moment(day, 7, 22)
        trip = datetime.combine(
            day + timedelta(days=rng.randrange(1, 21)), time(rng.randrange(9, 17)), ZONE
        ).astimezone(UTC)
        reference = str(UUID(int=rng.getrandbits(128), version=4))
        code = f"HB-{''.join(rng.choices(_CODE, k=5))}"
        boat = rng.choice(_BOATS)
        when = trip.astimezone(ZONE).strftime("%A %d %B at %H:%M")
        text = f"Dear {person.name},\n\nyour {boat} is booked for {when}.\nYour booking code is {code}.\n\n{NAME}"
        self._mail(made, person, "Booking Confirmation", reference, code, text)
        if rng.random() < 0.6:
            self._text(
                made + timedelta(seconds=4),
                person,
                "Booking Confirmation SMS",
                reference,
                code,
                f"{code}: {boat}, {when}.",
            )
        if rng.random() < 0.07:
            off = made + (trip - made) * 0.5
            self._mail(off, person, "Booking Cancelled", reference, code, f"{code} is cancelled, as you asked.")
            self._mail(
                off + timedelta(minutes=2), person, "Refund Notice", reference, code, "Your refund is on its way."
            )
            return
        self._text(
            trip - timedelta(hours=24),
            person,
            "Template: Booking Reminder SMS",
            reference,
            code,
            f"Tomorrow: {boat}, {when}.",
        )
        if rng.random() < 0.3:
            title = _LONG if rng.random() < 0.3 else "What to Bring"
            self._mail(
                trip - timedelta(hours=40), person, title, reference, code, "Warm clothes, flat shoes, sun cream."
            )
        if rng.random() < 0.25:  # somebody rings or comes by
            before = trip.astimezone(ZONE).date() - timedelta(days=rng.randrange(3))
            self._conversation(max(self._moment(before, 9, 18), made + timedelta(minutes=5)), person, reference, code)
        if rng.random() < 0.5:
            self._mail(
                trip + timedelta(hours=20),
                person,
                "How was your trip? ⛵",
                reference,
                code,
                "Two questions, one minute.",
            )

    def _booker(self) -> Person:
        chance = self._rng.random()
        if chance < 0.003:
            return self._people[0]  # the most faithful of all
        if chance < 0.4:  # regulars come back
            return self._people[min(int(self._rng.expovariate(1 / 900)), len(self._people) - 1)]
        return self._rng.choice(self._people)

    def _moment(self, day: date, first: int, last: int) -> datetime:
        seconds = self._rng.randrange(first * 3600, last * 3600)
        local = datetime.combine(day, time(seconds // 3600, seconds // 60 % 60, seconds % 60), ZONE)
        return local.astimezone(UTC)

    def _mail(self, at: datetime, person: Person, title: str, reference: str, code: str, body: str) -> None:
        source = Source.TEMPLATE if "Template" in title or title == "What to Bring" else Source.WORKFLOW
        entry = self._entry(
            at, "email", self._rng.choice(person.addresses), title, source, person, reference, code, body
        )
        if entry:
            self._deliver(at, entry, 0.024, _BOUNCES, 0.4)

    def _text(self, at: datetime, person: Person, title: str, reference: str, code: str, body: str) -> None:
        via = "whatsapp" if self._rng.random() < 0.08 else "sms"
        source = Source.SYSTEM if via == "whatsapp" else Source.TEMPLATE if "Template" in title else Source.WORKFLOW
        entry = self._entry(at, via, person.numbers[-1], title, source, person, reference, code, body)
        if entry:
            self._deliver(at, entry, 0.03, ("30003 unreachable handset", "30005 unknown destination"), 0.0)

    def _entry(
        self,
        at: datetime,
        via: str,
        to: str,
        title: str,
        source: Source,
        person: Person,
        reference: str | None,
        code: str | None,
        body: str,
        direction: Direction = Direction.OUTBOUND,
    ) -> str | None:
        if at > self._end:
            return None
        entry_id = str(UUID(int=self._rng.getrandbits(128), version=4))
        entry = NewEntry.model_construct(
            via=via, to=to, title=title, reference=reference, code=code, customer=self._customers[person.id],
            source=source,
            direction=direction, body=body, sent_at=at, events=(),
        )  # fmt: skip
        self.planned.append(
            PlannedRecord(at + timedelta(milliseconds=self._rng.randrange(40, 900)), AppendEntry(entry_id, entry))
        )
        return entry_id

    def _deliver(self, at: datetime, entry: str, fails: float, reasons: tuple[str, ...], opens: float) -> None:
        rng, chance = self._rng, self._rng.random()
        if chance < 0.002:
            self._event(
                at, entry, rng.choice((Kind.SCHEDULED, Kind.QUEUED, Kind.CANCELED, Kind.SKIPPED, Kind.REJECTED)), None
            )
            return
        self._event(at + timedelta(seconds=1), entry, Kind.SENT, None)
        later = at + timedelta(seconds=rng.randrange(2, 40))
        if chance < fails:
            kind = Kind.BOUNCED if opens else Kind.FAILED
            self._event(later, entry, kind, rng.choice(reasons))
            return
        if chance < fails + 0.01:
            self._event(later, entry, Kind.DEFERRED, "451 4.7.1 try again later")
            later += timedelta(minutes=rng.randrange(5, 90))
        self._event(later, entry, Kind.DELIVERED, None)
        if rng.random() < opens * 0.5:
            later += timedelta(minutes=rng.randrange(1, 600))
            self._event(later, entry, Kind.OPENED, None)
            if rng.random() < 0.1:
                self._event(later + timedelta(seconds=20), entry, Kind.CLICKED, None)
            elif rng.random() < 0.005:
                self._event(later + timedelta(seconds=30), entry, Kind.COMPLAINED, None)

    def _event(self, at: datetime, entry: str, kind: Kind, detail: str | None) -> None:
        if at <= self._end:
            event_id = str(UUID(int=self._rng.getrandbits(128), version=4))
            event = NewEvent.model_construct(kind=kind, at=at, detail=detail, to=None)
            recorded = at + timedelta(milliseconds=1000 + self._rng.randrange(200))
            self.planned.append(PlannedRecord(recorded, AppendEvent(event_id, entry, event)))

    def _conversation(self, at: datetime, person: Person, reference: str | None, code: str | None) -> None:
        rng = self._rng
        title, notes = rng.choice(_CALLS)
        via = "in-person" if rng.random() < 0.3 else "phone"
        direction = Direction.INBOUND if rng.random() < 0.8 else Direction.OUTBOUND
        to = person.numbers[-1] if via == "phone" else ""
        entry = self._entry(at, via, to, title, Source.MANUAL, person, reference, code, notes, direction)
        if entry and rng.random() < 0.06:
            changes = EntryChanges(title=f"{title} (twice)", body=f"{notes} They rang again ten minutes later.")
            correction = NewCorrection(changes=changes, reason="Second call was missing")
            correction_id = str(UUID(int=rng.getrandbits(128), version=4))
            self.planned.append(
                PlannedRecord(at + timedelta(minutes=12), AppendCorrection(correction_id, entry, correction))
            )


def plan(rng: Random, people: list[Person], end: datetime, months: int, bookings: int) -> list[PlannedRecord]:
    """Return the records of the months before an instant, in the order of recording."""
    until = end.astimezone(ZONE).date()
    days = [until - timedelta(days=back) for back in range(months * 365 // 12, -1, -1)]
    weights = [busyness(day) for day in days]
    scale = bookings / sum(weights)
    simulator = BookingSimulator(rng, people, end)
    for day, weight in zip(days, weights, strict=True):
        simulator.simulate_day(day, int(weight * scale + rng.random()))
    return sorted((one for one in simulator.planned if one.at <= end), key=attrgetter("at"))
