"""``commlog rebuild``, ``redact``, ``retention`` and ``key``: what keeps a log in order."""

from datetime import UTC, datetime
from uuid import uuid4

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import Session, TargetOptions, targeted
from commlog_tui.cli.entries import with_session
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.owner import with_store
from commlog_tui.cli.progress import progress_bar
from commlog_tui.cli.stored_log import LOG, stored_log
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.contract.base import is_uuid
from commlog_tui.contract.location import Permission
from commlog_tui.settings import Settings
from commlog_tui.store.protocol import Store

retentions = Commands(help="How long a location keeps personal data.", no_args_is_help=True)
keys = Commands(help="The key that signs the log's checkpoints.", no_args_is_help=True)


def rebuild(ctx: typer.Context, database: str | None = LOG) -> None:
    """Rebuild the projections: shown entries, search index, counts, directory and tree."""
    with progress_bar("Rebuilding") as progress:
        rebuilt = with_store(ctx, database, lambda store: store.rebuild(progress))
    say(f"Made again from {rebuilt.records:,} records.")
    if rebuilt.unreadable:
        for location, seq in rebuilt.unreadable:
            say(f"{location}: no. {seq} cannot be read and is not shown; commlog verify says what is wrong with it.")
        raise typer.Exit(ExitCode.TAMPERED)


@targeted
def redact(
    ctx: typer.Context,
    entry_id: str = typer.Argument("", help="The entry's whole id."),
    customer: str = typer.Option("", help="Instead of an entry, all about this customer id."),
    reason: str = typer.Option(..., help="Why; kept for ever, so without personal data."),
) -> None:
    """Remove the personal data of an entry, or of a customer's entries, for good.

    Their positions and proofs remain.
    """
    from pydantic import ValidationError

    from commlog_tui.contract.entry import NewRedaction

    options: TargetOptions = ctx.obj
    settings = options.settings()
    if bool(entry_id) == bool(customer):
        raise stopped("Give an entry's id or --customer. Nothing was changed.", ExitCode.USAGE)
    try:
        redaction = NewRedaction(reason=reason)
    except ValidationError:
        raise stopped("--reason has 1 to 500 characters. Nothing was changed.", ExitCode.USAGE) from None
    if entry_id and not is_uuid(entry_id):
        words = (
            "A redaction cannot be undone: give the entry's whole id, as commlog show prints it. Nothing was changed."
        )
        raise stopped(words, ExitCode.USAGE)

    async def work(session: Session) -> ExitCode:
        if Permission.REDACT not in session.me.permissions:
            words = (
                f"A token with the role {session.me.role.value} may not redact; ask for a manager's. Nothing was "
                "changed."
            )
            raise stopped(words, ExitCode.NOT_PERMITTED)
        at, key = session.location.id, str(uuid4())
        if entry_id:
            receipt = await session.client.redact(at, entry_id, key, redaction)
            say(f"Redacted, on record as no. {receipt.seq}{_pending(receipt.overwritten, 'its')}.")
            await _tidy(session, settings, {entry_id.lower()})
            return ExitCode.OK
        ids = await _ids_of(session, customer)
        answer = await session.client.redact_customer(at, customer, key, redaction)
        count = answer.entries
        if count:
            entries = "entry" if count == 1 else "entries"
            say(f"Redacted: {count:,} {entries}{_pending(answer.overwritten, 'its' if count == 1 else 'their')}.")
        else:
            say("There is nothing about this customer.")
        await _tidy(session, settings, ids)
        return ExitCode.OK if count else ExitCode.NOTHING

    with_session(ctx, work)


def _pending(overwritten: bool | None, whose: str) -> str:
    """Return a sentence on redacted bytes that are still in the file, or "" if there are none."""
    if overwritten is not False:
        return ""
    return f"; {whose} bytes are being overwritten, which ends once nobody else reads or writes the file"


async def _ids_of(session: Session, customer: str) -> set[str]:
    """Return the entries of a customer's history."""
    from commlog_tui.contract.query import MAX_PAGE_SIZE, EntryQuery

    query, ids, cursor = EntryQuery(customer_id=customer), set[str](), None
    while True:
        page = await session.client.page(session.location.id, query, limit=MAX_PAGE_SIZE, cursor=cursor)
        ids |= {entry.id for entry in page.entries}
        if (cursor := page.older) is None:
            return ids


