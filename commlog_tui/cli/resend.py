"""``commlog resend``: send a message again, and see what waits or failed."""

from typing import Any, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.entry_ids import entry_id_at, whole_id
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.saving import BY, named, save_and_send
from commlog_tui.cli.words import faults, json_text, say, stopped, tell
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import OutboxItem
from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.location import Location
from commlog_tui.contract.resend import NewResend, Resend, ResendState
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.text.hygiene import safe, safe_lines
from commlog_tui.text.resend_plan import plan_of
from commlog_tui.text.resends import resend_words, route_words

LIST: Final = "list"
_NOTHING: Final = "Nothing was sent."
_OPEN: Final = (ResendState.WAITING, ResendState.BEGUN, ResendState.UNCERTAIN, ResendState.FAILED)
_MOST: Final = 200


@targeted
def resend(
    ctx: typer.Context,
    entry_id: str = typer.Argument(help="The entry's id, or the beginning of it; list for what waits or failed."),
    to: str = typer.Option("", help="Address or number; by default the one of before."),
    why: str = typer.Option("", help="Why it is sent again."),
    by_hand: bool = typer.Option(False, "--by-hand", help="It was sent by hand: only record that."),
    again: bool = typer.Option(False, "--again", help="Even if it was sent again to this address before."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be sent, and what to know before."),
    call_off: bool = typer.Option(False, "--call-off", help="Do not send what waits to be sent again of it."),
    by: str = BY,
    state: str = typer.Option("", help="Of list: waiting, failed, uncertain, done; or all."),
    as_json: bool = JSON,
) -> None:
    """Send a message again, to the same or another address; or list what waits or failed."""
    if entry_id == LIST:
        _list(ctx, state, as_json=as_json)
    if call_off:
        _call_off(ctx, entry_id, why, by, as_json=as_json)
    if dry_run:
        _preview(ctx, entry_id, {"to": to, "why": why, "by_hand": by_hand, "again": again})
    if not why.strip():
        raise stopped(f"--why is missing. {_NOTHING}", ExitCode.USAGE)

    async def make(location: Location, client: LogClient | None) -> OutboxItem:
        entry = entry_id.lower()
        recipient = to
        if client is not None and not (is_uuid(entry) and to):
            entry = await entry_id_at(client, location, entry_id)
            recipient = to or (await client.detail(location.id, entry)).entry.to
        content = _valid({"to": recipient, "why": why, "by_hand": by_hand, "again": again})
        return named(OutboxItem(location=location.id, action="resend", entry_id=entry, content=content), by)

    save_and_send(ctx, make, "The message", as_json=as_json, needs_log=not (is_uuid(entry_id) and to))


def _call_off(ctx: typer.Context, entry_id: str, why: str, by: str, *, as_json: bool) -> None:
    """Call off what waits of an entry, named by its own id or by that of the new message; end the command."""

    async def make(location: Location, client: LogClient | None) -> OutboxItem:
        if client is None:
            raise stopped(f"The log is needed for that. {_NOTHING}", ExitCode.UNREACHABLE)
        entry = (await client.detail(location.id, await entry_id_at(client, location, entry_id))).entry
        original = entry.resend_of or entry.id
        found = (await client.again.of_entry(location.id, original)).resends
        waits = [one for one in found if one.state is ResendState.WAITING and entry.id in {one.original, one.entry}]
        if not waits:
            raise stopped("Nothing of it waits to be sent again. Nothing was changed.", ExitCode.NOTHING)
        content = {"resend": waits[-1].id} | ({"why": why.strip()} if why.strip() else {})
        return named(OutboxItem(location=location.id, action="call-off", entry_id=original, content=content), by)

    save_and_send(ctx, make, "That it is called off", as_json=as_json, needs_log=True)


def _valid(given: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return NewResend.model_validate(given).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        names = {"to": "--to", "why": "--why"}
        raise stopped(f"That is not valid: {faults(error.errors(), names)}. {_NOTHING}", ExitCode.REFUSED) from None


def _preview(ctx: typer.Context, entry_id: str, given: dict[str, Any]) -> None:
    """Say what would be sent, on which way, what is known of the address, and whether it would be refused; end."""

    async def work(session: Session) -> ExitCode:
        location, client = session.location, session.client
        entry = (await client.detail(location.id, await whole_id(session, entry_id))).entry
        recipient = given["to"] or entry.to
        if recipient:
            _valid(given | {"to": recipient, "why": given["why"].strip() or "not given yet"})
        found = await client.again.of_entry(location.id, entry.id, recipient or None)
        plan = plan_of(entry, recipient, found, ZoneInfo(location.zone))
        tell(f"To: {safe(recipient) or 'nobody named'}")
        way = route_words("by-hand" if given["by_hand"] else plan.route) if given["by_hand"] or plan.route else "none"
        tell(f"Way: {way}")
        tell(f"Subject: {safe(entry.title)}")
        for line in safe_lines(entry.body or ""):
            tell(line)
        for words in (*plan.warnings, *([plan.before] if plan.before else [])):
            say(f"! {words}")
        if not given["why"].strip():
            say("! --why is missing.")
        refusal = "" if given["by_hand"] and plan.by_hand else plan.fault
        if not refusal and plan.before and not given["again"]:
            refusal = "It was asked for before; --again sends it all the same."
        say(f"It would be refused: {refusal} {_NOTHING}" if refusal else _NOTHING)
        return ExitCode.REFUSED if refusal else ExitCode.OK

    with_session(ctx, work)


def _list(ctx: typer.Context, state: str, *, as_json: bool) -> None:
    """Print messages that were sent again, newest first, with their attempts; end the command."""
    states = _states(state)

    async def work(session: Session) -> ExitCode:
        found: list[Resend] = []
        for one in states:
            query = ResendListQuery(state=one, limit=_MOST)
            page = await session.client.again.page(session.location.id, query)
            found += page.resends
            if page.older is not None:
                say(f"There are more than {_MOST} that are {one.value if one else 'on record'}.")
        found.sort(key=lambda resend: -resend.seq)
        if as_json:
            tell(json_text([one.model_dump(mode="json") for one in found]))
        else:
            zone = ZoneInfo(session.location.zone)
            for made in found:
                attempts = f"{made.attempts} attempt{'' if made.attempts == 1 else 's'}"
                tell(f"{made.original}  {resend_words(made, zone)}; {attempts}, {safe(made.why)}")
        say(f"{len(found)} sent again{'' if state else ', waiting or failed'}. Times in {session.location.zone}.")
        return ExitCode.OK if found else ExitCode.NOTHING

    with_session(ctx, work)


def _states(state: str) -> tuple[ResendState | None, ...]:
    if not state:
        return _OPEN
    if state == "all":
        return (None,)
    try:
        return (ResendState(state),)
    except ValueError:
        known = ", ".join(one.value for one in ResendState)
        raise stopped(f"--state takes {known} or all. {_NOTHING}", ExitCode.USAGE) from None
