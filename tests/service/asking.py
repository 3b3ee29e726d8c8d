"""Requests made from the service's own description.

A route is asked because it is there, not because it was thought of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.identity import id_of_run, message_event_id
from commlog_tui.contract.location import Permission
from commlog_tui.expectations.durations import Duration
from commlog_tui.expectations.rules import Rule
from commlog_tui.service.overdue import OverdueIndex
from commlog_tui.store.protocol import Store
from tests.service.calls import CALL, CHANGE, HANDOVER, MAIL, RUN, SENT, TASK, UNKNOWN_ID, WISH

HERE: Final = "tests/service/asking.py"
OPEN: Final = frozenset({"GET /healthz", "GET /readyz", "GET /metrics", "GET /openapi.json"})
"""What is told without a token: nothing of any location."""
SIGNED: Final = frozenset(f"{method} /v1/hooks/{{provider}}/{{location}}" for method in ("GET", "POST"))
"""What providers call, with a signature instead of a token; see ``test_hook_isolation``."""
FOR_ANYBODY: Final = frozenset({"GET /v1/me"})
"""What every token may ask, whatever its role."""
NAMES_NOTHING: Final = frozenset(
    {
        "day",
        "since",
        "until",
        "at",
        "status",
        "source",
        "limit",
        "by",
        "unmatched",
        "state",
        "due_before",
        "Last-Event-ID",
    }
)
"""Parameters that cannot name what belongs to a location."""
_ALSO_GIVEN: Final = frozenset({"Idempotency-Key", "Last-Event-ID"})
"""What is given though it need not be.

