"""``commlog checkpoint``: what an auditor keeps of a log, and holds it to."""

from pathlib import Path

import typer

from commlog_tui.cli.checkpoint_file import read_checkpoint_file, write_checkpoint_file
from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.words import say, stopped, tell

checkpoints = Commands(help="Checkpoints: what the log has been, signed.", no_args_is_help=True)
FILE = typer.Argument(help="Where the checkpoint is kept.")


@checkpoints.command("save")
@targeted
def save(ctx: typer.Context, file: Path = FILE) -> None:
    """Save the log's checkpoint in a file, after checking it against the one that is there."""
    existed = file.exists()

    async def work(session: Session) -> ExitCode:
        from commlog_tui.evidence.witness import fetch_checkpoint
        from commlog_tui.ledger.witness import OtherKeyError

        if existed and (code := await _check(session, file)):
            return code
        try:
            saved = await fetch_checkpoint(session.client, session.location.id)
        except OtherKeyError as error:
            raise stopped(f"{error} Nothing was kept.", ExitCode.TAMPERED) from None
        now = saved.checkpoint()
        write_checkpoint_file(file, saved)
        tell(f"{session.location.id}: {now.size:,} records, root {now.root.hex()}")
        return ExitCode.OK

    with_session(ctx, work)


@checkpoints.command("check")
@targeted
def check(ctx: typer.Context, file: Path = FILE) -> None:
    """Check that the log still begins with what it was when the checkpoint was saved."""
    with_session(ctx, lambda session: _check(session, file))


async def _check(session: Session, file: Path) -> ExitCode:
    from commlog_tui.evidence.witness import check_extension
    from commlog_tui.ledger.witness import WitnessError

    try:
        held = await check_extension(session.client, session.location.id, read_checkpoint_file(file))
    except WitnessError as error:
        say(str(error))
        return ExitCode.TAMPERED
    size, before = held.now.size, held.before.size
    tell(f"{session.location.id}: {size:,} records, and the first {before:,} are those of the checkpoint")
    if held.rotated:
        say("The log signs with a new key since, introduced by the one it had.")
    return ExitCode.OK
