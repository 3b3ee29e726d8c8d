"""A made-up log of any size: 200 locations with volumes by Zipf's law, over thirty months.

The same seed and size give the same entries. The largest location has 17 % of them, so that of ten
million it has 1.7 million. An entry has 2.5 delivery events on average.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import BaseModel

from commlog_tui.contract.customer import NewCustomer
from commlog_tui.contract.delivery import DeliveryKind, NewEvent
from commlog_tui.contract.entry import Direction, NewEntry, Source
from commlog_tui.contract.location import NewLocation
from commlog_tui.records.entry import AppendEntry

LOCATIONS: Final = 200
LARGEST: Final = "location-001"
SEED: Final = 12
END: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)
FIRST: Final = END - timedelta(days=913)
_SPAN: Final = (END - FIRST) // timedelta(seconds=1)
_BOOKING: Final = 4
"""Messages of a booking."""
_VISITS: Final = 8
"""Entries of a customer."""
_FIRST_NAMES: Final = (  # noqa: SIM905 - words read better than a list of texts
    "Ada Amir Anna Aoife Ben Carla Chloe Dafydd David Elif Emma Eva Fatima Finn Grace Gwen Hugo Ida Ines Ivan "
    "Jan Jonas Karim Lara Lena Leo Lucía Maja Marco Mei Mila Nadia Nils Noah Nora Olga Omar Paula Pia Rosa "
    "Ruth Sam Sofia Søren Tariq Tom Vera Will Yusuf Zoë"
).split()
_LAST_NAMES: Final = (  # noqa: SIM905 - words read better than a list of texts
    "Abbas Adams Alvarez Bakker Becker Bell Berg Brown Carter Chen Clarke Costa Cruz Davies Diaz Dubois "
    "Dvořák Evans Fischer Fraser Garcia Gray Hansen Hughes Ito Jansen Jones Kaya Keller Khan Kim Kovač Larsen "
    "Lee Lopez Maier Marino Meyer Moreau Müller Nguyen Novak Okafor Olsen Patel Petrov Quinn Reid Rossi Roux "
    "Schmidt Silva Smith Suzuki Taylor Turner Vogel Walker Weber Wójcik Wright Young Zhang Ziegler"
).split()
_KINDS: Final = ("confirmation", "reminder", "survey", "refund")
_TRIPS: Final = ("Canoe", "Kayak", "Sunset Tour", "Day Boat", "Ferry", "Island Walk", "Whale Watch", "Pedal Boat")
_TITLES: Final = {kind: tuple(f"{kind.title()} {trip}" for trip in _TRIPS) for kind in _KINDS}
_TROUBLE: Final = (DeliveryKind.BOUNCED, DeliveryKind.FAILED, DeliveryKind.REJECTED, DeliveryKind.DEFERRED)
_CALLS: Final = ("Rang about parking", "Asked for a later start", "Refund promised", "Lost property", "Group of twelve")
_WORDS: Final = (  # noqa: SIM905 - words read better than a list of texts
    "gate code bridge late arrival dog wheelchair lunch invoice voucher weather jetty towel key deposit "
    "infant allergy parking confirmed tomorrow called back twice please ask manager discount"
).split()
_NO_MORE: Final = dict.fromkeys(("detail", "to", "reason", "code", "event_id", "channel"))
Made = TypeVar("Made", bound=BaseModel)


def locations() -> list[NewLocation]:
    """Return the locations, the largest first."""
    return [
        NewLocation(id=f"location-{rank:03}", name=f"Location {rank}", zone="Europe/London")
        for rank in range(1, LOCATIONS + 1)
    ]


def volumes(size: int) -> list[int]:
    """Return how many of so many entries each location has, the largest first."""
    total = sum(1 / rank for rank in range(1, LOCATIONS + 1))
    counts = [round(size / rank / total) for rank in range(1, LOCATIONS + 1)]
    counts[0] += size - sum(counts)
    return counts


class Customers:
    """The customers of one location, by number; each is made when it is needed."""

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def customer(self, number: int) -> NewCustomer:
        """Return a customer, the same for the same number."""
        first = _FIRST_NAMES[number * 7 % len(_FIRST_NAMES)]
        last = _LAST_NAMES[number // len(_FIRST_NAMES) * 11 % len(_LAST_NAMES)]
        address, phone = self.address(number), self.phone(number)
        return _made(
            NewCustomer,
            {"id": f"c-{self._rank}-{number}", "name": f"{first} {last}", "addresses": (address,), "numbers": (phone,)},
        )

    def address(self, number: int) -> str:
        """Return a customer's address."""
        return f"guest.{number}@mail{number % 7}.example"

    def phone(self, number: int) -> str:
        """Return a customer's number, in the range that Ofcom keeps for fiction where it suffices."""
        return f"07{700_900_000 + number % 1_000 if number < 1_000 else 500_000_000 + number:09d}"


