"""Tasks and handovers of the log in memory."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from commlog_tui.client.person import person_headers
from commlog_tui.contract.entry import Receipt
from commlog_tui.contract.handover import Handover, HandoverCounts, Handovers, NewHandover, NewTaking, Taking
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.person import PERSON_HEADER
from commlog_tui.contract.query import ListQuery
from commlog_tui.contract.task import NewTask, NewTaskChange, Task, TaskCustomer, TaskQuery, Tasks, TaskState, TaskStep
from tests.desk.samples import NOW


class FakeTodo:
    """Answers as ``client.work_calls`` does. ``fail`` raises what every call of the log raises."""

    def __init__(self, fail: Callable[[], None], receipt: Callable[[str], Receipt]) -> None:
        self._fail = fail
        self._receipt = receipt
        self.found: list[Task] = []
        self.added: list[NewTask] = []
        self.persons: list[str | None] = []
        """Names that tasks were added with."""
        self.shift_persons: list[str | None] = []
        """Names that handovers were signed and taken with."""
        self.changed: list[tuple[str, NewTaskChange]] = []
        self.signed: list[NewHandover] = []
        self.taken: list[tuple[str, NewTaking]] = []
        self.shifts: list[Handover] = []
        """Newest first."""
        self.asked = 0

    def put(self, number: int, due_at: datetime, **fields: Any) -> Task:
        """Have a task."""
        known = {"id": f"7a5c0000-0000-4000-8000-{number:012d}", "location": "demo", "seq": 900 + number}
        known |= {"words": f"Task {number}", "state": "open", "actor": "Front desk", "recorded_at": NOW}
        task = Task.model_validate(known | {"due_at": due_at} | fields)
        self.found.append(task)
        return task

    async def tasks(self, location: str, query: TaskQuery | None = None) -> Tasks:
        self._fail()
        self.asked += 1
        found = [task for task in self.found if task.state is TaskState.OPEN]
        return Tasks(tasks=tuple(sorted(found, key=lambda task: task.due_at)), next=None)

    async def add_task(self, location: str, key: str, task: NewTask) -> Receipt:
        self._fail()
        self.added.append(task)
        self.persons.append(_person())
        customer = task.customer and TaskCustomer(id=task.customer.id, name=task.customer.name)
        fields = task.model_dump(exclude={"customer"}) | {"customer": customer}
        made = {"id": id_of_key(key), "location": location, "seq": 950, "state": TaskState.OPEN, "actor": "Front desk"}
        self.found.append(Task(**fields, **made, recorded_at=NOW))  # type: ignore[arg-type] # checked by the model
        return self._receipt(id_of_key(key))

    async def change_task(self, location: str, task_id: str, key: str, change: NewTaskChange) -> Receipt:
        self._fail()
        self.changed.append((task_id, change))
        for row, task in enumerate(self.found):
            if task.id == task_id:
                update: dict[str, Any] = {"due_at": change.due_at} if change.due_at else {}
                update |= {"state": TaskState.DONE} if change.change is TaskStep.DONE else {}
                update |= {"assignee": change.assignee} if change.change is TaskStep.GIVEN else {}
                self.found[row] = task.model_copy(update=update)
        return self._receipt(id_of_key(key))

    async def sign_handover(self, location: str, key: str, handover: NewHandover) -> Receipt:
        self._fail()
        self.signed.append(handover)
        self.shift_persons.append(_person())
        fields: dict[str, Any] = {"since": handover.since, "until": handover.until, "words": handover.words}
        counts = HandoverCounts.model_validate(handover.counts.model_dump())
        made = {"id": id_of_key(key), "location": location, "seq": 960, "actor": "Front desk", "recorded_at": NOW}
        self.shifts.insert(0, Handover(counts=counts, **fields, **made))  # type: ignore[arg-type] # checked by the model
        return self._receipt(id_of_key(key))

    async def take_handover(self, location: str, handover_id: str, key: str, taking: NewTaking) -> Receipt:
        self._fail()
        self.taken.append((handover_id, taking))
        self.shift_persons.append(_person())
        for row, shift in enumerate(self.shifts):
            if shift.id == handover_id:
                made = {"id": id_of_key(key), "seq": 970, "actor": "Front desk", "recorded_at": NOW}
                one = Taking.model_validate(made | {"name": taking.name, "words": taking.words})
                self.shifts[row] = shift.model_copy(update={"taken": (*shift.taken, one)})
        return self._receipt(id_of_key(key))

    async def handovers(self, location: str, query: ListQuery | None = None) -> Handovers:
        self._fail()
        return Handovers(handovers=tuple(self.shifts), older=None)


def _person() -> str | None:
    return unquote(person_headers().get(PERSON_HEADER, "")) or None
