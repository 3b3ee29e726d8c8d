r"""The tick \"ring back\" of the entry form: a task that is made with the entry."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.content import Content
from textual.screen import Screen
from typing_extensions import override

from commlog_tui.desk.entry.fields import Start
from commlog_tui.desk.widgets.choice import Choice
from commlog_tui.desk.widgets.key_bar import KeyHints
from commlog_tui.desk.work.saving import why_not_write

if TYPE_CHECKING:
    from commlog_tui.client.outbox import OutboxItem
    from commlog_tui.desk.session import Session

TIMES: Final = ("in 30 min", "in 1 hour", "in 2 hours", "tomorrow 9")
RING_BACK: Final = "ring-back"
"""Id of the tick."""


class RingBack(Choice):
    """Not to ring back, or when."""

    key_hints: ClassVar[KeyHints] = ()

    def __init__(self) -> None:
        super().__init__(TIMES, id=RING_BACK)

    @override
    def render(self) -> Content:
        """Return the tick, and when."""
        return Content(f"[x] Ring back {self.value} (Ctrl+R)" if self.value else "[ ] Ring back (Ctrl+R)")


def ring_back_tick(session: "Session", start: Start) -> Iterator[RingBack]:
    """Yield the tick to ring back: of a new entry, where tasks can be recorded."""
    if start.corrects is None and why_not_write(session, "tasks", "A task") is None:
        yield RingBack()


async def save_ring_back(form: Screen[str | None], session: "Session", entry: "OutboxItem") -> None:
    """Make the task to ring back about an entry that was saved, if it is ticked; say so where it cannot be saved."""
    from commlog_tui.client.outbox import OutboxError
    from commlog_tui.contract.base import format_instant
    from commlog_tui.contract.identity import id_of_key
    from commlog_tui.desk.work.new_task import WORDS
    from commlog_tui.desk.work.saving import save
    from commlog_tui.text.due import parse_due

    due = next((tick.value for tick in form.query(RingBack)), "")
    if not due:
        return
    content: dict[str, Any] = {name: entry.content.get(name) for name in ("to", "reference", "code")}
    customer = entry.content.get("customer") or {}
    content["customer"] = {name: customer[name] for name in ("id", "name") if customer.get(name)} or None
    when = format_instant(parse_due(due, session.zone, datetime.now(UTC)))
    content |= {"words": WORDS, "due_at": when, "entry": id_of_key(entry.key)}
    try:
        await save(session, "task", {name: value for name, value in content.items() if value}, content["entry"])
    except OutboxError as error:
        form.app.notify(f"The entry is saved, the task to ring back is not: {error}", severity="error", markup=False)
