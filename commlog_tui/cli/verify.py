"""``commlog verify``: every record hashed again, on the file or through the service."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from commlog_tui.cli.checkpoint_file import read_checkpoint_file
from commlog_tui.cli.connection import Session, TargetOptions, embedded_database, targeted
from commlog_tui.cli.entries import with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.progress import progress_bar
from commlog_tui.cli.stored_log import StoredLog, stored_log
from commlog_tui.cli.words import say, stopped, tell

if TYPE_CHECKING:
    from commlog_tui.ledger.checkpoint import Checkpoint
    from commlog_tui.ledger.rows import Row
    from commlog_tui.ledger.verifier import Verifier
    from commlog_tui.store.auditing import Audit

_SHOWN: Final = 20
_NEVER_COVERED: Final = "names, zones and retention of locations, tokens, and whether the signing key is the right one"
DATABASE = typer.Option(None, help="The log, without its service: a file, or postgresql://.", show_default=False)


@targeted
def verify(
    ctx: typer.Context,
    database: str | None = DATABASE,
    checkpoint: Path | None = typer.Option(None, help="A checkpoint that was saved: the log must still begin with it."),
    projections: bool = typer.Option(
        False, help="Compare all that is derived, too; needs room for two copies of the log."
    ),
) -> None:
    """Verify the hashes of all records, and report the first that differs."""
    options: TargetOptions = ctx.obj
    seen = None if checkpoint is None else read_checkpoint_file(checkpoint)
    before = None if seen is None else seen.checkpoint()
    settings = None if database else options.settings()
    if settings is not None and settings.mode == "service":
        if projections:
            raise stopped("--projections needs the file; name it with --database.", ExitCode.USAGE)
        with_session(ctx, lambda session: _through_service(session, before))
        return
    log = stored_log(ctx, str(embedded_database(options.settings())) if database is None else database)
    raise typer.Exit(_on_database(log, options.location, before, projections=projections))


def _on_database(log: StoredLog, wanted: str, before: "Checkpoint | None", *, projections: bool) -> ExitCode:
    from commlog_tui.records.errors import LogError
    from commlog_tui.store.errors import DamagedLogError

    if log.path is not None and not log.path.exists():
        raise stopped(f"There is no log at {log.path}.", ExitCode.USAGE)
    sound = True
    try:
        with log.audit() as audit:
            for words in audit.faults():
                say(words)
                sound = False
            sound &= _records_are_sound(audit, wanted, before)
            if projections:
                sound &= _derived_is_sound(audit)
            _say_coverage(audit, projections=projections)
    except LogError as error:
        say(str(error))
        return ExitCode.TAMPERED if isinstance(error, DamagedLogError) or not sound else ExitCode.TROUBLE
    except OSError as error:
        say(f"There is no room for the copies that --projections compares: {error.strerror}.")
        return ExitCode.TROUBLE if sound else ExitCode.TAMPERED
    return ExitCode.OK if sound else ExitCode.TAMPERED


def _records_are_sound(audit: "Audit", wanted: str, before: "Checkpoint | None") -> bool:
    from commlog_tui.store.auditing import verify_location

    known = audit.locations()
    chosen = [location for location in known if wanted in {"", location.id}]
    if wanted and not chosen and before is None:
        raise stopped("There is no such location in this log.", ExitCode.USAGE)
    if not chosen:
        tell("There are no locations in this log.")
    sound = True
    for location in chosen:
        with progress_bar(location.id) as progress:
            verifier = verify_location(audit, location, _sizes(before, location.id), progress)
        sound &= _tell(verifier, before)
    if before is not None:
        name = audit.log_name()
        origins = [f"{name}/{location.id}" for location in chosen]
        sound &= _is_compared(before, origins, [location.id for location in known])
    return sound


def _derived_is_sound(audit: "Audit") -> bool:
    broken = audit.index_faults()
    for words in broken:
        say(words)
    if broken:
        say("Indexes are mended by commlog rebuild; if that does not help, restore a backup.")
    if audit.schema_faults():
        say("What is shown, found and counted was not compared: the schema is not the one that commlog made.")
        return False
    if not audit.is_comparable():  # raises where a newer version has made them
        say("What is derived was made by an earlier commlog. It was not compared: opening the log rebuilds it.")
        return not broken
    with progress_bar("derived") as progress:
        wrong = audit.differing(progress)
    for words in wrong:
        say(f"Not what the records make of them: {words}. Mend with: commlog rebuild")
    return not (broken or wrong)


def _say_coverage(audit: "Audit", *, projections: bool) -> None:
    if audit.is_scrub_due():
        say("Redacted; its bytes are being overwritten. The service does that as soon as nobody else reads the file.")
    derived = "" if projections else "what is shown, found and counted (--projections compares that), "
    say(f"Not covered: {derived}{_NEVER_COVERED}.")


async def _through_service(session: Session, before: "Checkpoint | None") -> ExitCode:
    from commlog_tui.ledger.verifier import Verifier
    from commlog_tui.ledger.witness import OtherKeyError, SavedCheckpoint

    location = session.location.id
    answer = await session.client.checkpoint(location)
    try:
        now = SavedCheckpoint(answer.note, answer.key).checkpoint()
    except OtherKeyError as error:
        say(str(error))
        return ExitCode.TAMPERED
    sound = before is None or _is_compared(before, [now.origin], [place.id for place in session.me.locations])
    verifier = Verifier(location, _sizes(before, location) | {now.size})
    known: dict[bytes, int] = {}
    with progress_bar(location) as progress:
        async for rows in _pages(session, now.size):
            verifier.check(rows)
            _look_for_keys_recorded_twice(rows, known, verifier)
            progress(verifier.records, now.size)
    verifier.end()
    if now.size and verifier.roots.get(now.size) != now.root:
        verifier.fault(1, "together the records do not have the root that the service has signed", now.size)
    sound &= _tell(verifier, before)
    say(
        f"Not covered: the service's file itself (verify it there), what is shown, found and counted, {_NEVER_COVERED}."
    )
    return ExitCode.OK if sound else ExitCode.TAMPERED


async def _pages(session: Session, size: int) -> AsyncIterator[list["Row"]]:
    after = 0
    while after < size and (records := await session.client.records(session.location.id, after)):
        after = records[-1].seq
        yield [
            (
                record.seq,
                record.record.encode(errors="replace"),
                None if record.salt is None else bytes.fromhex(record.salt),
                None if record.personal is None else record.personal.encode(errors="replace"),
                *(None, None, None, None, 1, None),
            )
            for record in records
            if record.seq <= size
        ]


def _look_for_keys_recorded_twice(rows: list["Row"], known: dict[bytes, int], verifier: "Verifier") -> None:
    """Check that the ids of records are unique. Unreadable records were reported before."""
    import msgspec

    from commlog_tui.ledger.record import decode_public
    from commlog_tui.ledger.verifier import recorded_twice

    for seq, public, *_ in rows:
        try:
            first = known.setdefault(bytes.fromhex(decode_public(public).id.replace("-", "")), seq)
        except (msgspec.DecodeError, ValueError):
            continue
        if first != seq:
            verifier.fault(seq, recorded_twice(first))


def _sizes(before: "Checkpoint | None", location: str) -> frozenset[int]:
    return frozenset({before.size}) if before and _is_of(before, location) else frozenset()


def _is_of(before: "Checkpoint", location: str) -> bool:
    return before.origin.rpartition("/")[2] == location


def _is_compared(before: "Checkpoint", origins: list[str], known: list[str]) -> bool:
    """Whether the checkpoint covers something that was verified; report why not."""
    if before.origin in origins:
        return True
    log, _, location = before.origin.rpartition("/")
    if location in known and not any(origin.endswith(f"/{location}") for origin in origins):
        say(f"The checkpoint is of {location}, which --location leaves out. It was compared with nothing.")
    elif location in known:
        say(f"The checkpoint is of another log, {log}. It was compared with nothing that counts.")
    else:
        say(f"The checkpoint is of {location}, which is not in this log: it was removed, or the log is another one.")
    return False


def _tell(verifier: "Verifier", before: "Checkpoint | None") -> bool:
    """Say how it went with a location; return whether all is as it was."""
    if before is not None and _is_of(before, verifier.location) and before.size:
        if verifier.records < before.size and before.size not in verifier.roots:
            verifier.fault(
                verifier.records + 1, f"the log was rolled back: it has had {before.size} records", before.size
            )
        elif verifier.roots.get(before.size) != before.root and not verifier.faults:
            verifier.fault(
                1, f"the log was forked: its first {before.size} records are not those of the checkpoint", before.size
            )
    name, faults, root = verifier.location, verifier.faults, verifier.root() or b""
    redacted = f", {verifier.redacted:,} without the data that was redacted" if verifier.redacted else ""
    if not faults:
        tell(f"{name}: {verifier.records:,} records as they were recorded{redacted}; root {root.hex()}")
        return True
    count = len(faults) + verifier.more_faults
    wrong = "1 fault" if count == 1 else f"{count:,} faults"
    tell(f"{name}: {verifier.records:,} records{redacted}; {wrong}, the first at no. {faults[0].seq}")
    for fault in faults[:_SHOWN]:
        where = f"no. {fault.seq}" if fault.seq == fault.last else f"no. {fault.seq} to {fault.last}"
        tell(f"{name}: {where}: {fault.words}")
    if count > _SHOWN:
        say(f"And {count - _SHOWN:,} more.")
    return False