async def _tidy(session: Session, settings: Settings, ids: set[str]) -> None:
    """Remove the copies on this machine, and name those that are the owner's to remove."""
    from commlog_tui.client.outbox import Outbox
    from commlog_tui.desk.redacted_copies import kept_sheets, remove_copies, remove_searches

    client, location = session.client, session.location.id
    words = await remove_copies(client, location, Outbox(session.outbox))
    words += await remove_searches(client, location, settings.data / "desk" / session.outbox.name)
    for sentence in [*words, *kept_sheets(settings.proof_folder, ids)]:
        say(sentence)
    say("Copies you made elsewhere (exports, backups, proof sheets, files of refused rows) are yours to remove.")


@retentions.command("set")
def set_retention(
    ctx: typer.Context,
    location: str = typer.Argument(help="The location's id."),
    months: int = typer.Option(..., min=0, max=1200, help="Keep personal data so many months; 0 keeps it for ever."),
    database: str | None = LOG,
) -> None:
    """Let the service redact what is older, every hour, on record."""
    with_store(ctx, database, lambda store: store.set_retention(location, months or None))
    say(f"{location} keeps personal data {f'for {months} months' if months else 'for ever'}.")


@retentions.command("show")
def show_retention(
    ctx: typer.Context, location: str = typer.Argument(help="The location's id."), database: str | None = LOG
) -> None:
    """Show how long a location keeps personal data, in months."""
    months = with_store(ctx, database, lambda store: store.retention(location))
    tell("for ever" if months is None else str(months))


@retentions.command("run")
def run_retention(
    ctx: typer.Context,
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would be redacted, and redact nothing."),
    trust_clock: bool = typer.Option(
        False,
        "--trust-clock",
        help="This machine's clock is right, even where it is further than the records vouch for.",
    ),
    database: str | None = LOG,
) -> None:
    """Redact what has outlived its location's retention, as the service does every hour."""
    now = datetime.now(UTC)
    run, locations = with_store(ctx, database, lambda store: store.find_due(now, trust_clock=trust_clock))
    if not locations:
        say("No location has a retention: all personal data is kept for ever.")
    for due in locations:
        count = len(due.entries)
        entries = f"{count:,} {'entry' if count == 1 else 'entries'}"
        say(f"{due.location}: {entries} sent before {due.before:%Y-%m-%d}, {due.months} months ago.")
        if dry_run:
            for entry in due.entries:
                tell(f"{due.location}  {entry.sent_at:%Y-%m-%dT%H:%MZ}  {entry.via:10}  {entry.id}")
    if run.is_held_back:
        say(
            f"The clock of this machine says {now:%Y-%m-%d}, but the newest records only vouch for "
            f"{run.believed:%Y-%m-%d}: "
            "retention goes by that. If the clock is right, --trust-clock goes by the clock."
        )
    if dry_run:
        say("Nothing was redacted.")
        return
    run = with_store(ctx, database, lambda store: store.redact_due(now, trust_clock=trust_clock))
    overwritten = with_store(ctx, database, lambda store: store.is_scrubbed())
    entries = "entry" if run.redacted == 1 else "entries"
    say(f"Redacted: {run.redacted:,} {entries}{_pending(overwritten, 'their')}.")


@keys.command("show")
@targeted
def show_key(ctx: typer.Context) -> None:
    """Print the key that signs a location's log, and the notes that tie earlier keys to it."""

    async def work(session: Session) -> ExitCode:
        from commlog_tui.ledger.keys import key_text

        checkpoint = await session.client.checkpoint(session.location.id)
        tell(key_text(checkpoint.key, checkpoint.introductions).rstrip("\n"))
        return ExitCode.OK

    with_session(ctx, work)


@keys.command("rotate")
def rotate_key(ctx: typer.Context, database: str | None = LOG) -> None:
    """Sign with a new key from now on; the old one introduces it and is forgotten."""

    async def rotate(store: Store) -> str:
        return stored_log(ctx, database).keys().rotate(await store.log_name()).signer.verifier.vkey

    tell(with_store(ctx, database, rotate))
    say(
        "The log signs with this key now. Whoever has seen the old one is led to it; give others what commlog key show "
        "prints."
    )
