"""``commlog task``: work that is left to do."""

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.saving import BY, NOTHING_ADDED, named, save_and_send
from commlog_tui.cli.words import faults, json_text, say, stopped, tell
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import OutboxItem
from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.location import Location
from commlog_tui.contract.query import MAX_PAGE_SIZE
from commlog_tui.contract.task import NewTask, NewTaskChange, Task, TaskQuery, TaskState
from commlog_tui.text.days import DayError
from commlog_tui.text.due import due_words, parse_due
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import short_local

tasks = Commands(help="Work that is left to do: ring back, send again, look into it.", no_args_is_help=True)

_UNCHANGED: Final = "Nothing was changed."
_MOST: Final = 10_000
"""Tasks among which one is found by the beginning of its id."""
_ID: Final = typer.Argument(help="The task's id, or its beginning.")
_NOTE: Final = typer.Option("", "--note", help="A few words on it.")
_DUE: Final = "in 20 min, 14:30, tomorrow 9, mon 14:30, 3 nov 9am."


@tasks.command("list")
@targeted
def list_tasks(
    ctx: typer.Context,
    done: bool = typer.Option(False, "--done", help="Those that are done, latest due first."),
    due: bool = typer.Option(False, "--due", help="Only those that are due by now."),
    assignee: str = typer.Option("", "--for", help="Only those for this name, or for whoever is there."),
    limit: int = typer.Option(50, min=1, max=1000, help="At most so many."),
    as_json: bool = JSON,
) -> None:
    """List open tasks, soonest due first."""

    async def work(session: Session) -> ExitCode:
        now, zone = datetime.now(UTC), ZoneInfo(session.location.zone)
        state = TaskState.DONE if done else TaskState.OPEN
        query = TaskQuery(state=state, due_before=now if due else None, limit=MAX_PAGE_SIZE)
        found, more = await read_tasks(session.client, session.location.id, query, limit, assignee)
        if as_json:
            tell(json_text([task.model_dump(mode="json") for task in found]))
        else:
            for task in found:
                tell(task_line(task, zone, now))
        rest = " There are more; see --limit." if more else ""
        say(f"{len(found)} {'done' if done else 'open'}. Times in {session.location.zone}.{rest}")
        return ExitCode.OK if found else ExitCode.NOTHING

    with_session(ctx, work)


async def read_tasks(
    client: LogClient, location: str, query: TaskQuery, limit: int, assignee: str = ""
) -> tuple[list[Task], bool]:
    """Return tasks of all pages up to a limit, for somebody if given, and whether there are more."""
    found: list[Task] = []
    while True:
        page = await client.todo.tasks(location, query)
        wanted = assignee.casefold()
        found += [one for one in page.tasks if not wanted or (one.assignee or wanted).casefold() == wanted]
        if len(found) > limit or page.next is None:
            return found[:limit], len(found) > limit
        query = query.model_copy(update={"cursor": page.next})


def task_line(task: Task, zone: ZoneInfo, now: datetime) -> str:
    """Return a task on one line: due, whether it is, id, what, for whom, about whom."""
    mark = "x" if task.state is TaskState.DONE else "!" if task.due_at <= now else " "
    for_whom = f"  for {safe(task.assignee)}" if task.assignee else ""
    who = (task.customer.name or task.customer.id) if task.customer else ""
    about = ", ".join(safe(part) for part in (who, task.to, task.code) if part)
    return f"{mark} {short_local(task.due_at, zone)}  {task.id}  {safe(task.words)}{for_whom}" + (
        f"  ({about})" if about else ""
    )


@tasks.command("add")
@targeted
def add(
    ctx: typer.Context,
    words: str = typer.Argument(help="What is to be done."),
    due: str = typer.Option("in 1 hour", "--due", help=_DUE),
    assignee: str = typer.Option("", "--for", help="For whom; by default for whoever is there."),
    to: str = typer.Option("", help="Number or address that it needs."),
    entry: str = typer.Option("", help="Id of the entry that it is about."),
    reference: str = typer.Option("", help="Reference of the booking that it is about, a UUID."),
    code: str = typer.Option("", help="Code of the booking that it is about."),
    customer: str = typer.Option("", help="Id of the customer that it is about."),
    by: str = BY,
    key: str = typer.Option("", help="What this task is, once and for all; repeating it adds nothing."),
    as_json: bool = JSON,
) -> None:
    """Add a task; it is saved on this machine before it is sent."""

    async def make(location: Location, _client: LogClient | None) -> OutboxItem:
        given: dict[str, Any] = {"words": words, "due_at": _instant(location, due, NOTHING_ADDED)}
        optional = {"assignee": assignee, "to": to, "entry": entry, "reference": reference, "code": code}
        given |= {name: text for name, text in optional.items() if text}
        given |= {"customer": {"id": customer}} if customer else {}
        content = _valid(NewTask, given, NOTHING_ADDED)
        item = OutboxItem(location=location.id, action="task", entry_id=entry or None, content=content)
        return named(item, by).model_copy(update={"key": key} if key else {})

    save_and_send(ctx, make, "The task", as_json=as_json)


