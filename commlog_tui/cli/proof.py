"""``commlog proof``: proof sheets, made of the log and checked without it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from commlog_tui.cli.command_line import Commands
from commlog_tui.cli.connection import Session, TargetOptions, targeted
from commlog_tui.cli.entries import with_session
from commlog_tui.cli.entry_ids import whole_id
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.progress import progress_bar
from commlog_tui.cli.words import say, stopped, tell
from commlog_tui.evidence.extras import HOW_TO_INSTALL, has_proof_extra

if TYPE_CHECKING:
    from commlog_tui.ledger.bundle import Bundle

proofs = Commands(
    help="Proof sheets: what was sent, to whom and when, checkable without the log.", no_args_is_help=True
)
PDF: Final = typer.Option(None, help="Where the sheet goes, for people to read.", show_default=False)
BUNDLE: Final = typer.Option(None, "--json", help="Where the bundle goes, for anybody to check.", show_default=False)

FORM: Final = typer.Option(
    "full", "--form", help="Form of the sheet: full, or dispute (grey, at most 20 pages and 1 MB)."
)
_FORMS: Final = ("full", "dispute")

Find = Callable[[Session], Awaitable[list[str]]]


@proofs.command("entry")
@targeted
def of_entry(
    ctx: typer.Context,
    entry_id: str = typer.Argument(help="The entry's id, or the beginning of it."),
    pdf: Path | None = PDF,
    bundle: Path | None = BUNDLE,
    form: str = FORM,
) -> None:
    """Prove one entry, with its delivery events, corrections and redaction."""

    async def find(session: Session) -> list[str]:
        return [await whole_id(session, entry_id)]

    _make(ctx, "One entry", find, pdf, bundle, form)


@proofs.command("booking")
@targeted
def of_booking(
    ctx: typer.Context,
    booking: str = typer.Argument(help="The booking's UUID, or its code."),
    pdf: Path | None = PDF,
    bundle: Path | None = BUNDLE,
    form: str = FORM,
) -> None:
    """Prove all entries of a booking."""

    async def find(session: Session) -> list[str]:
        from commlog_tui.evidence.bundle_builder import entries_of_booking

        return await entries_of_booking(session.client, session.location.id, booking)

    _make(ctx, f"Booking {booking}", find, pdf, bundle, form)


@proofs.command("customer")
@targeted
def of_customer(
    ctx: typer.Context,
    customer_id: str = typer.Argument(help="The customer's id."),
    pdf: Path | None = PDF,
    bundle: Path | None = BUNDLE,
    form: str = FORM,
) -> None:
    """Prove a customer's whole history."""

    async def find(session: Session) -> list[str]:
        from commlog_tui.evidence.bundle_builder import entries_of_customer

        return await entries_of_customer(session.client, session.location.id, customer_id)

    _make(ctx, f"Customer {customer_id}", find, pdf, bundle, form)


def _make(ctx: typer.Context, words: str, find: Find, pdf: Path | None, bundle: Path | None, form: str) -> None:
    if form not in _FORMS:
        raise stopped(
            f"There is no form of this name; known are {' and '.join(_FORMS)}. Nothing was made.", ExitCode.USAGE
        )
    if form != "full" and pdf is None:
        raise stopped("Only a PDF has a form: say where it goes with --pdf FILE. Nothing was made.", ExitCode.USAGE)
    targets = [path for path in (bundle, pdf) if path is not None]
    if not targets:
        raise stopped("Say where it goes: --pdf FILE, --json FILE or both. Nothing was made.", ExitCode.USAGE)
    for path in targets:
        if path.exists():
            raise stopped(f"{path} is there already. Nothing was made.", ExitCode.USAGE)

    if pdf is not None and not has_proof_extra():
        raise stopped(f"{HOW_TO_INSTALL} Nothing was made; --json FILE makes the bundle without it.", ExitCode.TROUBLE)

    async def work(session: Session) -> ExitCode:
        from commlog_tui.evidence.bundle_builder import build_bundle
        from commlog_tui.ledger.bundle import BundleError

        found = await find(session)
        if not found:
            raise stopped("There are no such entries. Nothing was made.", ExitCode.NOTHING)
        try:
            with progress_bar(words) as progress:
                made = await build_bundle(session.client, session.location.id, found, progress)
            sheet = b"" if pdf is None else _render(session, words, made, form)
            _write((pdf, sheet), (bundle, made.write()))
        except BundleError as error:
            raise stopped(
                f"{error} The log itself does not verify here; commlog verify says more.", ExitCode.TAMPERED
            ) from None
        _report(made, targets)
        return ExitCode.OK

    with_session(ctx, work)


def _render(session: Session, words: str, made: "Bundle", form: str) -> bytes:
    from commlog_tui.evidence.dispute_sheet import render_dispute_sheet
    from commlog_tui.evidence.proof_sheet import SheetSubject, render_proof_sheet

    subject = SheetSubject(words, session.location, datetime.now(UTC))
    return render_dispute_sheet(made, subject) if form == "dispute" else render_proof_sheet(made, subject)


def _write(pdf: tuple[Path | None, bytes], bundle: tuple[Path | None, bytes]) -> None:
    from commlog_tui.private_files import write_new_private

    contents = [(path, content) for path, content in (bundle, pdf) if path is not None]
    written: list[Path] = []
    try:
        for path, content in contents:
            write_new_private(path, content)
            written.append(path)
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise stopped(
            f"The files cannot be written: {error.strerror or error}. Nothing was kept.", ExitCode.TROUBLE
        ) from None


def _report(made: "Bundle", targets: list[Path]) -> None:
    count, records = len(made.entries), len(made.records)
    amounts = f"{count:,} {'entry' if count == 1 else 'entries'}, {records:,} {'record' if records == 1 else 'records'}"
    tell(f"{amounts}: {', '.join(map(str, targets))}")
    say("What is in there is personal data, in full; only you can read the files.")


@proofs.command("check")
def check(
    ctx: typer.Context,
    file: Path = typer.Argument(help="The bundle."),
    key: Path | None = typer.Option(
        None, help="The key it must be signed with, name+hash+key, or a checkpoint that was saved.", show_default=False
    ),
) -> None:
    """Check a bundle without the log: each record, its proof, the signature, and whose it is."""
    from commlog_tui.cli.proof_check import checked

    options: TargetOptions = ctx.obj
    raise typer.Exit(checked(file, key, options))
