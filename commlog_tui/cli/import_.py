"""``commlog import``: existing history into the log, through its API."""

import asyncio
import codecs
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import typer

from commlog_tui.cli.connection import Session, TargetOptions, code_of, opened, targeted
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.import_jobs import Job, joined
from commlog_tui.cli.import_preview import Preview, entry_lines
from commlog_tui.cli.import_reading import DATE_FORMATS, with_reading
from commlog_tui.cli.import_sending import SHOWN, Tally, send
from commlog_tui.cli.import_words import read_words
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.cli.zones import zone_named
from commlog_tui.client import errors
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from commlog_tui.imports.formats import Format
    from commlog_tui.imports.items import ImportOptions
    from commlog_tui.imports.items import Progress as Reading
    from commlog_tui.imports.refused_file import RefusedFile

FORMATS: Final = (
    "csv", "jsonl", "mbox", "maildir", "eml", "twilio", "twilio-json", "postmark", "sendgrid", "sendgrid-json",
)  # fmt: skip
_TABLES: Final = frozenset({"csv", "twilio", "sendgrid"})


@targeted
def import_(
    ctx: typer.Context,
    files: list[Path] = typer.Argument(
        help="CSV, JSON Lines, mbox, Maildir, .eml, or an export of Twilio, Postmark or SendGrid."
    ),
    kind: str = typer.Option("", "--format", help=f"Which it is, if it is not recognised: {', '.join(FORMATS)}."),
    zone: str = typer.Option("", help="Zone of times that name none, such as Europe/London."),
    columns: list[str] = typer.Option(
        [], "--map", help="OUR=THEIRS: where a field of ours is, such as to=Phone. Repeat for more."
    ),
    constants: list[str] = typer.Option(
        [], "--set", help="FIELD=VALUE for every entry, such as source=system. Repeat for more."
    ),
    words: list[str] = typer.Option(
        [], "--value", help="FIELD:THEIRS=OURS: a value's meaning, as in status:hard_bounce=bounced. Repeat for more."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show first entries, counts and refusals; record nothing."),
    encoding: str = typer.Option("", help="Encoding of text files that are neither UTF-8 nor UTF-16, such as cp1252."),
    date_format: str = typer.Option("", help=f"Format of dates that are not ISO 8601: {', '.join(DATE_FORMATS)}."),
    fold: str = typer.Option("", help="Which is meant of a time that clocks showed twice in autumn: first or second."),
    received: bool = typer.Option(False, "--received", help="The mail was received: its sender is the other party."),
    own: list[str] = typer.Option([], help="An address of the location's own, also as own_addresses. Repeat for more."),
    refused: Path | None = typer.Option(None, help="Where to write what is refused. Else beside the file."),
) -> None:
    """Import existing history. Importing the same again adds nothing."""
    target: TargetOptions = ctx.obj
    own = own or [target.settings().own_addresses]
    options = replace(_options(zone, columns, constants, encoding), words=read_words(words))
    options = with_reading(options, date_format, fold, own, received=received)
    jobs = joined([_job(path, kind, options, refused, many=len(files) > 1) for path in files], options)
    if dry_run:
        raise typer.Exit(_preview_all(jobs, options))
    tallies: list[Tally] = []

    async def run() -> ExitCode:
        async with opened(target) as session:
            return await _import_all(session, jobs, options, tallies)

    try:
        code = asyncio.run(run())
    except KeyboardInterrupt:
        say(_safely_in("You stopped it.", tallies))
        raise
    raise typer.Exit(code)


def _preview_all(jobs: Sequence[Job], options: "ImportOptions") -> ExitCode:
    """Show what would be recorded; no service is asked."""
    from commlog_tui.imports import items
    from commlog_tui.imports.import_warnings import with_warnings

    _warn_of_own_addresses(jobs, options)
    code = ExitCode.OK
    for job in jobs:
        preview, progress = Preview(), items.Progress()
        try:
            preview.count(with_warnings(job.read(options, progress), options, datetime.now(UTC), preview.warn))
        except OSError as error:
            raise stopped(
                f"{job.name} cannot be read: {error.strerror or 'unknown fault'}.", ExitCode.TROUBLE
            ) from None
        for item in preview.first:
            for line in entry_lines(item, options.zone):
                tell(safe(line))
        say(f"{job.name} ({job.kind.value}): {preview.summary()} Nothing was recorded.")
        for line in (*preview.warning_lines(), *progress.notes, *preview.refusal_lines(), *_unused(progress)):
            say(line)
        code = ExitCode.REFUSED if preview.refused else code
    return code


async def _import_all(
    session: Session, jobs: Sequence[Job], options: "ImportOptions", tallies: list[Tally]
) -> ExitCode:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from commlog_tui.imports import items
    from commlog_tui.imports.import_warnings import with_warnings
    from commlog_tui.imports.refused_file import RefusedFile

    options = replace(options, location=session.location.id)
    _warn_of_own_addresses(jobs, options)
    console = Console(stderr=True)
    shown = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    for job in jobs:
        tally, progress = Tally(), items.Progress()
        tallies.append(tally)
        file = RefusedFile(job.refused, job.kind, job.path, options)
        trouble: tuple[str, ExitCode] | None = None
        try:
            with Progress(*shown, console=console, disable=not console.is_terminal, transient=True) as bar:
                task = bar.add_task(safe(job.name), total=job.size)
                advance = partial(_advance, bar, task, progress)
                outcomes = with_warnings(job.read(options, progress), options, datetime.now(UTC), tally.warn)
                await send(session.client, session.location.id, outcomes, tally, file, advance=advance)
        except errors.ClientError as error:
            trouble = str(error), code_of(error)
        except OSError as error:
            trouble = f"A file could not be read or written: {error.strerror or 'unknown fault'}.", ExitCode.TROUBLE
        finally:
            file.close()
        _summarise(job, tally, file, progress, session.location.zone)
        if trouble:
            say(_safely_in(trouble[0], tallies))
            return trouble[1]
    return ExitCode.REFUSED if any(tally.refused for tally in tallies) else ExitCode.OK


def _warn_of_own_addresses(jobs: Sequence[Job], options: "ImportOptions") -> None:
    """Warn that received mail is not known by its recipients alone."""
    from commlog_tui.imports import formats

    if not (options.own or options.received) and any(job.kind in formats.MAIL for job in jobs):
        which = f"that begin with {options.location}@" if options.location else "with its id before the @"
        say(
            f"The location's own addresses are not set, so only those {which} are taken for its own. "
            "Name them with --own, or as own_addresses in the settings."
        )


def _advance(bar: "Progress", task: "TaskID", progress: "Reading") -> None:
    bar.update(task, completed=progress.bytes_read)


def _options(zone: str, columns: Sequence[str], constants: Sequence[str], encoding: str) -> "ImportOptions":
    from commlog_tui.imports.items import ImportOptions, UnreadableError, entry_of
    from commlog_tui.imports.table import FIELDS, MAPPED

    unset = {"id", "key", "status", "status_at", "sent_at.date", "sent_at.time"}
    settable = tuple(name for name in FIELDS if name not in unset)
    mapping, fixed = _pairs("--map", columns, MAPPED), _pairs("--set", constants, settable)
    sample = {"via": "email", "to": "a@example.com", "title": "-", "source": "system"}
    sample["sent_at"] = "2026-01-01T00:00:00Z"
    try:
        entry_of(sample | ({"customer.id": "-"} if any(name.startswith("customer") for name in fixed) else {}), fixed)
    except UnreadableError as error:
        raise _not_understood(f"--set: {error}.") from None
    return ImportOptions(_zone(zone) if zone else None, mapping, fixed, _encoding(encoding) if encoding else None)


def _pairs(option: str, given: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not value:
            raise _not_understood(f"{option} needs a name, an equals sign and what it stands for.")
        if name not in known:
            raise _not_understood(f"{option} needs a field of an entry before the equals sign: {', '.join(known)}.")
        if name in pairs:
            raise _not_understood(f"{option} is given more than once for {name}.")
        pairs[name] = value
    return pairs


def _zone(name: str) -> ZoneInfo:
    try:
        known = zone_named(name)
    except ValueError as error:
        raise _not_understood(f"--zone: {error}") from None
    try:
        return ZoneInfo(known)
    except (KeyError, ValueError, OSError):
        raise _not_understood("--zone must be an IANA time zone, such as Europe/London.") from None


def _encoding(name: str) -> str:
    try:
        "a".encode(codecs.lookup(name).name)
    except (LookupError, ValueError):
        raise _not_understood("--encoding must be an encoding of text that Python knows, such as cp1252.") from None
    return name


def _not_understood(words: str) -> typer.Exit:
    return stopped(f"{words} Nothing was imported.", ExitCode.USAGE)


def _job(path: Path, kind: str, options: "ImportOptions", refused: Path | None, *, many: bool) -> Job:
    from commlog_tui.imports import formats

    if kind and kind not in FORMATS:
        raise _not_understood(f"--format must be one of {', '.join(FORMATS)}.")
    if refused and (many or refused.exists()):
        why = "is for one file at a time" if many else "must name a file that is not there yet, so that none is lost"
        raise _not_understood(f"--refused {why}.")
    try:
        known = formats.Format(kind) if kind else formats.detect(path, options)
        formats.size_of(path)
    except OSError as error:
        raise _not_understood(f"{path} cannot be read: {error.strerror or 'unknown fault'}.") from None
    _require_folder(path, known)
    if options.received and known not in formats.MAIL:
        raise _not_understood(f"{path} is read as {known.value}: --received is for mail.")
    if options.columns and known not in formats.MAPPED:
        raise _not_understood(f"{path} is read as {known.value}, whose columns are known: --map is for csv and jsonl.")
    if options.words and known not in formats.MAPPED:
        raise _not_understood(f"{path} is read as {known.value}, whose words are known: --value is for csv and jsonl.")
    return Job(path, known, refused or _beside(path, known))


def _require_folder(path: Path, kind: "Format") -> None:
    from commlog_tui.imports import formats

    if not path.is_dir():
        if kind is formats.Format.MAILDIR:
            raise _not_understood(f"{path} is no Maildir folder.")
    elif kind not in formats.FOLDERS:
        raise _not_understood(f"{path} is a folder, which only a Maildir or one of .eml files is.")
    elif not (formats.is_maildir(path) if kind is formats.Format.MAILDIR else formats.holds_eml(path)):
        raise _not_understood(
            f"{path} is a folder, but no Maildir (it holds neither cur nor new) and has no .eml files."
        )


def _beside(path: Path, kind: "Format") -> Path:
    """Return a name for the refused rows that no file has yet."""
    suffix = ".mbox" if kind.value in {"mbox", "maildir", "eml"} else path.suffix if kind.value in _TABLES else ".jsonl"
    path = path if path.name not in {"", ".."} else path.resolve()
    names = (
        path.with_name(f"{path.stem or path.name}.refused{f'-{number}' if number > 1 else ''}{suffix}")
        for number in count(1)
    )
    return next(name for name in names if not name.exists())


def _summarise(job: Job, tally: Tally, file: "RefusedFile", progress: "Reading", zone: str) -> None:
    counts = f"{tally.added:,} added, {tally.there:,} already there, {tally.refused:,} refused"
    say(f"{job.name} ({job.kind.value}): {counts}.")
    _say_first(tally.shown, tally.refused)
    if tally.warned:
        say(f"{tally.warned:,} {'warning' if tally.warned == 1 else 'warnings'}, for which nothing was refused:")
    _say_first(tally.warnings, tally.warned)
    if file.written:
        say(f"What was refused is in {file.path}, with the reasons: mend it there and import that file.")
    for line in (*tally.gap.words(zone), *progress.notes, *_unused(progress)):
        say(line)


def _say_first(lines: Sequence[str], total: int) -> None:
    for line in lines:
        say(line)
    if total > len(lines):
        say(f"  and {total - len(lines):,} more")


def _unused(progress: "Reading") -> list[str]:
    names = list(progress.unused)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return [f"Columns that were not used: {', '.join(names[:SHOWN])}{more}. --map says what one is."] if names else []


def _safely_in(words: str, tallies: Sequence[Tally]) -> str:
    known = sum(tally.added + tally.there for tally in tallies)
    return (
        f"{words} The import has stopped; {known:,} entries are safely in. Run it again: what is in is not added twice."
    )
