"""Render a proof bundle as a PDF for readers who have neither the log nor this program."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from commlog_tui.contract.customer import EntryCustomer, NewCustomer
from commlog_tui.contract.entry import Entry, EntryDetail, Source
from commlog_tui.contract.location import Location
from commlog_tui.evidence.bundle_reader import read_entries
from commlog_tui.evidence.delivery_facts import (
    NOT_KEPT,
    NOT_QUALIFIED,
    event_facts,
    event_source,
    message_facts,
    stage_facts,
)
from commlog_tui.evidence.fonts import missing_glyphs
from commlog_tui.evidence.pdf import Paper
from commlog_tui.ledger.bundle import Bundle, verify_bundle
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.record import decode_public
from commlog_tui.records.kinds import words_of
from commlog_tui.text.authors import author
from commlog_tui.text.moments import local, utc
from commlog_tui.text.wording import FIELD_NAMES, event_words

ATTACHED: Final = "proof.json"
"""File name of the bundle within the PDF."""

_SIGNED: Final = 7.5
_WHOSE_KEY: Final = (
    "Ask whoever keeps the log which key signs it, by another way than the one by which you got this sheet, and "
    "compare it "
    "letter by letter with the key above. Everything else can be checked by anybody:"
)
_TAKE_OUT: Final = (
    f"Take the file {ATTACHED} out of this PDF: most viewers list attachments, and so does pdfdetach -saveall. "
    "Its SHA-256 is the one above."
)
_BY_PROGRAM: Final = f"With the program: commlog proof check {ATTACHED}"
_BY_SCRIPT: Final = (
    "Without it: docs/proof.md, a page that comes with commlog, prints a script of less than 200 lines that needs "
    "nothing of "
    "commlog's. It hashes every record again, follows its inclusion proof (RFC 9162) to the root, and checks the "
    "signature "
    "of the root (Ed25519)."
)
_SHOWS: Final = (
    "It shows that these records, to the letter, were part of the log when the checkpoint was signed, and in which "
    "order the log accepted them."
)
_NOT_ALL: Final = (
    "It cannot show that nothing was left out: an event that came in later, or that whoever made this left out, would "
    "not be "
    "missed. Which numbers are shown, and how many records the log had, stands on the first page. The log's numbers "
    "have no "
    "gaps, so whoever holds it can look at every one between."
)
_NOT_READ: Final = (
    "It cannot show what is in an inbox. A delivery event is what a delivery provider reported, at the time that the "
    "provider gave."
)
_CLOCKS: Final = (
    "The time of recording comes from the clock of the log's service; the time of sending or happening, from "
    "whoever sent it."
)


@dataclass(frozen=True, slots=True)
class SheetSubject:
    """What a sheet is about, and from which location."""

    words: str
    location: Location
    made_at: datetime


def render_proof_sheet(bundle: Bundle, subject: SheetSubject) -> bytes:
    """Verify a bundle and return its PDF, with the bundle attached. The result is deterministic.

    Raises:
        BundleError: the bundle does not verify or cannot be read.
    """
    checkpoint = verify_bundle(bundle)
    details = read_entries(bundle)
    zone = ZoneInfo(subject.location.zone)
    raw = bundle.write()
    size = f"checkpoint of {checkpoint.size:,} records"
    paper = Paper("Proof sheet", f"commlog proof sheet  ·  {subject.location.id}  ·  {size}", subject.made_at)
    _begin(paper, bundle, checkpoint, subject, zone)
    for number, detail in enumerate(details, 1):
        _entry(paper, number, detail, zone)
    _end(paper, bundle, raw)
    paper.attach(ATTACHED, raw, subject.made_at)
    return paper.to_bytes()


def _begin(paper: Paper, bundle: Bundle, checkpoint: Checkpoint, subject: SheetSubject, zone: ZoneInfo) -> None:
    paper.title_line("Proof sheet")
    count = len(bundle.entries)
    paper.pair("About", f"{subject.words}: {count:,} {'entry' if count == 1 else 'entries'}")
    paper.pair("From the log of", f"{subject.location.name} ({subject.location.id})")
    paper.pair("Made", both(subject.made_at, zone))
    paper.pair(
        "Times",
        f"Local times are those of {zone.key}, with the name of the time then in force; UTC stands in brackets.",
    )
    paper.pair("Records shown", f"no. {ranges([one.seq for one in bundle.records])}; the log had {checkpoint.size:,}")
    paper.ln(2)
    paper.paragraph(
        "What follows is printed from the records themselves, after each was found to be part of what the log has "
        "signed. "
        f"The same records are attached to this PDF as {ATTACHED}, in a form that anybody can check; the end of this "
        "sheet "
        "says how, and what no such check can show. Where a character cannot be printed or cannot be seen, its number "
        "stands "
        "for it, as in <U+202E>."
    )
    if missing := _missing_glyphs(bundle, subject):
        paper.paragraph(missing)


def _missing_glyphs(bundle: Bundle, subject: SheetSubject) -> str:
    """Return sentences about characters that no font has, or ""."""
    texts = [subject.words, subject.location.name, *(f"{one.record}{one.personal or ''}" for one in bundle.records)]
    missing = missing_glyphs("".join(texts))
    if not missing:
        return ""
    count = "1 character" if len(missing) == 1 else f"{len(missing):,} different characters"
    return (
        f"No font of the machine that made this sheet has {count} of it, printed as numbers such as "
        f"<U+{ord(missing[0]):04X}>; {ATTACHED} has them as they are. The extra cjk of commlog brings a font for "
        "Chinese, "
        "Japanese and Korean."
    )


def _entry(paper: Paper, number: int, detail: EntryDetail, zone: ZoneInfo) -> None:
    entry = detail.entry
    paper.heading(entry.title, number)
    if detail.redaction is None:
        for label, words in entry_fields(entry, zone):
            paper.pair(label, words)
        if entry.starts_at is not None:
            paper.pair("Begins", both(entry.starts_at, zone))
        for label, parts in message_facts(entry):
            paper.pair(label, *parts)
        if entry.body:
            paper.subheading("Notes" if entry.source is Source.MANUAL else "Text as sent")
            paper.paragraph(entry.body)
    else:
        _redacted(paper, detail, zone)
    for label, parts in stage_facts(detail):
        paper.pair(label, *parts)
    _events(paper, detail, zone)
    _resolutions(paper, detail, zone)
    _corrections(paper, detail, zone)


def entry_fields(entry: Entry, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Yield label and words of what an entry says of itself."""
    manual = entry.source is Source.MANUAL
    yield ("To" if entry.direction.value == "outbound" else "With"), entry.to or "nobody named"
    yield "Via", f"{entry.via}, {entry.direction.value}"
    yield ("Happened" if manual else "Sent"), both(entry.sent_at, zone)
    if entry.customer:
        yield "Customer", _customer(entry.customer)
    if entry.code:
        yield "Booking code", entry.code
    if entry.reference:
        yield "Reference", entry.reference
    yield "Written by", f"{author(entry)} ({'a person, by hand' if manual else entry.source.value})"
    yield "Recorded", f"as no. {entry.seq}, {both(entry.recorded_at, zone)}"
    yield "Entry", entry.id