An id that is known, and a beginning from which a feed has something to tell at once.
"""

_ONE_OF: Final[Mapping[str, str]] = {
    "/v1/locations/{location}/booking": "reference",
    "/v1/locations/{location}/preferences": "customer_id",
}
"""What is given to a route that needs one of several parameters, where no other is."""


class UnknownPartError(Exception):
    """A route takes something for which no value is known here; the text says what to add."""


DAY: Final = "2026-11-03"
"""Days name nothing of a location."""


@dataclass(frozen=True)
class Names:
    """What can be named in a request: of one location, or of nobody."""

    location: str
    entry: str
    call: str
    customer: str
    reference: str
    address: str
    via: str
    cursor: str
    seq: int
    key: str
    code: str = "KB-1"
    task: str = UNKNOWN_ID
    handover: str = UNKNOWN_ID
    resend: str = UNKNOWN_ID

    def values(self) -> tuple[str, ...]:
        """Return the names, and the ids of records that are known by their content, as ``_bodies`` sends them."""
        event = NewEvent.model_validate(SENT | {"to": self.address})
        derived = message_event_id("mail", self.key, event), id_of_run(self.key)
        return (
            self.entry,
            self.task,
            self.handover,
            self.resend,
            self.call,
            self.customer,
            self.reference,
            self.address,
            self.key,
            *derived,
        )

    def parameter(self, name: str) -> str | None:
        """Return what a parameter of this name is given; None if that is not known."""
        known = {
            "location": self.location,
            "entry_id": self.entry,
            "entry": self.entry,
            "task_id": self.task,
            "handover_id": self.handover,
            "customer_id": self.customer,
            "reference": self.reference,
        }
        known |= {
            "to": self.address,
            "q": self.address,
            "prefix": self.entry[:8],
            "via": self.via,
            "kind": self.via,
            "cursor": self.cursor,
            "code": self.code,
            "title": self.via,
            "unmatched": "true",
        }
        known |= {"Idempotency-Key": self.key, "Last-Event-ID": "0"}
        known |= dict.fromkeys(("seq", "size", "from", "after"), str(self.seq))
        return known.get(name.removeprefix("not_"))


@dataclass(frozen=True)
class Body:
    """A body that can be sent, what sending it takes, and whether the entry that it is about is a manual one."""

    permission: Permission
    content: Mapping[str, Any] | None = None
    about_call: bool = False
    also: Permission | None = None
    """Another permission that is enough."""


def _bodies(schema: str, names: Names) -> tuple[Body, ...]:
    """Return bodies of a kind, which name what can be named in them.

    Empty if the kind is not known.
    """
    named = {"reference": names.reference, "customer": {"id": names.customer}}
    manual, automated = CALL | named, MAIL | named | {"to": names.address}
    items = {"key": names.key, "entry": manual}, {"key": names.key, "entry": automated}
    message = {"to": names.address, "message": {"provider": "mail", "id": names.key}}
    expected = {"reference": names.reference, "expected": "survey"}
    run = RUN | {"execution": names.key, "reference": names.reference}
    known = {
        "NewEntry": (Body(Permission.ADD_MANUAL, manual), Body(Permission.ADD_AUTOMATED, automated)),
        "BatchItem": (Body(Permission.ADD_MANUAL, items[0]), Body(Permission.ADD_AUTOMATED, items[1])),
        "NewEvent": (Body(Permission.ADD_AUTOMATED, SENT),),
        "NewMessageEvent": (Body(Permission.ADD_AUTOMATED, SENT | message),),
        "NewRun": (Body(Permission.ADD_AUTOMATED, run),),
        "NewResolution": (
            Body(Permission.ADD_MANUAL, {"entry": names.entry}),
            Body(Permission.ADD_MANUAL, expected),
        ),
        "NewCorrection": (Body(Permission.CORRECT, {"changes": CHANGE["changes"] | named}, about_call=True),),
        "NewTask": (
            Body(Permission.ADD_MANUAL, TASK | named | {"to": names.address}),
            Body(Permission.ADD_MANUAL, TASK | {"entry": names.entry}),
        ),
        "NewCallOff": (Body(Permission.ADD_MANUAL, {"resend": names.resend}),),
        "NewResend": (Body(Permission.ADD_MANUAL, {"to": names.address, "why": "typo", "by_hand": True}),),
        "NewTaskChange": (Body(Permission.ADD_MANUAL, {"change": "done"}),),
        "NewHandover": (Body(Permission.ADD_MANUAL, HANDOVER),),
        "NewTaking": (Body(Permission.ADD_MANUAL, {"name": "Sam"}),),
        "NewRedaction": (Body(Permission.REDACT, WISH),),
        "NewContact": (Body(Permission.ADD_MANUAL, {"new": names.address}),),
        "NewLocalCustomer": (Body(Permission.ADD_MANUAL, {"name": names.customer, "addresses": [names.address]}),),
        "NewMerge": (Body(Permission.ADD_MANUAL, {"customer_id": names.customer, "into": "c-99"}),),
        "NewPreference": (
            Body(Permission.ADD_MANUAL, {"customer_id": names.customer}, also=Permission.ADD_AUTOMATED),
            Body(Permission.ADD_AUTOMATED, {"to": names.address}, also=Permission.ADD_MANUAL),
        ),
    }
    return known.get(schema, ())


@dataclass(frozen=True)
class Ask:
    """A request as it is sent."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Operation:
    """A route as the service describes it."""

    method: str
    path: str
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """By name."""
        return {answer["name"]: answer for answer in self.told.get("parameters", ())}

    @property
    def is_at_a_location(self) -> bool:
        """Whether it is asked of one location."""
        return "location" in self.parameters

    @property
    def has_body(self) -> bool:
        """Whether something is sent with it."""
        return "requestBody" in self.told

    def bodies(self, names: Names) -> tuple[Body, ...]:
        """Return what can be sent with it. Raises ``UnknownPartError``."""
        if not self.has_body:
            return (Body(Permission.READ),)
        schema = self.told["requestBody"]["content"]["application/json"]["schema"]
        if bodies := _bodies(schema.get("title", ""), names):
            return bodies
        for name, part in schema.get("properties", {}).items():
            found = _bodies(part.get("items", {}).get("$ref", "").rpartition("/")[2], names)
            if found:
                return tuple(Body(body.permission, {name: [body.content]}, body.about_call) for body in found)
        raise UnknownPartError(
            f"{self.name}: no body is known for it; add one, and what sending it takes, to _bodies in {HERE}."
        )

    def ask(self, names: Names, body: Body | None = None, **others: str) -> Ask:
        """Return a whole request that names this.

        ``others`` are parameters given besides, or otherwise. Raises ``UnknownPartError``.
        """
        values: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for name, answer in self.parameters.items():
            value = others.get(name)
            is_needed = answer["required"] or (name == _ONE_OF.get(self.path) and not others)
            if value is None and (is_needed or name in _ALSO_GIVEN):
                value = self._value(name, names)
            if value is not None:
                values[answer["in"]][name] = value
        if body is not None and body.about_call and "entry_id" in values["path"] and "entry_id" not in others:
            values["path"]["entry_id"] = names.call
        url = self.path.format(**values["path"])
        return Ask(self.method, url, values["query"], values["header"], None if body is None else body.content)

    def naming(self, names: Names) -> Iterator[tuple[str, str]]:
        """Give every parameter that can name what belongs to a location, with what it is given.

        Raises ``UnknownPartError``.
        """
        for name in self.parameters:
            if name != "location" and name.removeprefix("not_") not in NAMES_NOTHING and not self._is_day(name):
                yield name, self._value(name, names)

    def _is_day(self, name: str) -> bool:
        return bool(self.parameters[name]["schema"].get("format") == "date")

    def _value(self, name: str, names: Names) -> str:
        value = DAY if self._is_day(name) else names.parameter(name)
        if value is None:
            where = (
                f"add one of each location to Names.parameter in {HERE}, or say in NAMES_NOTHING that it names nothing."
            )
            raise UnknownPartError(f"{self.name}: no value is known for its parameter {name}; {where}")
        return value


def overdue_index(store: Store) -> OverdueIndex:
    """Return an index in which every booking of each location misses a message named after the location."""
    rules = {place: (Rule(f"{place}-survey", "within", Duration(10, "minute")),) for place in ("quay", "pier")}
    return OverdueIndex(store, lambda: rules, clock=lambda: datetime(2026, 11, 5, tzinfo=UTC))


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Return every route of an OpenAPI document."""
    return [
        Operation(method.upper(), path, answer)
        for path, methods in document["paths"].items()
        for method, answer in methods.items()
    ]