def entries(rank: int, count: int, seed: int = SEED) -> Iterator[AppendEntry]:
    """Yield the entries of the location of a rank, oldest first."""
    rng = Random(f"{seed}/{rank}/{count}")
    draw, bits, customers = rng.random, rng.getrandbits, Customers(rank)
    guests, reference, code, guest = max(count // _VISITS, 1), "", "", 0
    for number in range(count):
        sent_at = FIRST + timedelta(seconds=_SPAN * number // count, microseconds=number % 1_000_000)
        part = number % _BOOKING
        if part == 0:
            guest, reference = int(draw() * guests), str(UUID(int=bits(128), version=4))
            code = f"{'ABCDEFGH'[rank % 8]}B-{number // _BOOKING:06X}"
        chance = draw()
        fields: dict[str, Any] = {
            "reference": reference,
            "code": code,
            "customer": customers.customer(guest),
            "sent_at": sent_at,
            "audience": None,
            "message": None,
            "attachments": (),
            "body": None,
            "direction": Direction.OUTBOUND,
        }
        if chance < 0.08:
            notes = " ".join(_WORDS[int(draw() ** 2 * len(_WORDS))] for _ in range(12)) if chance < 0.05 else None
            fields |= {"via": "phone", "to": customers.phone(guest), "title": _CALLS[int(draw() * 5)], "body": notes}
            fields |= {"source": Source.MANUAL, "direction": Direction.INBOUND, "events": ()}
            fields |= {"kind": None, "starts_at": None}
        else:
            is_mail = chance < 0.7
            fields |= {"via": "email" if is_mail else "sms" if chance < 0.97 else "whatsapp"}
            fields |= {"to": customers.address(guest) if is_mail else customers.phone(guest)}
            fields |= {"title": _TITLES[_KINDS[part]][int(draw() * 8)], "kind": _KINDS[part]}
            fields |= {"source": (Source.WORKFLOW, Source.TEMPLATE, Source.SYSTEM)[int(draw() ** 3 * 3)]}
            fields |= {"starts_at": sent_at + timedelta(days=1 + int(draw() * 60)), "events": _events(sent_at, draw())}
        yield AppendEntry(str(UUID(int=bits(128), version=4)), _made(NewEntry, fields))


def _events(sent_at: datetime, chance: float) -> tuple[NewEvent, ...]:
    """Return the events of a message: one in fifty did not arrive."""
    outcome = _TROUBLE[int(chance * 200)] if chance < 0.02 else DeliveryKind.DELIVERED
    events = [_event(DeliveryKind.SENT, sent_at, 1), _event(outcome, sent_at, 9)]
    if chance > 0.28:
        events.append(_event(DeliveryKind.OPENED, sent_at, 900))
    return tuple(events)


def _event(kind: DeliveryKind, sent_at: datetime, seconds: int) -> NewEvent:
    return _made(NewEvent, {**_NO_MORE, "kind": kind, "at": sent_at + timedelta(seconds=seconds)})


def _made(model: type[Made], fields: dict[str, Any]) -> Made:
    """Return a model of all its fields, which are known to be right: ``model_construct`` takes ten times as long."""
    one = model.__new__(model)
    object.__setattr__(one, "__dict__", fields)
    object.__setattr__(one, "__pydantic_fields_set__", set(fields))
    object.__setattr__(one, "__pydantic_extra__", None)
    object.__setattr__(one, "__pydantic_private__", None)
    return one
