"""Golden vectors: what was recorded from which input, to the byte.

A vector that changes is a fault of the change. ``python -m tests.records.golden`` prints the
vectors of the present code for new inputs; committed ones are never rewritten. ``golden.json`` is
of 0.1.0; ``delivery.json`` has the fields and kinds added for delivery, ``work.json`` tasks, handovers
and names given at the desk, ``people.json`` what is recorded about customers,
``resend.json`` messages sent again and the attempts to do so.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest import mock

from commlog_tui.contract.customer_record import NewContact, NewLocalCustomer, NewMerge, NewPreference
from commlog_tui.contract.delivery import DeliveryKind, EventChannel, NewEvent, NewMessageEvent
from commlog_tui.contract.entry import NewCorrection, NewEntry, NewRedaction
from commlog_tui.contract.handover import NewHandover, NewTaking
from commlog_tui.contract.location import NewLocation
from commlog_tui.contract.resend import NewResend, ResendState, Route
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.run import NewRun
from commlog_tui.contract.task import NewTask, NewTaskChange
from commlog_tui.records.actor import DeskActor
from commlog_tui.records.attempt import Attempt, Outcome
from commlog_tui.records.call_off import AppendCallOff
from commlog_tui.records.contact import AppendContact
from commlog_tui.records.correction import AppendCorrection
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.handover import AppendHandover, AppendTaking
from commlog_tui.records.kind import Item
from commlog_tui.records.local_customer import AppendCustomer
from commlog_tui.records.merge import AppendMerge
from commlog_tui.records.preference import AppendPreference
from commlog_tui.records.redaction import AppendRedaction
from commlog_tui.records.resend import AppendResend
from commlog_tui.records.resolution import AppendResolution
from commlog_tui.records.run import AppendRun
from commlog_tui.records.task import AppendTask, AppendTaskChange
from commlog_tui.store.sqlite.store import SqliteStore

FILES: Final = tuple(
    Path(__file__).with_name(f"{name}.json") for name in ("golden", "delivery", "work", "people", "resend", "call_off")
)
LOCATION: Final = NewLocation(id="quay", name="Quay Boats", zone="Europe/London")
ACTOR: Final = "Front desk"
_START: Final = datetime(2026, 11, 3, 12, tzinfo=UTC)


def item_of(call: dict[str, Any]) -> Item:
    """Return the item that an input stands for."""
    kind, content = call["kind"], call["content"]
    if kind == "event" and "message" in content:
        event = NewMessageEvent.model_validate(content)
        return AppendEvent(None, None, event.event, event.message, EventChannel(call["channel"]))
    if kind == "run":
        return AppendRun(NewRun.model_validate(content))
    if kind == "attempt":
        return _attempt(call)
    record_id, about = call["id"], call.get("about", "")
    items: dict[str, Callable[[], Item]] = {
        "entry": lambda: AppendEntry(record_id, NewEntry.model_validate(content)),
        "event": lambda: AppendEvent(record_id, about, NewEvent.model_validate(content)),
        "correction": lambda: AppendCorrection(record_id, about, NewCorrection.model_validate(content)),
        "redaction": lambda: AppendRedaction(record_id, about, NewRedaction.model_validate(content)),
        "resolution": lambda: AppendResolution(record_id, NewResolution.model_validate(content)),
        "resend": lambda: AppendResend(
            record_id, about, NewResend.model_validate(content), Route(call["route"]), "quay.example"
        ),
        "call-off": lambda: AppendCallOff(about, call["attempts"], content.get("why")),
        "task": lambda: AppendTask(record_id, NewTask.model_validate(content)),
        "task-change": lambda: AppendTaskChange(record_id, about, NewTaskChange.model_validate(content)),
        "handover": lambda: AppendHandover(record_id, NewHandover.model_validate(content)),
        "handover-taken": lambda: AppendTaking(record_id, about, NewTaking.model_validate(content)),
        "contact": lambda: AppendContact(record_id, about, NewContact.model_validate(content)),
        "customer": lambda: AppendCustomer(record_id, NewLocalCustomer.model_validate(content)),
        "merge": lambda: AppendMerge(record_id, NewMerge.model_validate(content)),
        "preference": lambda: AppendPreference(record_id, NewPreference.model_validate(content)),
    }
    return items[kind]()


def _attempt(call: dict[str, Any]) -> Item:
    """Return what is reported of an attempt, given ``part`` and, of what became of it, an outcome."""
    attempt, content = Attempt(call["about"], call["number"], "worker"), call["content"]
    at = datetime.fromisoformat(content["at"])
    if call["part"] == "begun":
        return attempt.begun(at)
    step, kind = ResendState(content["step"]), DeliveryKind(content["kind"])
    return attempt.ended(at, Outcome(step, kind, content["detail"], content.get("code")))


def actor_of(call: dict[str, Any]) -> str:
    """Return the actor of an input."""
    return DeskActor(ACTOR, call["person"]) if "person" in call else ACTOR


def clock() -> Iterator[datetime]:
    """Give the instants at which records are accepted, a second and some microseconds apart."""
    return (_START + timedelta(seconds=count, microseconds=count * 7) for count in range(1_000_000))


class Salts:
    """Random bytes that are the same each time, however many are asked for at once."""

    def __init__(self) -> None:
        self._given = 0
        self._bytes = b""

    def __call__(self, size: int) -> bytes:
        while len(self._bytes) < self._given + size:
            self._bytes += sha256(str(len(self._bytes)).encode()).digest()
        self._given += size
        return self._bytes[self._given - size : self._given]


async def record(calls: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """Record the inputs one by one in a new log and return what became of each."""
    instants = clock()
    store = SqliteStore.open(path, clock=lambda: next(instants))
    try:
        await store.create_location(LOCATION)
        with mock.patch("os.urandom", Salts()):
            answers = [
                answer for call in calls for answer in await store.append("quay", actor_of(call), [item_of(call)])
            ]
        rows = await store.records("quay", 0, 1000)
        made = []
        for row in rows:
            inclusion = await store.proof("quay", row.seq)
            made.append({"public": row.record, "salt": row.salt, "personal": row.personal, "leaf": inclusion.leaf_hash})
        root = (await store.head("quay")).root.hex()
    finally:
        await store.close()
    return [
        {
            "answers": [getattr(answer, "created", type(answer).__name__) for answer in answers],
            "records": made,
            "root": root,
        }
    ]


def main() -> None:
    """Print the vectors of the inputs on standard input, a JSON list of calls for each log."""
    logs = json.load(sys.stdin)
    vectors = []
    for calls in logs:
        with TemporaryDirectory() as folder:
            (made,) = asyncio.run(record(calls, Path(folder) / "log.db"))
            vectors.append({"calls": calls, **made})
    json.dump(vectors, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
