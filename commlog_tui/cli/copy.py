"""``commlog copy``: a log in another database, with everything that its proofs rest on."""

import typer

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.progress import progress_bar
from commlog_tui.cli.stored_log import StoredLog, stored_log
from commlog_tui.cli.words import say, stopped, tell


def copy(
    ctx: typer.Context,
    source: str = typer.Argument(help="The log: a file, or postgresql://."),
    target: str = typer.Argument(help="An empty database or a new file; or one that an earlier copy began."),
) -> None:
    """Copy a log into another database: from a file to PostgreSQL, or back.

    Positions, hashes, keys, locations, tokens and webhooks stay what they are, and so does the root
    that is signed. An interrupted copy is resumed by the same command, and a finished one adds what
    the source has got since.
    """
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.errors import DamagedLogError

    old, new = stored_log(ctx, source), stored_log(ctx, target)
    old.require()
    if str(old) == str(new):
        raise stopped("Source and target are the same log. Nothing was copied.", ExitCode.USAGE)
    try:
        _copy(old, new)
    except LogError as error:
        code = ExitCode.TAMPERED if isinstance(error, DamagedLogError) else ExitCode.TROUBLE
        raise stopped(str(error), code) from None
    new.remember()
    say(
        "Source and target have the same roots, and sign with the same key. What is recorded in the source from now on "
        "is not in the copy: stop its service, and run this again to add what came last."
    )


def _copy(old: StoredLog, new: StoredLog) -> None:
    from commlog_tui.store.auditing import verify_location
    from commlog_tui.store.errors import DamagedLogError
    from commlog_tui.store.opening import copy_files, open_target, read_setup
    from commlog_tui.store.transfer import copy_log

    setup = read_setup(old.url)
    old.keys().load(f"commlog/{setup.log}")  # makes the first one of a file
    with old.audit() as audit:
        with open_target(new.url, old.url) as target, progress_bar("Copying") as progress:
            target.begin(setup)
            copy_files(old.url, new.url, setup.log)  # first, so that nobody makes other keys for the copy
            copy_log(audit, target, progress)
        ends = {location: (size, root) for location, size, root in audit.ends()}
    with new.audit() as audit:
        for location in audit.locations():
            with progress_bar(f"Verifying {location.id}") as progress:
                verifier = verify_location(audit, location, progress=progress)
            size, root = ends[location.id]
            if verifier.faults or (verifier.records, verifier.root()) != (size, root):
                raise DamagedLogError(
                    f"{location.id}: the copy does not verify. Do not use it; the source is untouched."
                )
            tell(f"{location.id}: {size:,} records, copied and verified; root {root.hex()}")
