"""``commlog ingest``: mail into the log, from a mail server's pipe or a Maildir."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from commlog_tui.cli.connection import TargetOptions, targeted
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.mail_options import OWN, mail_options, recorder_of
from commlog_tui.cli.stop_signal import stop_signal
from commlog_tui.cli.words import say, stopped

if TYPE_CHECKING:
    from commlog_tui.mail.incoming import MailOptions
    from commlog_tui.mail.maildir import Maildir
    from commlog_tui.mail.recorder import Result

_STDIN: Final = Path("-")
_CHUNK: Final = 1 << 20


@targeted
def ingest(
    ctx: typer.Context,
    source: Path = typer.Argument(help="- for one message on standard input, or a Maildir."),
    watch: bool = typer.Option(False, "--watch", help="Go on with the Maildir as messages arrive, until stopped."),
    every: float = typer.Option(2.0, min=0.1, max=3600.0, help="Seconds between looks into the Maildir."),
    recipient: list[str] = typer.Option(
        [], help="Who the message was sent to, if not To, Cc and Bcc say so. Repeat for more.", show_default=False
    ),
    recipient_header: list[str] = typer.Option(
        [],
        "--recipient-header",
        help="Header field that names the recipients, such as X-Original-To or Delivered-To. Repeat for more.",
        show_default=False,
    ),
    own: list[str] = OWN,
) -> None:
    """Record mail: an entry for each recipient, delivery events for a bounce or a complaint.

    A message is accepted only once it is durable in the log; recording it again adds nothing.
    """
    target: TargetOptions = ctx.obj
    if source == _STDIN:
        if watch:
            raise stopped("--watch is for a Maildir. Nothing was accepted.", ExitCode.USAGE)
        options = mail_options(target, own, recipient_header)
        raise typer.Exit(_ingest_one(target, options, tuple(recipient)))
    if recipient:
        raise stopped("--recipient is for one message on standard input. Nothing was accepted.", ExitCode.USAGE)
    if not (source / "new").is_dir():
        raise stopped(f"{source} is no Maildir: it has no folder new. Nothing was accepted.", ExitCode.USAGE)
    options = mail_options(target, own, recipient_header)
    raise typer.Exit(_ingest_maildir(target, options, source, every if watch else None))


def _ingest_one(target: TargetOptions, options: "MailOptions", recipients: tuple[str, ...]) -> ExitCode:
    from commlog_tui.mail.incoming import Envelope, read
    from commlog_tui.mail.recorder import Outcome

    reading = read(_standard_input(), Envelope(datetime.now(UTC), recipients), options)

    async def work() -> "Result":
        recorder = new_recorder()
        try:
            return await recorder.record(reading)
        finally:
            await recorder.aclose()

    with recorder_of(target) as new_recorder:
        result = asyncio.run(work())
    say(result.words)
    match result.outcome:
        case Outcome.RECORDED:
            return ExitCode.OK
        case Outcome.REFUSED:
            return ExitCode.DATA_ERROR
    return ExitCode.RETRY


def _standard_input() -> bytes:
    """Return the message, cut at the largest size; the rest is read all the same, as the sender waits for that."""
    from commlog_tui.mail.maildir import MAX_MESSAGE_BYTES

    stream = sys.stdin.buffer
    content = stream.read(MAX_MESSAGE_BYTES)
    while stream.read(_CHUNK):
        pass
    return content


def _ingest_maildir(target: TargetOptions, options: "MailOptions", path: Path, interval: float | None) -> ExitCode:
    from commlog_tui.mail.maildir import Maildir

    async def work() -> ExitCode:
        recorder = new_recorder()
        maildir = Maildir(path, options, recorder.record, say)
        try:
            if interval is None:
                return await _take_all(maildir)
            with stop_signal() as stop:
                say(f"Watching {path}.")
                await maildir.watch(interval, stop)
            return ExitCode.OK
        finally:
            await recorder.aclose()

    with recorder_of(target) as new_recorder:
        return asyncio.run(work())


async def _take_all(maildir: "Maildir") -> ExitCode:
    """Record what is in the Maildir now, and say how it went."""
    recorded = refused = 0
    while True:
        scan = await maildir.scan()
        recorded += scan.recorded
        refused += scan.refused
        if scan.is_held or not scan.recorded + scan.refused:
            break
    say(f"{recorded:,} recorded, {refused:,} refused, {scan.waiting:,} still waiting in new.")
    if scan.waiting:
        return ExitCode.RETRY
    return ExitCode.DATA_ERROR if refused else ExitCode.OK
