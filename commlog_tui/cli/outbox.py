"""``commlog outbox``: what waits on this machine, without a desk."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import TargetOptions, code_of, connected, outbox_folder, targeted
from commlog_tui.cli.entries import JSON
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import json_text, say, stopped, tell
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from commlog_tui.client.outbox import Outbox, OutboxItem

_LEFT: Final = "Nothing was changed."

outboxes = Commands(help="Entries that wait on this machine: what they are, and sending them.", no_args_is_help=True)


@outboxes.command("list")
@targeted
def list_items(ctx: typer.Context, as_json: bool = JSON) -> None:
    """List drafts, what waits to be sent, and what was refused with the reason."""
    from commlog_tui.client.outbox import Outbox

    options: TargetOptions = ctx.obj
    folder = outbox_folder(options.settings())
    _require_readable(folder)
    outbox = Outbox(folder)
    items = outbox.items()
    for item in items:
        if as_json:
            tell(json_text(item.model_dump(mode="json")))
        else:
            why = f"  ({safe(item.reason)})" if item.reason else ""
            tell(f"{item.key}  {item.state:8} {safe(item.location)}  {safe(item.title)}{why}")
    if _has_unread(outbox, folder):
        raise typer.Exit(ExitCode.TROUBLE)
    if not items:
        say("Nothing is kept in the outbox: all was sent.")
    raise typer.Exit(ExitCode.OK if items else ExitCode.NOTHING)


@outboxes.command("send")
@targeted
def send(ctx: typer.Context) -> None:
    """Send what waits, oldest first. What is in the log already is not added twice."""
    raise typer.Exit(_send(ctx))


@outboxes.command("release")
@targeted
def release(
    ctx: typer.Context,
    key: str = typer.Argument(help="Key of the item, as commlog outbox list shows it."),
    without_guest: bool = typer.Option(
        False, "--without-guest", help="Leave out guest, address, booking and text; title and time stay."
    ),
) -> None:
    """Send an item that was held back, as its guest may have been redacted meanwhile."""
    from commlog_tui.client.held_back import released
    from commlog_tui.client.held_back import without_guest as stripped
    from commlog_tui.client.outbox import OutboxError

    outbox, item = _held_back(ctx, key)
    ready = stripped(item) if without_guest else released(item)
    if ready is None:
        raise stopped(f"Without its guest nothing would remain of it. {_LEFT}", ExitCode.REFUSED)
    try:
        outbox.save(ready)
    except OutboxError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    raise typer.Exit(_send(ctx))


@outboxes.command("discard")
@targeted
def discard(
    ctx: typer.Context, key: str = typer.Argument(help="Key of the item, as commlog outbox list shows it.")
) -> None:
    """Delete an item that was held back, with what was typed."""
    from commlog_tui.client.outbox import OutboxError

    outbox, item = _held_back(ctx, key)
    try:
        outbox.discard(item.key)
    except OutboxError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    say("Discarded; it is not in the log.")


def _held_back(ctx: typer.Context, key: str) -> "tuple[Outbox, OutboxItem]":
    """Return the outbox, and the item with this key that was held back; end the command without one."""
    from commlog_tui.client.held_back import is_held_back
    from commlog_tui.client.outbox import Outbox

    options: TargetOptions = ctx.obj
    folder = outbox_folder(options.settings())
    _require_readable(folder)
    outbox = Outbox(folder)
    found = [item for item in outbox.items() if item.key == key]
    if not found:
        raise stopped(f"There is no item with this key in {folder}. {_LEFT}", ExitCode.NOTHING)
    if not is_held_back(found[0]):
        raise stopped(f"This item was not held back: it is {found[0].state}. {_LEFT}", ExitCode.REFUSED)
    return outbox, found[0]


def _send(ctx: typer.Context) -> ExitCode:
    from commlog_tui.client.held_back import is_held_back
    from commlog_tui.client.outbox import PATIENCE, Outbox, OutboxError

    options: TargetOptions = ctx.obj
    settings = options.settings()

    folder = outbox_folder(settings)
    _require_readable(folder)
    outbox = Outbox(folder)

    async def work() -> ExitCode:
        async with connected(settings) as client:
            try:
                report = await outbox.send(client, settings.location, patience=PATIENCE)
            except OutboxError as error:
                raise stopped(str(error), ExitCode.TROUBLE) from None
        for item, receipt in report.sent:
            tell(f"{receipt.id}  no. {receipt.seq}  {safe(item.title)}")
        for item in report.refused:
            if is_held_back(item):
                say(f"Held back: {item.reason} Decide with commlog outbox release or discard ({item.key}).")
            else:
                say(f"Refused: {item.reason} It is kept: o at the desk opens and mends it ({item.key}).")
        if report.busy:
            say("A desk or another command is sending just now.")
        say(f"{len(report.sent)} sent, {len(report.refused)} refused, {report.waiting} still waiting.")
        has_unread = _has_unread(outbox, folder)
        if report.waiting:
            return code_of(report.error) if report.error else ExitCode.UNREACHABLE
        if report.refused:
            return ExitCode.REFUSED
        return ExitCode.TROUBLE if has_unread else ExitCode.OK

    return asyncio.run(work())


def _require_readable(folder: Path) -> None:
    """End the command where what is in the outbox cannot be known: it is not empty for that."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        return
    except OSError as error:
        words = f"The outbox {folder} cannot be opened: {error.strerror}. Nothing was sent; what it holds is kept."
        raise stopped(words, ExitCode.TROUBLE) from None


def _has_unread(outbox: "Outbox", folder: Path) -> bool:
    """Name the damaged or newer files of the outbox. Return whether there are any."""
    newer = outbox.newer()
    if newer:
        count = "1 item" if len(newer) == 1 else f"{len(newer):,} items"
        say(
            f"{count} in {folder} saved by a newer commlog, not sent and left alone: "
            f"{', '.join(path.name for path in newer)}"
        )
        say("Update commlog on this machine to send them, or send them with the version that saved them.")
    damaged = outbox.damaged()
    if damaged:
        count = "1 file" if len(damaged) == 1 else f"{len(damaged):,} files"
        say(
            f"{count} in {folder} cannot be read, and may hold what was never sent: "
            f"{', '.join(path.name for path in damaged)}"
        )
        say("Nothing was deleted. What they hold can be typed again from the text in them, and the files removed then.")
    return bool(damaged or newer)
