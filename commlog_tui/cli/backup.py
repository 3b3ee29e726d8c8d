"""``commlog backup`` and ``restore``: copies that are verified before anybody relies on them."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import typer

from commlog_tui.cli.checkpoint_file import read_checkpoint_file
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.log_file import CREATE, require_may_create, was_there
from commlog_tui.cli.progress import progress_bar
from commlog_tui.cli.stored_log import stored_log
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.configuration.known_logs import remember
from commlog_tui.private_files import make_folder

Roots = dict[str, tuple[int, dict[int, bytes]]]
"""Of each location, how many records there are, and the roots at the sizes that were asked for."""

DATABASE = typer.Option(None, help="The log file; by default the one in the data folder.", show_default=False)
_ON_SERVER: Final = (
    "This log is in PostgreSQL: back it up with the tools of the server (pg_dump, or pgBackRest with its WAL), or copy "
    "it into a file with: commlog copy URL FILE. Nothing was changed."
)
_NOTHING: Final[dict[str, frozenset[int]]] = {}


def backup(
    ctx: typer.Context, file: Path = typer.Argument(help="Where the copy goes."), database: str | None = DATABASE
) -> None:
    """Copy the log while it is in use, and verify the copy. The signing key is not part of it."""
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.sqlite import auditing, copying

    path = _file_of(ctx, database)
    if not path.exists():
        raise stopped(f"There is no log at {path}. Nothing was copied.", ExitCode.USAGE)
    taken = f"{file} is there already. Nothing was copied."
    if os.path.lexists(file):
        raise stopped(taken, ExitCode.USAGE)
    fresh = _beside(file)
    try:
        with auditing.opened(path) as connection:
            copying.copy(connection, fresh)
        sizes = _verified(fresh, _NOTHING)
        copying.put_new(fresh, file)
    except FileExistsError:
        raise stopped(taken, ExitCode.USAGE) from None
    except LogError as error:
        raise stopped(f"{error} No copy was made.", ExitCode.TROUBLE) from None
    except OSError as error:
        raise stopped(f"The copy cannot be written: {error.strerror}. No copy was made.", ExitCode.TROUBLE) from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    for location, (size, _) in sizes.items():
        tell(f"{location}: {size:,} records, copied and verified")
    say(f"The key that signs, {path.with_suffix('.key')}, is not in the copy. Keep it elsewhere.")


def restore(
    ctx: typer.Context,
    file: Path = typer.Argument(help="The copy."),
    checkpoint: list[Path] = typer.Option(
        [], help="A saved checkpoint that the copy must not go behind; repeat for more."
    ),
    go_back: bool = typer.Option(
        False, "--go-back", help="Restore it though records that were acknowledged are lost by it."
    ),
    database: str | None = DATABASE,
    create: bool = CREATE,
) -> None:
    """Replace the log by a verified copy that is behind no known checkpoint; keep the log aside."""
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.sqlite import auditing, copying

    path = _file_of(ctx, database)
    if not file.exists():
        raise stopped(f"There is no copy at {file}. Nothing was changed.", ExitCode.USAGE)
    if path.exists() and file.samefile(path):
        raise stopped(f"{file} is the log itself. Nothing was changed.", ExitCode.USAGE)
    if database is not None and not path.exists() and not was_there(path):
        require_may_create(path, named=True, create=create)
    known = _known(path, checkpoint)
    wanted = {location: frozenset(size for size, _ in seen) for location, seen in known.items()}
    fresh = _beside(path)
    aside = copying.free_name(path.with_name(f"{path.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))
    try:
        make_folder(path.parent)
        copying.require_unused(path)
        source = _of_this_layout(file, fresh)
        found = _verified(source, wanted)
        for location, seen in known.items():
            size, roots = found.get(location, (0, {}))
            if not go_back and any(roots.get(at) != root for at, root in seen if at):
                most = max(at for at, _ in seen)
                words = f"{location} has had {most:,} records that the copy does not begin with; it has {size:,}."
                raise stopped(f"{words} Nothing was changed; --go-back restores it all the same.", ExitCode.TAMPERED)
        if source == file:
            with auditing.opened(file) as connection:
                copying.copy(connection, fresh)
            _verified(fresh, _NOTHING)
        copying.require_unused(path)  # verifying may have taken a while
        copying.put_in_place(fresh, path, aside)
    except LogError as error:
        raise stopped(str(error), ExitCode.TROUBLE) from None
    except OSError as error:
        raise stopped(
            f"The copy cannot be restored: {error.strerror}. Nothing was changed.", ExitCode.TROUBLE
        ) from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    remember(path)
    say(f"The log is restored.{f' The one before is {aside}.' if aside.exists() else ''}")


def _file_of(ctx: typer.Context, database: str | None) -> Path:
    path = stored_log(ctx, database).path
    if path is None:
        raise stopped(_ON_SERVER, ExitCode.USAGE)
    return path


def _of_this_layout(file: Path, fresh: Path) -> Path:
    """Return the copy, migrated into a new file where it has an earlier record layout."""
    from commlog_tui.store.errors import OlderLayoutError
    from commlog_tui.store.sqlite import auditing, copying
    from commlog_tui.store.sqlite.migrate import migrate

    try:
        with auditing.opened(file):
            return file
    except OlderLayoutError:
        with auditing.opened(file, any_layout=True) as connection:
            copying.copy(connection, fresh)
    with progress_bar("Bringing the copy up to date") as progress:
        if (second := migrate(fresh, progress)) is not None:
            second.unlink()  # the copy itself is kept
    return fresh


def _beside(path: Path) -> Path:
    """Return a name in the folder of a file that nothing else has, to write it under."""
    return path.with_name(f".{path.name[:100]}.{uuid4().hex}.tmp")


def _verified(path: Path, wanted: dict[str, frozenset[int]]) -> Roots:
    """Return what a log has; end the command where it does not verify."""
    from commlog_tui.store.auditing import verify_location
    from commlog_tui.store.opening import open_audit

    found: Roots = {}
    with open_audit(path) as audit:
        audit.require_whole()
        for location in audit.locations():
            with progress_bar(location.id) as progress:
                verifier = verify_location(audit, location, wanted.get(location.id, frozenset()), progress)
            if verifier.faults:
                fault = verifier.faults[0]
                raise stopped(
                    f"The copy does not verify: {location.id}, no. {fault.seq}: {fault.words}.", ExitCode.TAMPERED
                )
            found[location.id] = verifier.records, verifier.roots
    return found


def _known(path: Path, checkpoints: list[Path]) -> dict[str, list[tuple[int, bytes]]]:
    """Return the tree sizes and roots, by location, that the copy must have.

    They come from checkpoints, and from the log that the copy replaces.
    """
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.sqlite import auditing

    known: dict[str, list[tuple[int, bytes]]] = {}
    for stored in (read_checkpoint_file(checkpoint).checkpoint() for checkpoint in checkpoints):
        known.setdefault(stored.origin.rpartition("/")[2], []).append((stored.size, stored.root))
    with suppress(LogError):  # a log that cannot be read is what copies are for
        if path.exists():
            with auditing.opened(path) as connection:
                for location, size, root in auditing.ends(connection):
                    known.setdefault(location, []).append((size, root))
    return known
