"""Proof sheets made at the desk: what one can be about, and where its files go."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from commlog_tui.desk.session import Session
from commlog_tui.private_files import make_folder
from commlog_tui.text.hygiene import safe

if TYPE_CHECKING:
    from textual.app import App

    from commlog_tui.contract.entry import Entry
    from commlog_tui.contract.location import Location
    from commlog_tui.ledger.bundle import Bundle

_UNFIT: Final = re.compile("[^A-Za-z0-9-]+")
_LONGEST_NAME: Final = 40
_READ_SECONDS: Final = 30.0
LINE: Final = 70
"""Characters of a line in a card."""
_MADE: Final = re.compile(r"proof-(?P<subject>.*)-\d{8}-\d{6}(-[0-9a-f]{8})?\.(?P<kind>pdf|json)")


@dataclass(frozen=True, slots=True)
class ProofSubject:
    """Subject of a proof sheet: its words on screen and on paper, file name and query."""

    shown: str
    words: str
    name: str
    find: Callable[[Session], Awaitable[list[str]]]
    form: str = "full"
    """``full``, or ``dispute``: short and grey, for a card dispute."""
    hidden: str = ""
    """What is shown in privacy mode, if that differs."""


@dataclass(frozen=True, slots=True)
class MadeProof:
    """A proof sheet on disk: its PDF (or its bundle alone), subject and time."""

    path: Path
    subject: str
    made_at: datetime


class ProofError(Exception):
    """There is no proof sheet; the sentence says why."""


def subjects(entry: "Entry") -> tuple[ProofSubject, ...]:
    """Return the possible subjects of a proof sheet for an entry."""
    offered = [ProofSubject("This entry", "One entry", f"entry-{entry.id[:8]}", lambda _: _only(entry.id))]
    if booking := entry.reference or entry.code:
        called = entry.code or booking
        offered.append(
            ProofSubject(
                f"All of booking {safe(called)}",
                f"Booking {called}",
                f"booking-{called}",
                lambda session: _of_booking(session, booking),
            )
        )
    if customer := entry.customer:
        offered.append(
            ProofSubject(
                f"All of {safe(customer.name or customer.id)}",
                f"Customer {customer.id}",
                f"customer-{customer.id}",
                lambda session: _of_customer(session, customer.id),
                hidden="All of this customer",
            )
        )
    return tuple(offered)


def subject_of(entries: "Sequence[Entry]") -> ProofSubject:
    """Return the subject of one proof sheet for selected entries."""
    ids = [entry.id for entry in entries]

    async def find(_: Session) -> list[str]:
        return ids

    return ProofSubject(f"The {len(ids)} selected", f"{len(ids)} selected entries", f"selected-{len(ids)}", find)


async def make(session: Session, subject: ProofSubject, folder: Path) -> tuple[Path, Path]:
    """Make a sheet and its bundle in a folder, and return where they are.

    Raises:
        ProofError: there is nothing to prove, it does not verify, or the files cannot be written;
            nothing was kept.
        ClientError: the service could not be asked.
    """
    from commlog_tui.evidence.bundle_builder import build_bundle
    from commlog_tui.ledger.bundle import BundleError

    found = await subject.find(session)
    if not found:
        raise ProofError("These entries are not in the log any more. No proof sheet was made.")
    try:
        bundle = await build_bundle(session.client, session.location, found)
        return await asyncio.to_thread(_written, bundle, subject, session.place.location, folder)
    except BundleError as error:
        raise ProofError(f"No proof sheet was made: what the log gives does not verify. {error}") from None
    except OSError as error:
        words = f"The proof sheet cannot be written: {error.strerror or error}."
        raise ProofError(f"{words} Nothing was kept; set proof_folder to a folder that can be written to.") from None


async def make_and_report(
    app: "App[None]", session: Session, subject: ProofSubject, folder: Path, note: Callable[[str], None]
) -> None:
    """Make a sheet, note that meanwhile, and say that it is made or why it is not."""
    from commlog_tui.client.errors import ClientError

    note("making a proof sheet")
    try:
        await make(session, subject, folder)
    except ProofError as error:
        words = safe(str(error))
    except ClientError as error:
        words = f"{error} No proof sheet was made."
    else:
        app.notify("Proof sheet made. Z opens it.", markup=False)
        return
    finally:
        note("")
    app.notify(words, title="No proof sheet", severity="error", timeout=_READ_SECONDS, markup=False)


def _written(bundle: "Bundle", subject: ProofSubject, place: "Location", folder: Path) -> tuple[Path, Path]:
    """Draw the sheet, which takes a while, and write both files or none."""
    from commlog_tui.evidence.dispute_sheet import render_dispute_sheet
    from commlog_tui.evidence.proof_sheet import SheetSubject, render_proof_sheet
    from commlog_tui.private_files import write_new_private

    now = datetime.now(UTC)
    render = render_dispute_sheet if subject.form == "dispute" else render_proof_sheet
    pdf = render(bundle, SheetSubject(subject.words, place, now))
    make_folder(folder)
    prefix = "dispute-" if subject.form == "dispute" else ""
    name = _UNFIT.sub("-", f"{prefix}{subject.name}")[:_LONGEST_NAME].strip("-")
    stem = folder / f"proof-{name}-{now:%Y%m%d-%H%M%S}"
    if any(stem.with_suffix(end).exists() for end in (".pdf", ".json")):
        stem = stem.with_name(f"{stem.name}-{uuid4().hex[:8]}")
    paper, proof = stem.with_suffix(".pdf"), stem.with_suffix(".json")
    write_new_private(proof, bundle.write())
    try:
        write_new_private(paper, pdf)
    except OSError:
        proof.unlink(missing_ok=True)
        raise
    return paper, proof


def made_in(folder: Path) -> tuple[MadeProof, ...]:
    """Return the proof sheets in a folder, newest first, without unreadable ones."""
    found: list[MadeProof] = []
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                parts = _MADE.fullmatch(path.name)
                if parts and (parts["kind"] == "pdf" or not path.with_suffix(".pdf").exists()):
                    made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                    found.append(MadeProof(path, parts["subject"], made_at))
    return tuple(sorted(found, key=lambda one: (one.made_at, one.path.name), reverse=True))


def folded(path: Path, width: int) -> str:
    """Return a path wrapped between its folders. A longer name stays whole."""
    lines = [""]
    for part in re.split("(?<=[/\\\\])", safe(str(path))):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


async def _only(entry_id: str) -> list[str]:
    return [entry_id]


async def _of_booking(session: Session, booking: str) -> list[str]:
    from commlog_tui.evidence.bundle_builder import entries_of_booking

    return await entries_of_booking(session.client, session.location, booking)


async def _of_customer(session: Session, customer_id: str) -> list[str]:
    from commlog_tui.evidence.bundle_builder import entries_of_customer

    return await entries_of_customer(session.client, session.location, customer_id)