def _redacted(paper: Paper, detail: EntryDetail, zone: ZoneInfo) -> None:
    entry, redaction = detail.entry, detail.redaction
    paper.pair("Via", f"{entry.via}, {entry.direction.value}")
    paper.pair("Sent", both(entry.sent_at, zone))
    paper.pair("Recorded", f"as no. {entry.seq}, {both(entry.recorded_at, zone)}")
    paper.pair("Entry", entry.id)
    if redaction is not None:
        words = "Its text and whom it was about were removed for good. That it was sent, and when, still stands."
        because = f"because {redaction.reason}"
        source = f"by {author(redaction)}, recorded as no. {redaction.seq}, {both(redaction.recorded_at, zone)}"
        paper.pair("Redacted", words, because, muted=source)


def _events(paper: Paper, detail: EntryDetail, zone: ZoneInfo) -> None:
    if detail.entry.source is Source.MANUAL:
        return
    paper.subheading("What became of it")
    if not detail.events:
        paper.paragraph("Nothing was reported of its delivery.")
    for event in detail.events:
        paper.pair(
            event.kind.value,
            event_words(event.kind.value, detail.entry.via),
            both(event.at, zone),
            *event_facts(event, detail.entry),
            muted=event_source(event),
        )


def _resolutions(paper: Paper, detail: EntryDetail, zone: ZoneInfo) -> None:
    for resolution in detail.resolutions:
        source = f"recorded as no. {resolution.seq}"
        note = [resolution.note] if resolution.note else []
        paper.pair(
            "Dealt with",
            f"by {author(resolution)}",
            both(resolution.recorded_at, zone),
            *note,
            muted=source,
        )


