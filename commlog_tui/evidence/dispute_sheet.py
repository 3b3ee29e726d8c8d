"""Print a proof bundle as one short PDF that a card dispute takes: small, grey, in English.

Card schemes and their processors take a few pages of a small file, and fax or scan them. At most 20
pages and 1 MB, whatever the log has: a list of all messages comes first, then as many texts as fit.
What is left out is named on the first page.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from typing_extensions import override

from commlog_tui.contract.entry import EntryDetail, Source
from commlog_tui.evidence.bundle_reader import read_entries
from commlog_tui.evidence.pdf import Paper
from commlog_tui.evidence.proof_sheet import SheetSubject, both, entry_fields, ranges
from commlog_tui.ledger.bundle import Bundle, verify_bundle
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.text.html_text import is_html, readable
from commlog_tui.text.wording import event_words

MOST_PAGES: Final = 20
MOST_BYTES: Final = 1_000_000
_MOST_ROWS: Final = 800
_LONGEST_TEXT: Final = 3_000
_WIDTHS: Final = (24.0, 16.0, 46.0, 54.0, 30.0)
_ROW_SIZE: Final = 7.5
_KEPT: Final = (
    "These messages were recorded when they were sent, in a log to which records can be added and in which none can be "
    "changed or removed unnoticed (a Merkle tree as in RFC 9162, whose root is signed). The whole bundle of records "
    "and proofs, which anybody can check without the business, is available on request."
)
_DELIVERED: Final = (
    "A delivery is what the mail or text provider reported at that time. Nobody can see who read a message."
)


class _FullError(Exception):
    """There are more pages than fit."""


class _ShortPaper(Paper):
    """A document that ends with an error where it becomes too long."""

    @override
    def add_page(self, *given: object, **named: object) -> None:
        """Begin a page."""
        if self.page_no() >= MOST_PAGES:
            raise _FullError
        super().add_page(*given, **named)  # type: ignore[arg-type] # as fpdf2 has it


def render_dispute_sheet(bundle: Bundle, subject: SheetSubject) -> bytes:
    """Verify a bundle and return its short PDF. The result is deterministic.

    Raises:
        BundleError: the bundle does not verify or cannot be read.
    """
    checkpoint = verify_bundle(bundle)
    details = sorted(read_entries(bundle), key=lambda one: (one.entry.sent_at, one.entry.seq))
    rows, texts = min(len(details), _MOST_ROWS), len(details)
    while True:
        sheet = _Sheet(details, rows, texts)
        try:
            sheet.print(bundle, checkpoint, subject)
        except _FullError:
            sheet.paper.close_fonts()
            rows, texts = (rows, sheet.printed) if sheet.printed < texts else (rows, texts - 1)
            if texts < 0:
                rows, texts = rows // 2, 0
            continue
        raw = sheet.paper.to_bytes()
        if len(raw) <= MOST_BYTES or not rows:
            return raw
        rows, texts = (rows, texts // 2) if texts else (rows // 2, 0)


class _Sheet:
    """One attempt, with so many rows of the list and so many texts."""

    paper: Paper

    def __init__(self, details: Sequence[EntryDetail], rows: int, texts: int) -> None:
        self._details = details
        self._rows = details[len(details) - rows :]
        self._texts = details[:texts]
        self.printed = 0
        """How many texts fitted."""

    def print(self, bundle: Bundle, checkpoint: Checkpoint, subject: SheetSubject) -> None:
        """Print everything. Raises ``_FullError``."""
        zone = ZoneInfo(subject.location.zone)
        foot = f"{subject.location.name}  ·  messages to the customer  ·  log no. up to {checkpoint.size:,}"
        self.paper = _ShortPaper("Evidence of messages to the customer", foot, subject.made_at)
        self._begin(bundle, checkpoint, subject, zone)
        self._list(zone)
        if self._texts:
            self.paper.heading("What was sent")
        for number, detail in enumerate(self._texts, 1):
            self._message(number, detail, zone)
            self.printed = number

    def _begin(self, bundle: Bundle, checkpoint: Checkpoint, subject: SheetSubject, zone: ZoneInfo) -> None:
        paper, details = self.paper, self._details
        paper.title_line("Evidence of messages to the customer")
        paper.pair("Business", subject.location.name)
        paper.pair("About", subject.words)
        if details:
            first, last = details[0].entry.sent_at, details[-1].entry.sent_at
            paper.pair("Messages", f"{len(details):,}, sent between {both(first, zone)} and {both(last, zone)}")
            counts = Counter(detail.entry.status.value for detail in details)
            paper.pair("Outcome", ", ".join(f"{count:,} {status}" for status, count in counts.most_common()))
        paper.pair("Times", f"Local times are those of {zone.key}; UTC stands in brackets.")
        paper.pair("Made", both(subject.made_at, zone))
        paper.pair("Left out", self._left_out())
        paper.heading("How this was recorded")
        paper.paragraph(_KEPT)
        paper.paragraph(_DELIVERED)
        numbers = ranges([detail.receipt.seq for detail in details[:_MOST_ROWS]])
        paper.pair("Records", f"no. {numbers[:_LONGEST_TEXT]}; the log had {checkpoint.size:,}", size=_ROW_SIZE)
        paper.pair("Signed root", bundle.checkpoint.rstrip("\n"), size=_ROW_SIZE)
        paper.pair("Key", bundle.key, size=_ROW_SIZE)
        paper.pair("Bundle", f"SHA-256 {sha256(bundle.write()).hexdigest()}", size=_ROW_SIZE)

    def _left_out(self) -> str:
        parts = []
        if rows := len(self._details) - len(self._rows):
            parts.append(f"the oldest {rows:,} messages are not in the list")
        if texts := len(self._details) - len(self._texts):
            parts.append(f"the texts of the last {texts:,} messages are not printed")
        if not parts:
            return "Nothing."
        words = ", and ".join(parts)
        return f"{words[0].upper()}{words[1:]}: this form has at most {MOST_PAGES} pages. The bundle has all of them."

    def _list(self, zone: ZoneInfo) -> None:
        self.paper.heading("All messages, the oldest first")
        rows = [("Sent", "Channel", "To", "What", "Outcome")]
        for detail in self._rows:
            entry = detail.entry
            sent = entry.sent_at.astimezone(zone)
            rows.append((f"{sent:%Y-%m-%d %H:%M}", entry.via, entry.to, entry.title, entry.status.value))
        fitted = [tuple(self._fitted(text, width) for text, width in zip(row, _WIDTHS, strict=True)) for row in rows]
        self.paper.columns(fitted, _WIDTHS, _ROW_SIZE)

    def _fitted(self, text: str, width: float) -> str:
        """Return the beginning of a text that fits into a column."""
        paper = self.paper
        line = paper.printable_lines(text)[0][:80]
        paper.set_font_size(_ROW_SIZE)
        return paper.fitted(line, width - 1)

    def _message(self, number: int, detail: EntryDetail, zone: ZoneInfo) -> None:
        paper, entry = self.paper, detail.entry
        paper.subheading(entry.title, number)
        if detail.redaction is not None:
            paper.paragraph("Its text and whom it was about were removed for good, as data protection asks.")
            return
        for label, words in entry_fields(entry, zone):
            if label in {"To", "With", "Via", "Sent", "Happened", "Booking code", "Recorded"}:
                paper.pair(label, words, size=8.5)
        self._outcome(detail, zone)
        if entry.body:
            body = readable(entry.body) if entry.source is not Source.MANUAL and is_html(entry.body) else entry.body
            paper.paragraph(body[:_LONGEST_TEXT], size=8.5)
            if (rest := len(body) - _LONGEST_TEXT) > 0:
                paper.paragraph(f"(The remaining {rest:,} characters are left out here.)", muted=True, size=8.5)

    def _outcome(self, detail: EntryDetail, zone: ZoneInfo) -> None:
        stage = detail.entry.status.value
        at: datetime | None = next((one.at for one in reversed(detail.events) if one.kind.value == stage), None)
        if at is not None:
            words = f"{stage}: {event_words(stage, detail.entry.via)}"
            self.paper.pair("Outcome", f"{words}, {both(at, zone)}", size=8.5)
