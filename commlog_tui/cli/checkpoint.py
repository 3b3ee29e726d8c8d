"""``commlog checkpoint``: what an auditor keeps of a log, and holds it to."""

from pathlib import Path

import typer

from commlog_tui.cli.connection import Session, targeted
from commlog_tui.cli.entries import with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.seen import read_seen, write_seen
from commlog_tui.cli.words import say, stopped, tell

checkpoints = typer.Typer(help="Checkpoints: what the log has been, signed.", no_args_is_help=True)
FILE = typer.Argument(help="Where the checkpoint is kept.")


@checkpoints.command("save")
@targeted
def save(ctx: typer.Context, file: Path = FILE) -> None:
    """Keep the log's checkpoint in a file; one that is there must still hold, and is then replaced."""
    kept = file.exists()

    async def work(session: Session) -> ExitCode:
        from commlog_tui.ledger.witness import OtherKeyError, Seen

        if kept and (code := await _check(session, file)):
            return code
        told = await session.client.checkpoint(session.location.id)
        seen = Seen(told.note, told.key)
        try:
            size = seen.checkpoint().size
        except OtherKeyError as error:
            raise stopped(f"{error} Nothing was kept.", ExitCode.TAMPERED) from None
        write_seen(file, seen)
        tell(f"{session.location.id}: {size:,} records, root {told.root_hash}")
        return ExitCode.OK

    with_session(ctx, work)


@checkpoints.command("check")
@targeted
def check(ctx: typer.Context, file: Path = FILE) -> None:
    """Check that the log still begins with what it was when the checkpoint was saved."""
    with_session(ctx, lambda session: _check(session, file))


async def _check(session: Session, file: Path) -> ExitCode:
    from commlog_tui.client.errors import NotFoundError
    from commlog_tui.ledger.witness import Seen, WitnessError, compare, require_extension

    before = read_seen(file)
    told = await session.client.checkpoint(session.location.id)
    try:
        old, new, rotated = compare(before, Seen(told.note, told.key), told.introductions)
        proof = await session.client.consistency(session.location.id, old.size, new.size)
        require_extension(old, new, [bytes.fromhex(step) for step in proof.path])
    except WitnessError as error:
        say(str(error))
        return ExitCode.TAMPERED
    except (NotFoundError, ValueError):
        say("The service cannot prove that the log still begins with what it was.")
        return ExitCode.TAMPERED
    tell(f"{session.location.id}: {new.size:,} records, and the first {old.size:,} are those of the checkpoint")
    if rotated:
        say("The log signs with a new key since, introduced by the one it had.")
    return ExitCode.OK