def _corrections(paper: Paper, detail: EntryDetail, zone: ZoneInfo) -> None:
    if detail.original is not None:
        paper.subheading("As first recorded")
        changed = {name for correction in detail.corrections for name in correction.changes.model_fields_set}
        _changed_fields(paper, dict(detail.original), changed, zone)
    for correction in detail.corrections:
        paper.subheading(
            f"Corrected by {author(correction)}, no. {correction.seq}, {local(correction.recorded_at, zone)}"
        )
        _changed_fields(paper, dict(correction.changes), correction.changes.model_fields_set, zone)
        if correction.reason:
            paper.pair("Because", correction.reason)


def _changed_fields(paper: Paper, fields: Mapping[str, object], names: set[str], zone: ZoneInfo) -> None:
    for name in (name for name in FIELD_NAMES if name in names):
        value = fields[name]
        if isinstance(value, datetime):
            paper.pair(FIELD_NAMES[name], both(value, zone))
        elif isinstance(value, EntryCustomer | NewCustomer):
            paper.pair(FIELD_NAMES[name], _customer(value))
        else:
            paper.pair(FIELD_NAMES[name], str(value) if value else "nothing")


def _end(paper: Paper, bundle: Bundle, raw: bytes) -> None:
    paper.heading("The records and their hashes")
    paper.paragraph(
        "Each record's leaf hash in the log's Merkle tree (RFC 9162): SHA-256 of a zero byte and the record's "
        "canonical text.",
        muted=True,
        size=8.5,
    )
    read = [(one, decode_public(one.record.encode())) for one in bundle.records]
    rows = [
        (str(one.seq), words_of(public.kind), _recorded(public.recorded_at), one.leaf.hex()) for one, public in read
    ]
    paper.columns([("No.", "Kind", "Recorded", "Leaf hash"), *rows], (12, 24, 36, 98))
    paper.heading("What the log signed")
    paper.pair("Checkpoint", bundle.checkpoint.rstrip("\n"), size=_SIGNED)
    paper.pair("Key", bundle.key, size=_SIGNED)
    if bundle.introductions:
        count = len(bundle.introductions)
        paper.pair("Earlier keys", f"{count}; each introduced the next, in notes that are in {ATTACHED}", size=_SIGNED)
    paper.pair(ATTACHED, f"SHA-256 {sha256(raw).hexdigest()}", size=_SIGNED)
    paper.heading("How to check this")
    paper.paragraph(_WHOSE_KEY)
    for number, words in enumerate((_TAKE_OUT, _BY_PROGRAM, _BY_SCRIPT), 1):
        paper.pair(f"{number}.", words, width=8)
    paper.heading("What it shows, and what it cannot")
    for words in (_SHOWS, _NOT_ALL, _NOT_READ, NOT_KEPT, _CLOCKS, NOT_QUALIFIED):
        paper.paragraph(words)


def both(instant: datetime, zone: ZoneInfo) -> str:
    """Return a time in the location's zone and in UTC."""
    return f"{local(instant, zone)}  ({utc(instant)})"


def ranges(seqs: list[int]) -> str:
    """Format numbers as ranges: ``1 to 3, 7``."""
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and seq == runs[-1][-1] + 1:
            runs[-1].append(seq)
        else:
            runs.append([seq])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _customer(customer: EntryCustomer | NewCustomer) -> str:
    return f"{customer.name} ({customer.id})" if customer.name else customer.id


def _recorded(microseconds: int) -> str:
    return utc(datetime.fromtimestamp(microseconds // 1_000_000, UTC))
