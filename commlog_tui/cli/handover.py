"""``commlog handover``: what a shift is, signing it off, taking it over."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.saving import BY, named, save_and_send
from commlog_tui.cli.words import faults, json_text, say, stopped, tell
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.base import format_instant, is_uuid
from commlog_tui.contract.handover import NewHandover, NewTaking
from commlog_tui.contract.location import Location
from commlog_tui.text.days import DayError, parse_moment
from commlog_tui.text.hygiene import safe
from commlog_tui.text.moments import local

if TYPE_CHECKING:
    from commlog_tui.text.handover import Shift

handovers = Commands(help="Hand a shift over to the next one.", no_args_is_help=True)

_SINCE: Final = typer.Option("", help="When the shift began: 06:00, yesterday 18:00; by default the last handover.")
_NOTHING: Final = "Nothing was recorded."


@handovers.command("show")
@targeted
def show(
    ctx: typer.Context,
    since: str = _SINCE,
    pdf: Path | None = typer.Option(None, help="Write it as a PDF to this file, too; needs the extra proof."),
    as_json: bool = JSON,
) -> None:
    """Print what this shift is: what was logged by hand, what did not arrive, open tasks, what waits here."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.text.handover import handover_text

        shift = await _shift(session.client, session.location, Outbox(session.outbox), since)
        zone = ZoneInfo(session.location.zone)
        if as_json:
            tell(json_text(_fields(shift)))
        else:
            tell(handover_text(shift, zone))
        if pdf is not None:
            _write(pdf, shift, zone)
        return ExitCode.OK

    with_session(ctx, work)


@handovers.command("sign")
@targeted
def sign(
    ctx: typer.Context,
    words: str = typer.Argument("", help="A line for the next shift."),
    since: str = _SINCE,
    by: str = BY,
    as_json: bool = JSON,
) -> None:
    """Record that the shift is signed off."""

    async def make(location: Location, client: LogClient | None) -> OutboxItem:
        if client is None:  # it needs the log, see below
            raise stopped(_NOTHING, ExitCode.TROUBLE)
        options = ctx.obj
        from commlog_tui.cli.connection import outbox_folder

        shift = await _shift(client, location, Outbox(outbox_folder(options.settings())), since)
        content: dict[str, Any] = {"since": format_instant(shift.since), "until": format_instant(shift.until)}
        content |= {"unknown": sorted(shift.unknown)} if shift.unknown else {}
        content |= {"counts": shift.counts} | ({"words": words} if words else {})
        return named(OutboxItem(location=location.id, action="handover", content=_valid(NewHandover, content)), by)

    save_and_send(ctx, make, "The handover", as_json=as_json, needs_log=True)


@handovers.command("take")
@targeted
def take(
    ctx: typer.Context,
    name: str = typer.Argument(help="Who takes it over."),
    handover: str = typer.Option("", "--id", help="Id of the handover; by default the last one."),
    note: str = typer.Option("", "--note", help="A few words on it."),
    as_json: bool = JSON,
) -> None:
    """Record that somebody takes a handover over."""

    async def make(location: Location, client: LogClient | None) -> OutboxItem:
        content = _valid(NewTaking, {"name": name} | ({"words": note} if note else {}))
        handover_id = handover.lower()
        if client is not None and not is_uuid(handover):
            from commlog_tui.evidence.shift import last_handover

            last = await last_handover(client, location.id)
            if last is None or handover:
                raise stopped(f"There is no such handover. {_NOTHING}", ExitCode.NOTHING)
            handover_id = last.id
            say(f"The handover by {safe(last.actor)} of {local(last.recorded_at, ZoneInfo(location.zone))}.")
        item = OutboxItem(location=location.id, action="handover-taken", entry_id=handover_id, content=content)
        return named(item, name)

    save_and_send(ctx, make, "It", as_json=as_json, needs_log=not is_uuid(handover))


async def _shift(client: LogClient, location: Location, outbox: Outbox, since: str) -> "Shift":
    from commlog_tui.evidence.shift import gather_shift

    now = datetime.now(UTC)
    try:
        begun = parse_moment(since, ZoneInfo(location.zone), now) if since else None
    except DayError as error:
        raise stopped(f"--since: {error} {_NOTHING}", ExitCode.USAGE) from None
    return await gather_shift(client, location, outbox.items(), now, since=begun)


def _fields(shift: "Shift") -> dict[str, Any]:
    """Return a shift as JSON has it."""
    listed = {"logged": shift.logged, "failed": shift.failed, "overdue": shift.overdue, "tasks": shift.tasks}
    return {
        "since": format_instant(shift.since),
        "until": format_instant(shift.until),
        "last": shift.last and shift.last.model_dump(mode="json"),
        **{name: [one.model_dump(mode="json") for one in part] for name, part in listed.items()},
        "waiting": list(shift.waiting),
        "notes": list(shift.notes),
        "unknown": sorted(shift.unknown),
    }


def _write(path: Path, shift: "Shift", zone: ZoneInfo) -> None:
    from commlog_tui.evidence.extras import HOW_TO_INSTALL, has_proof_extra
    from commlog_tui.private_files import write_new_private

    if not has_proof_extra():
        raise stopped(HOW_TO_INSTALL, ExitCode.USAGE)
    from commlog_tui.evidence.handover_sheet import render_handover

    try:
        write_new_private(path, render_handover(shift, zone, datetime.now(UTC)))
    except FileExistsError:
        raise stopped(f"There is a file at {path} already; it is untouched.", ExitCode.USAGE) from None
    except OSError as error:
        words = f"The PDF cannot be written: {error.strerror or error}. Nothing was kept."
        raise stopped(words, ExitCode.TROUBLE) from None
    say(f"Written to {path}.")


def _valid(model: type[NewHandover | NewTaking], given: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return model.model_validate(given).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        words = faults(error.errors(), {"words": "the words", "name": "the name"})
        raise stopped(f"That is not valid: {words}. {_NOTHING}", ExitCode.REFUSED) from None
