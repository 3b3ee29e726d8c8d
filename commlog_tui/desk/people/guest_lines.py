"""A guest in lines: who they are, what is recorded about them, open tasks, the last messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from commlog_tui.text.customers import preference_words, record_lines
from commlog_tui.text.hygiene import safe
from commlog_tui.text.lines import Line, field_lines, wrapped
from commlog_tui.text.moments import brief_moment
from commlog_tui.text.privacy import MASK, mask, masked
from commlog_tui.text.tasks import masked_task, task_row

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Customer
    from commlog_tui.contract.customer_record import CustomerRecords
    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.task import Task

NOT_KNOWN: Final = "Not known now."


@dataclass(frozen=True, slots=True)
class Guest:
    """What is known of a guest. None is what the service did not say."""

    customer: "Customer | None" = None
    records: "CustomerRecords | None" = None
    tasks: "tuple[Task, ...] | None" = None
    entries: "tuple[Entry, ...] | None" = None


def guest_lines(guest: Guest, zone: ZoneInfo, now: datetime, width: int, *, private: bool) -> Iterator[Line]:
    """Yield all that is known of a guest."""
    del now
    yield from _who(guest.customer, zone, width, private=private)
    yield from _part("Open tasks")
    for task in guest.tasks or ():
        yield from field_lines("", task_row(masked_task(task) if private else task, zone), width)
    yield from _empty(guest.tasks, "None.")
    yield from _part("Recorded")
    lines = None if guest.records is None else record_lines(guest.records, zone, private=private)
    for line in lines or ():
        yield from field_lines("", line, width)
    yield from _empty(lines, "Nothing beside the entries.")
    yield from _part("Last messages")
    for entry in guest.entries or ():
        shown = masked(entry) if private else entry
        words = f"{brief_moment(entry.sent_at, zone)}  {safe(shown.via)}  {safe(shown.title)}, {entry.status.value}"
        yield from field_lines("", words, width)
    yield from _empty(guest.entries, "None.")


def _who(customer: "Customer | None", zone: ZoneInfo, width: int, *, private: bool) -> Iterator[Line]:
    if customer is None:
        yield Line(NOT_KNOWN, "muted")
        return
    hide = mask if private else safe
    yield from wrapped(MASK if private else safe(customer.name or customer.id), width, "title")
    yield from field_lines("Id", safe(customer.id) + ("  made here" if customer.local else ""), width)
    yield from field_lines("Also", ", ".join(map(safe, customer.merged)), width)
    for label, reach in (("Number", customer.numbers), ("E-mail", customer.addresses)):
        for one in reach:
            old = "  replaced" if one in customer.replaced else ""
            yield from field_lines(label, hide(one) + old, width)
    for wish in customer.preferences:
        shown = wish.model_copy(update={"words": None, "to": None}) if private else wish
        yield from field_lines("Wishes", preference_words(shown, zone), width)


def _part(name: str) -> Iterator[Line]:
    yield Line("")
    yield Line(name, "label")


def _empty(found: object, words: str) -> Iterator[Line]:
    if not found:
        yield Line(f"{'':7} {NOT_KNOWN if found is None else words}", "muted")
