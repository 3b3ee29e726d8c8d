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
from commlog_tui.contract.regions import region_of_zone
from commlog_tui.contract.resend import NewResend, Resend, ResendState, channel_for
from commlog_tui.contract.resend_list import ResendListQuery
from commlog_tui.text.address_hints import address_hint
from commlog_tui.text.hygiene import safe, safe_lines
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
    by: str = BY,
    state: str = typer.Option("", help="Of list: waiting, failed, uncertain, done; or all."),
    as_json: bool = JSON,
) -> None:
    """Send a message again, to the same or another address; or list what waits or failed."""
    if entry_id == LIST:
        _list(ctx, state, as_json=as_json)
    if dry_run:
        _preview(ctx, entry_id, to)
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


def _valid(given: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return NewResend.model_validate(given).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        names = {"to": "--to", "why": "--why"}
        raise stopped(f"That is not valid: {faults(error.errors(), names)}. {_NOTHING}", ExitCode.REFUSED) from None


def _preview(ctx: typer.Context, entry_id: str, to: str) -> None:
    """Say what would be sent, on which way, and what is known of the address; end the command."""

    async def work(session: Session) -> ExitCode:
        location, client = session.location, session.client
        entry = (await client.detail(location.id, await whole_id(session, entry_id))).entry
        recipient = to or entry.to
        via = channel_for(entry.via, recipient)
        found = await client.again.of_entry(location.id, entry.id, recipient)
        tell(f"To: {safe(recipient) or 'nobody named'}")
        tell(f"Way: {route_words(found.routes[0].value) if found.routes else 'none'}")
        tell(f"Subject: {safe(entry.title)}")
        for line in safe_lines(entry.body or ""):
            tell(line)
        if (hint := address_hint(recipient, region_of_zone(location.zone), via)) is not None:
            say(f"! {hint.words}")
        for warning in found.warnings:
            say(f"! {safe(warning.words)}")
        for one in found.resends:
            say(f"! {resend_words(one, ZoneInfo(location.zone))}")
        say(_NOTHING)
        return ExitCode.OK

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
