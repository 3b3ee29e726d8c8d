"""``commlog who``: who may be calling, what they were sent last, and what is left to do about them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.tables import Table, width
from commlog_tui.cli.task import task_line
from commlog_tui.cli.words import json_text, say, stopped, tell
from commlog_tui.contract.entry import Entry
from commlog_tui.contract.query import EntryQuery
from commlog_tui.contract.task import Task, TaskQuery
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.contract.customer import Customer

_MOST_PEOPLE = 3
_MOST_ENTRIES = 3
_INDENT = 2


@dataclass(frozen=True, slots=True)
class _Caller:
    """Somebody who may be calling; without a customer, whoever has the number."""

    customer: "Customer | None"
    entries: tuple[Entry, ...]
    tasks: tuple[Task, ...] = ()


@targeted
def who(
    ctx: typer.Context,
    number: str = typer.Argument(help="The number that calls, in any form; an address or a name will do, too."),
    as_json: bool = JSON,
) -> None:
    """Print who may be calling, the last three messages and the open tasks; for telephone systems, too."""
    if not number.strip():
        raise stopped("Give a number, an address or a name. Nothing was done.", ExitCode.USAGE)

    async def work(session: Session) -> ExitCode:
        callers, more = await _callers(session, number.strip())
        if as_json:
            tell(json_text([_values(caller) for caller in callers]))
        else:
            _print(callers, ZoneInfo(session.location.zone))
        if more:
            say(f"These are the {_MOST_PEOPLE} seen last; there are more. Give the whole number.")
        elif not callers:
            say("Nobody is known by this.")
        return ExitCode.OK if callers else ExitCode.NOTHING

    with_session(ctx, work)


async def _callers(session: Session, number: str) -> tuple[list[_Caller], bool]:
    client, location = session.client, session.location.id
    found = await client.customers(location, number, limit=_MOST_PEOPLE)
    callers = []
    for customer in found.customers:
        page = await client.page(location, EntryQuery(customer_id=customer.id), limit=_MOST_ENTRIES)
        tasks = await client.todo.tasks(location, TaskQuery(customer_id=customer.id))
        callers.append(_Caller(customer, page.entries, tasks.tasks))
    if not callers:  # a number that was written to, of nobody whose name is known
        page = await client.page(location, EntryQuery(q=number), limit=_MOST_ENTRIES)
        callers += [_Caller(None, page.entries)] if page.entries else []
    return callers, found.more


def _print(callers: list[_Caller], zone: ZoneInfo) -> None:
    table, now = Table(zone, width(), left=_INDENT), datetime.now(UTC)
    for caller in callers:
        customer = caller.customer
        known = (customer.name or "", customer.id, *customer.numbers, *customer.addresses) if customer else ("Unnamed",)
        tell("  ".join(safe(part) for part in known if part))
        for entry in caller.entries:
            tell(" " * _INDENT + table.row(entry))
        for task in caller.tasks:
            tell(" " * _INDENT + task_line(task, zone, now))


def _values(caller: _Caller) -> dict[str, object]:
    return {
        "customer": caller.customer.model_dump(mode="json") if caller.customer else None,
        "entries": [entry.model_dump(mode="json") for entry in caller.entries],
        "tasks": [task.model_dump(mode="json") for task in caller.tasks],
    }
