"""``commlog outbox``: what waits on this machine, without a desk."""

import typer

from commlog_tui.cli.connection import Session, code_of, targeted
from commlog_tui.cli.entries import JSON, with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import json_text, say, stopped, tell
from commlog_tui.desk.entry_fields import title_of
from commlog_tui.desk.text.hygiene import safe

outboxes = typer.Typer(help="Entries that wait on this machine: what they are, and sending them.", no_args_is_help=True)


@outboxes.command("list")
@targeted
def list_items(ctx: typer.Context, as_json: bool = JSON) -> None:
    """List drafts, what waits to be sent, and what was refused with the reason."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.client.outbox import Outbox

        outbox = Outbox(session.outbox)
        items = outbox.items()
        for item in items:
            if as_json:
                tell(json_text(item.model_dump(mode="json")))
            else:
                why = f"  ({safe(item.reason)})" if item.reason else ""
                tell(f"{item.key}  {item.state:8} {safe(item.location)}  {safe(title_of(item))}{why}")
        if outbox.damaged():
            say(f"{len(outbox.damaged())} files in {session.outbox} cannot be read. They are kept as they are.")
        if not items:
            say("Nothing is kept in the outbox: all was sent.")
        return ExitCode.OK if items else ExitCode.NOTHING

    with_session(ctx, work, offline=True)


@outboxes.command("send")
@targeted
def send(ctx: typer.Context) -> None:
    """Send what waits, oldest first. What is in the log already is not added twice."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.client.outbox import Outbox, OutboxError

        try:
            report = await Outbox(session.outbox).send(session.client)
        except OutboxError as error:
            raise stopped(str(error), ExitCode.TROUBLE) from None
        for item, receipt in report.sent:
            tell(f"{receipt.id}  no. {receipt.seq}  {safe(title_of(item))}")
        for item in report.refused:
            say(f"Refused: {item.reason} It is kept: o at the desk opens and mends it ({item.key}).")
        if report.busy:
            say("A desk or another command is sending just now.")
        say(f"{len(report.sent)} sent, {len(report.refused)} refused, {report.waiting} still waiting.")
        if report.waiting:
            return code_of(report.error) if report.error else ExitCode.UNREACHABLE
        return ExitCode.REFUSED if report.refused else ExitCode.OK

    with_session(ctx, work, offline=True)