@tasks.command("done")
@targeted
def done_(ctx: typer.Context, task: str = _ID, note: str = _NOTE, by: str = BY, as_json: bool = JSON) -> None:
    """Record that a task was done."""
    _change(ctx, task, {"change": "done"}, note, by, as_json=as_json)


@tasks.command("postpone")
@targeted
def postpone(
    ctx: typer.Context,
    task: str = _ID,
    due: str = typer.Argument(help=_DUE),
    note: str = _NOTE,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Record that a task is due later."""
    _change(ctx, task, {"change": "postponed"}, note, by, due=due, as_json=as_json)


@tasks.command("give")
@targeted
def give(
    ctx: typer.Context,
    task: str = _ID,
    assignee: str = typer.Argument("", help="For whom it is now; without a name, for whoever is there."),
    note: str = _NOTE,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Record that a task is for somebody else."""
    change = {"change": "given"} | ({"assignee": assignee} if assignee else {})
    _change(ctx, task, change, note, by, as_json=as_json)


@tasks.command("reopen")
@targeted
def reopen(ctx: typer.Context, task: str = _ID, note: str = _NOTE, by: str = BY, as_json: bool = JSON) -> None:
    """Record that a task that was done is to be done after all."""
    _change(ctx, task, {"change": "reopened"}, note, by, as_json=as_json)


def _change(
    ctx: typer.Context, task: str, change: dict[str, Any], note: str, by: str, *, due: str = "", as_json: bool
) -> None:
    async def make(location: Location, client: LogClient | None) -> OutboxItem:
        given = change | ({"words": note} if note else {})
        given |= {"due_at": _instant(location, due, _UNCHANGED)} if due else {}
        content = _valid(NewTaskChange, given, _UNCHANGED)
        task_id = task.lower() if client is None else await _id_of(client, location, task, change["change"])
        return named(OutboxItem(location=location.id, action="task-change", entry_id=task_id, content=content), by)

    save_and_send(ctx, make, "The change", as_json=as_json, needs_log=not is_uuid(task))


async def _id_of(client: LogClient, location: Location, text: str, change: str) -> str:
    """Return the id that a text is the beginning of, among the tasks that can be meant."""
    if is_uuid(text):
        return text.lower()
    state = TaskState.DONE if change == "reopened" else TaskState.OPEN
    found, _ = await read_tasks(client, location.id, TaskQuery(state=state, limit=MAX_PAGE_SIZE), _MOST)
    matching = [one.id for one in found if one.id.startswith(text.lower())] if text else []
    if len(matching) == 1:
        return matching[0]
    words = "No task's id begins with that" if not matching else f"{len(matching)} tasks' ids begin with that"
    raise stopped(f"{words}. {_UNCHANGED} See: commlog task list", ExitCode.NOTHING if not matching else ExitCode.USAGE)


def _instant(location: Location, text: str, consequence: str) -> datetime:
    zone, now = ZoneInfo(location.zone), datetime.now(UTC)
    try:
        instant = parse_due(text, zone, now)
    except DayError as error:
        raise stopped(f"--due: {error} {consequence}", ExitCode.USAGE) from None
    say(f"Due {due_words(instant, zone, now)}.")
    return instant


def _valid(model: type[NewTask | NewTaskChange], given: dict[str, Any], consequence: str) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return model.model_validate(given).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        raise stopped(f"That is not valid: {faults(error.errors(), _NAMES)}. {consequence}", ExitCode.REFUSED) from None


_NAMES: Final = {"words": "the words", "assignee": "--for", "due_at": "--due", "customer": "--customer"} | {
    name: f"--{name}" for name in ("to", "entry", "reference", "code")
}
