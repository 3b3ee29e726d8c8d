"""``commlog who``: who may be calling, what they were sent last, and what is left to do about them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.tables import Table, width
from commlog_tui.cli.task import task_line
from commlog_tui.cli.words import json_text, say, stopped, tell
from commlog_tui.client.callers import MOST_PEOPLE, Caller, find_callers
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.text.customers import customer_line, objection_words

_INDENT = 2


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
        found = await find_callers(
            session.client, session.location.id, number.strip(), region_of_zone(session.location.zone)
        )
        callers = found.callers
        if as_json:
            tell(json_text([_values(caller) for caller in callers]))
        else:
            _print(callers, ZoneInfo(session.location.zone))
        if found.more:
            say(f"These are the {MOST_PEOPLE} seen last; there are more. Give the whole number.")
        elif not callers:
            say("Nobody is known by this.")
        return ExitCode.OK if callers else ExitCode.NOTHING

    with_session(ctx, work)


def _print(callers: tuple[Caller, ...], zone: ZoneInfo) -> None:
    table, now = Table(zone, width(), left=_INDENT), datetime.now(UTC)
    for caller in callers:
        unnamed = f"Unnamed  {objection_words(caller.preferences, zone)}".rstrip()
        tell(customer_line(caller.customer, zone) if caller.customer else unnamed)
        for entry in caller.entries:
            tell(" " * _INDENT + table.row(entry))
        for task in caller.tasks:
            tell(" " * _INDENT + task_line(task, zone, now))


def _values(caller: Caller) -> dict[str, object]:
    return {
        "customer": caller.customer.model_dump(mode="json") if caller.customer else None,
        "entries": [entry.model_dump(mode="json") for entry in caller.entries],
        "tasks": [task.model_dump(mode="json") for task in caller.tasks],
        "preferences": [one.model_dump(mode="json") for one in caller.preferences],
    }
