"""One item on its way from the outbox to the log: saved on this machine before it is sent."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

import typer

from commlog_tui.cli.connection import (
    TargetOptions,
    chosen,
    code_of,
    connected,
    introduced,
    outbox_folder,
    remembered,
)
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import json_text, say, stopped, tell
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import PATIENCE, Outbox, OutboxError, OutboxItem
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Location, Me
from commlog_tui.contract.person import person_name
from commlog_tui.settings import Settings

Make: TypeAlias = Callable[[Location, LogClient | None], Awaitable[OutboxItem]]
"""Makes the item for a location; the client is None as long as nothing is asked of the log."""

NOTHING_ADDED: Final = "Nothing was added."
BY: Final = typer.Option("", "--by", help="Who does this, where several people share the token.")


def named(item: OutboxItem, by: str) -> OutboxItem:
    """Return an item with the name of who makes it, if one was given."""
    name = person_name(by)
    return item.model_copy(update={"person": name}) if name else item


def known_location(settings: Settings, me: Me | None) -> Location | None:
    """Return the location as known locally, or None without a connection so far."""
    if me is None:
        return None
    if settings.location:
        return next((one for one in me.locations if one.id == settings.location), None)
    try:
        return chosen(me, "")
    except typer.Exit:
        say(NOTHING_ADDED)
        raise


def save_and_send(ctx: typer.Context, make: Make, what: str, *, as_json: bool, needs_log: bool = False) -> None:
    """Save an item, send it, say what became of it, and end with a code.

    ``what`` is its name at the beginning of a sentence: ``The task``. The log is asked before the
    item is saved only where it ``needs_log``, or where the location is not known on this machine.
    """
    options: TargetOptions = ctx.obj
    settings = options.settings()
    outbox = Outbox(outbox_folder(settings))

    async def run() -> ExitCode:
        location = None if needs_log else known_location(settings, remembered(settings))
        item = None if location is None else await make(location, None)
        if item is not None:
            _save(outbox, item)
        try:
            async with connected(settings) as client:
                me = await introduced(client, settings)
                if item is None:
                    item = await make(chosen(me, settings.location), client)
                    _save(outbox, item)
                return await _send(client, outbox, item, as_json=as_json)
        except typer.Exit as stop:
            if item is not None and outbox.path(item.key).exists() and stop.exit_code != ExitCode.OK:
                how = "It is sent by commlog outbox send, or while a desk is open."
                say(f"{what} is saved in the outbox of this machine. {how}")
            raise

    raise typer.Exit(asyncio.run(run()))


async def _send(client: LogClient, outbox: Outbox, item: OutboxItem, *, as_json: bool) -> ExitCode:
    try:
        report = await outbox.send(client, item.location, patience=PATIENCE)
    except OutboxError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    for sent, receipt in report.sent:
        if sent.key == item.key:
            tell(json_text(receipt.model_dump(mode="json")) if as_json else receipt.id)
            sys.stdout.flush()
            say(f"Recorded as no. {receipt.seq}.")
            return ExitCode.OK
    for refused in report.refused:
        if refused.key == item.key:
            with suppress(OutboxError):
                outbox.discard(item.key)
            raise stopped(f"Refused: {refused.reason}", ExitCode.REFUSED)
    if not outbox.path(item.key).exists():
        tell(json_text({"id": id_of_key(item.key)}) if as_json else id_of_key(item.key))
        say("It was sent by a desk that is open here, or by another command.")
        return ExitCode.OK
    why = "A desk or another command is sending just now." if report.busy else str(report.error or "It was not sent.")
    raise stopped(why, code_of(report.error) if report.error else ExitCode.UNREACHABLE)


def _save(outbox: Outbox, item: OutboxItem) -> None:
    try:
        outbox.save(item)
    except OutboxError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
