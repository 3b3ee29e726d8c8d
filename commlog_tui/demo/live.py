"""Plan a day at the demo location: what to send to the log, in which order and when.

Pure: the same seed, start and pace give the same day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from commlog_tui.contract.customer import NewCustomer
from commlog_tui.contract.delivery import DeliveryKind as Kind
from commlog_tui.contract.delivery import EventReason, NewEvent, NewMessage, NewMessageEvent
from commlog_tui.contract.entry import Direction, NewEntry, Source
from commlog_tui.contract.run import NewRun, NewRunStep, RunState
from commlog_tui.demo import PACE
from commlog_tui.demo.customers import Person, generate_customers
from commlog_tui.demo.simulation import NAME, ZONE

_ROUNDS: Final = 7
_REGULARS: Final = 80
_GAPS: Final = (60, 180)
"""Seconds of the day between two actions: 1 to 3 seconds at the default pace."""
_BOUNCES: Final = (
    ("5.1.1", "550 5.1.1 no such user here"),
    ("5.2.2", "552 5.2.2 mailbox full"),
    ("5.7.1", "550 5.7.1 blocked by policy"),
)
_FAILURES: Final = (
    ("30003", "unreachable handset"),
    ("30005", "unknown destination"),
    ("30006", "landline or unreachable carrier"),
)
_SKIPS: Final = (
    (EventReason.OPTED_OUT, "Answered STOP to an earlier text"),
    (EventReason.TEMPLATE_INACTIVE, "The template is switched off"),
    (EventReason.CONDITION_NOT_MET, "Only for boats with an engine"),
)

Body = NewEntry | NewMessageEvent | NewRun


@dataclass(frozen=True, slots=True)
class Action:
    """Something to send to the log, and when."""

    at: datetime
    key: str
    """Idempotency key; it counts for entries only."""
    body: Body
    is_early: bool = False
    """Whether it is an event that is meant to arrive before its entry."""


@dataclass(frozen=True, slots=True)
class _Step:
    """An action of a story: seconds of the day after its beginning, and what it sends at an instant."""

    after: float
    body: Callable[[datetime], Body]
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class _Booking:
    """A booking that a story is about."""

    person: Person
    customer: NewCustomer
    reference: str
    code: str


def plan_day(seed: int, start: datetime, pace: float = PACE) -> tuple[Action, ...]:
    """Return the actions of a day in the order of time, the first one at the start.

    Another start gives other keys, messages and bookings, so days can be added to one log.
    """
    begin = start.astimezone(UTC)
    batch = f"live-{seed}-{begin.isoformat()}"
    stories = _Stories(Random(batch), generate_customers(Random(seed), _REGULARS))  # noqa: S311 - a story, not a secret
    rng = stories.rng
    steps: list[_Step] = []
    opening = 0.0
    for kind in stories.day():
        steps += [replace(step, after=opening + step.after) for step in kind()]
        opening += rng.uniform(240, 600)
    steps.sort(key=lambda step: step.after)  # stable: a story stays in its order
    actions: list[Action] = []
    passed = before = 0.0
    for number, step in enumerate(steps):
        if number:
            passed += min(max(step.after - before, _GAPS[0]), _GAPS[1])
        before = step.after
        at = begin + timedelta(seconds=passed / pace)
        actions.append(Action(at, f"{batch}-{number}", step.body(at), step.is_early))
    return tuple(actions)


def _start(at: datetime, hours: float) -> datetime:
    """Return an instant some hours later: on a quarter of an hour, unless the hours have a fraction."""
    start = at + timedelta(hours=hours)
    if hours % 1:
        return start
    return start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)


class _Stories:
    """Short sequences of actions about a booking each."""

    def __init__(self, rng: Random, people: list[Person]) -> None:
        self.rng = rng
        self._people = people

    def day(self) -> Iterator[Callable[[], list[_Step]]]:
        """Return the stories of a day: all kinds in every round, in another order each time."""
        for _ in range(_ROUNDS):
            kinds = [
                self._delivered, self._bounced, self._skipped, self._walked_in, self._retried, self._delivered,
                self._missing, self._run_failed, self._due_soon, self._early, self._run_completed,
            ]  # fmt: skip
            self.rng.shuffle(kinds)
            yield from kinds

    def _delivered(self) -> list[_Step]:
        booking, hours = self._booking(), self.rng.randrange(30, 300)
        mail, text = self._message("sendgrid"), self._message("twilio")
        return [
            self._sent(0, booking, "confirmation", "email", mail, hours),
            self._event(20, mail, Kind.QUEUED),
            self._sent(40, booking, "confirmation", "sms", text, hours),
            self._event(90, text, Kind.SENT),
            self._event(200, mail, Kind.DELIVERED),
            self._event(260, text, Kind.DELIVERED),
            *([self._event(1500, mail, Kind.OPENED)] if self.rng.random() < 0.5 else []),
        ]

    def _bounced(self) -> list[_Step]:
        booking, hours = self._booking(), self.rng.randrange(30, 200)
        mail = self._message("sendgrid")
        code, words = self.rng.choice(_BOUNCES)
        return [
            self._sent(0, booking, "confirmation", "email", mail, hours),
            self._event(30, mail, Kind.QUEUED),
            self._event(150, mail, Kind.BOUNCED, code=code, detail=words),
        ]

    def _retried(self) -> list[_Step]:
        """Return a text that fails, and arrives at the next attempt."""
        booking, text = self._booking(), self._message("twilio")
        code, words = self.rng.choice(_FAILURES)
        steps = [
            self._sent(0, booking, "reminder", "sms", text, 23),
            self._event(30, text, Kind.SENT),
            self._event(150, text, Kind.FAILED, code=code, detail=words),
        ]
        if code == "30003":  # the phone was off for a while
            return [*steps, self._event(1800, text, Kind.DELIVERED)]
        again = self._message("sendgrid")
        return [
            *steps,
            self._sent(900, booking, "reminder", "email", again, 23),
            self._event(1000, again, Kind.DELIVERED),
        ]

    def _early(self) -> list[_Step]:
        """Return a message whose first event is reported before the message itself."""
        booking, text = self._booking(), self._message("twilio")
        return [
            self._event(0, text, Kind.SENT, is_early=True),
            self._sent(30, booking, "gate-code", "sms", text, 3),
            self._event(150, text, Kind.DELIVERED),
        ]

    def _skipped(self) -> list[_Step]:
        booking = self._booking()
        reason, words = self.rng.choice(_SKIPS)
        kind = self.rng.choice(("reminder", "survey"))
        hours = 23 if kind == "reminder" else -24

        def body(at: datetime) -> NewEntry:
            event = NewEvent(kind=Kind.SKIPPED, at=at, reason=reason, detail=words)
            return self._entry(at, booking, kind, "sms", hours, events=(event,))

        return [_Step(0, body)]

    def _walked_in(self) -> list[_Step]:
        booking = self._booking()
        title, notes = self.rng.choice(
            (("Walk-in: paddleboard for an hour", "Paid by card. Lifejacket, size M."),
             ("Asked for a bigger boat", "Showed the day cruiser; will decide tonight."),
             ("Found sunglasses", "Black, in a soft case. In the drawer at the desk."))
        )  # fmt: skip
        return [_Step(0, lambda at: self._manual(at, booking, "in-person", title, notes, 0))]

    def _missing(self) -> list[_Step]:
        """Return a booking by phone for today that gets no confirmation, which is overdue at once."""
        booking = self._booking()
        notes = "Wants the motor dinghy this afternoon. Booked while they waited."
        return [_Step(0, lambda at: self._manual(at, booking, "phone", "Booked by phone for today", notes, 1))]

    def _due_soon(self) -> list[_Step]:
        """Return a booking whose reminder becomes overdue while one watches, and is sent late."""
        booking = self._booking()
        mail, late = self._message("sendgrid"), self._message("twilio")
        soon = 24 + self.rng.uniform(30, 90) / 3600
        return [
            self._sent(0, booking, "confirmation", "email", mail, soon),
            self._event(100, mail, Kind.DELIVERED),
            self._sent(9000, booking, "reminder", "sms", late, 24),
            self._event(9100, late, Kind.DELIVERED),
        ]

    def _run_failed(self) -> list[_Step]:
        error = "The template names a field that the booking does not have: gate_code"
        return self._run("Arrival instructions", RunState.FAILED, "failed", error)

    def _run_completed(self) -> list[_Step]:
        return self._run("After the trip", RunState.COMPLETED, "completed", None)

    def _run(self, workflow: str, end: RunState, state: str, error: str | None) -> list[_Step]:
        booking, execution = self._booking(), f"exec-{self.rng.getrandbits(64):016x}"

        def report(at: datetime, status: RunState, steps: tuple[NewRunStep, ...], error: str | None) -> NewRun:
            return NewRun(
                execution=execution, workflow=workflow, trigger="Booking was confirmed", status=status, at=at,
                steps=steps, error=error, reference=booking.reference, code=booking.code,
            )  # fmt: skip

        first = NewRunStep(name="Read the booking", status="completed")
        second = NewRunStep(name="Render the template", status=state, detail=error)
        return [
            _Step(0, lambda at: report(at, RunState.RUNNING, (first,), None)),
            _Step(120, lambda at: report(at, end, (first, second), error)),
        ]

    def _booking(self) -> _Booking:
        person = self.rng.choice(self._people)
        customer = NewCustomer(
            id=person.id, name=person.name, addresses=tuple(person.addresses[:1]), numbers=tuple(person.numbers[:1])
        )
        letters = "".join(self.rng.choices("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=5))
        return _Booking(person, customer, str(UUID(int=self.rng.getrandbits(128), version=4)), f"HB-{letters}")

    def _message(self, provider: str) -> NewMessage:
        number = self.rng.getrandbits(128)
        return NewMessage(provider=provider, id=f"SM{number:032x}" if provider == "twilio" else f"{number:032x}")

    def _sent(self, after: float, booking: _Booking, kind: str, via: str, message: NewMessage, hours: float) -> _Step:
        return _Step(after, lambda at: self._entry(at, booking, kind, via, hours, message=message))

    def _entry(
        self,
        at: datetime,
        booking: _Booking,
        kind: str,
        via: str,
        hours: float,
        message: NewMessage | None = None,
        events: tuple[NewEvent, ...] = (),
    ) -> NewEntry:
        starts_at = _start(at, hours)
        when = starts_at.astimezone(ZONE).strftime("%A %d %B at %H:%M")
        title = f"Booking {kind}" if kind in {"confirmation", "reminder"} else kind.replace("-", " ").capitalize()
        entry = NewEntry(
            via=via, to=booking.person.addresses[0] if via == "email" else booking.person.numbers[-1], title=title,
            reference=booking.reference, code=booking.code, customer=booking.customer, source=Source.WORKFLOW,
            body=f"{booking.code}: {when}.\n\n{NAME}", sent_at=at, kind=kind, starts_at=starts_at,
        )  # fmt: skip
        extra: dict[str, object] = {"message": message} if message else {}
        return entry.model_copy(update=extra | ({"events": events} if events else {}))

    def _manual(self, at: datetime, booking: _Booking, via: str, title: str, notes: str, hours: float) -> NewEntry:
        return NewEntry(
            via=via, to=booking.person.numbers[-1] if via == "phone" else "", title=title,
            reference=booking.reference, code=booking.code, customer=booking.customer, source=Source.MANUAL,
            direction=Direction.INBOUND, body=notes, sent_at=at,
            starts_at=_start(at, hours) if hours else None,
        )  # fmt: skip

    def _event(
        self,
        after: float,
        message: NewMessage,
        kind: Kind,
        *,
        code: str | None = None,
        detail: str | None = None,
        is_early: bool = False,
    ) -> _Step:
        event_id = None if message.provider == "twilio" else f"{self.rng.getrandbits(96):024x}"
        return _Step(
            after,
            lambda at: NewMessageEvent(kind=kind, at=at, code=code, detail=detail, event_id=event_id, message=message),
            is_early,
        )
