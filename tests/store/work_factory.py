"""Tasks and handovers to record."""

from random import Random
from typing import Any
from uuid import UUID, uuid4

from commlog_tui.contract.handover import NewHandover, NewTaking
from commlog_tui.contract.task import NewTask, NewTaskChange
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.handover import AppendHandover, AppendTaking
from commlog_tui.records.kind import Item
from commlog_tui.records.task import AppendTask, AppendTaskChange
from tests.store.factory import NOON, minutes


def task(number: int, due: int = 0, **fields: Any) -> AppendTask:
    """Return a task with a numbered id and words, due some minutes after noon."""
    new = NewTask.model_validate({"words": f"No. {number}", "due_at": NOON + minutes(due)} | fields)
    return AppendTask(str(UUID(int=number)), new)


def change(number: int, about: int, **fields: Any) -> AppendTaskChange:
    """Return a change of a numbered task."""
    return AppendTaskChange(str(UUID(int=number)), str(UUID(int=about)), NewTaskChange.model_validate(fields))


def handover(number: int, **fields: Any) -> AppendHandover:
    """Return a handover with a numbered id."""
    new = NewHandover.model_validate({"since": NOON, "until": NOON} | fields)
    return AppendHandover(str(UUID(int=number)), new)


def taking(number: int, about: int, **fields: Any) -> AppendTaking:
    """Return that somebody takes a numbered handover over."""
    return AppendTaking(str(UUID(int=number)), str(UUID(int=about)), NewTaking.model_validate(fields))


def work(rng: Random, entries: list[AppendEntry]) -> list[Item]:
    """Return a task about an entry with some changes, and a handover, in an order that can be recorded."""
    number = rng.randrange(1 << 100)
    subjects: list[dict[str, Any]] = [{"entry": rng.choice(entries).id}, {"code": "KB-1"}, {"customer": {"id": "c-1"}}]
    about = rng.choice([*subjects, {}])
    items: list[Item] = [task(number, rng.randrange(500), **about)]
    changes: list[dict[str, Any]] = [
        {"change": "done"},
        {"change": "given"},
        {"change": "postponed", "due_at": NOON},
        {"change": "reopened"},
    ]
    items += [change(uuid4().int, number, **one) for one in rng.choices(changes, k=rng.randrange(4))]
    return [*items, handover(number + 1), taking(number + 2, number + 1, name="Sam")]
