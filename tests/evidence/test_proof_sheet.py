"""The sheet: of the bundle alone, the same every time, whole on every page."""

import logging
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from commlog_tui.contract.location import Location
from commlog_tui.evidence import proof_sheet as sheets
from commlog_tui.evidence.pdf import Paper
from commlog_tui.evidence.proof_sheet import SheetSubject, render_proof_sheet
from commlog_tui.ledger.bundle import Bundle, BundleError
from tests.ledger.bundles import FIRST, MemoryLog, a_bundle, a_log
from tests.nasty import NASTY

MADE = datetime(2026, 7, 3, 9, 14, 5, tzinfo=UTC)
SUBJECT = SheetSubject("Booking TIDE42", Location(id="quay", name="Quay Boats", zone="Europe/London"), MADE)


@pytest.fixture
def sheet_texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is put on paper, in order."""
    texts: list[str] = []
    shown = Paper.printable_lines

    def heard(self: Paper, text: str) -> list[str]:
        lines = shown(self, text)
        texts.extend(lines)
        return lines

    monkeypatch.setattr(Paper, "printable_lines", heard)
    return texts


def streams(pdf: bytes) -> list[bytes]:
    found = re.findall(rb"stream\r?\n(.*?)\nendstream", pdf, re.DOTALL)
    return [zlib.decompress(raw) if raw[:1] == b"x" else raw for raw in found]


def test_it_tells_what_was_sent_to_whom_when_and_what_became_of_it(sheet_texts: list[str]) -> None:
    render_proof_sheet(a_bundle(), SUBJECT)
    text = "\n".join(sheet_texts)
    for words in (
        "Booking TIDE42: 2 entries",
        "Quay Boats (quay)",
        "Fri 3 Jul 2026 10:14:05 BST  (2026-07-03 09:14:05 UTC)",
        "no. 1 to 5; the log had 7",
        "Booking Confirmation",
        "ada@x.example",
        "email, outbound",
        "Mon 3 Nov 2025 09:00:00 GMT  (2025-11-03 09:00:00 UTC)",
        "accepted by the receiving server (nobody can see the inbox)",
        "in the provider's words: 550 no such user",
        "reported by mailer, recorded as no. 5",
        "1; each introduced the next",
        *(proved.leaf.hex() for proved in a_bundle().records),
        *a_bundle().checkpoint.split("\n"),
        a_bundle().key,
        "It cannot show that nothing was left out",
    ):
        assert words in text


def test_corrections_keep_the_original_readable(sheet_texts: list[str]) -> None:
    log = MemoryLog()
    log.add("entry", None, _MANUAL, via="phone", source="manual", direction="inbound", sent_at=1_762_160_400_000_000)
    changes = {
        "title": "Rang about a canoe",
        "customer": {"id": "c-7", "name": "Ada"},
        "sent_at": "2025-11-03T09:30:00Z",
    }
    log.add("correction", FIRST, {"changes": changes, "reason": "misheard"})
    render_proof_sheet(log.bundle((FIRST, (1, 2))), SUBJECT)
    answer = sheet_texts[sheet_texts.index("As first recorded") :]
    assert answer[1 : answer.index("The records and their hashes")] == [
        "Rang about a boat",
        "Title",
        "nothing",
        "Who",
        "Mon 3 Nov 2025 09:00:00 GMT  (2025-11-03 09:00:00 UTC)",
        "When",
        "Corrected by mailer, no. 2, Mon 3 Nov 2025 09:00:00 GMT",
        "Rang about a canoe",
        "Title",
        "Ada (c-7)",
        "Who",
        "Mon 3 Nov 2025 09:30:00 GMT  (2025-11-03 09:30:00 UTC)",
        "When",
        "misheard",
        "Because",
    ]


_MANUAL = {
    "body": "Wants two",
    "code": None,
    "customer": None,
    "reference": None,
    "title": "Rang about a boat",
    "to": "",
}


def test_a_redacted_entry_says_so(sheet_texts: list[str]) -> None:
    log = a_log()
    log.add("redaction", FIRST, {"reason": "asked"})
    log.forget(1, 3, 5)
    render_proof_sheet(log.bundle((FIRST, (1, 3, 5, 8))), SUBJECT)
    assert (
        "Its text and whom it was about were removed for good. That it was sent, and when, still stands." in sheet_texts
    )
    assert "because asked" in sheet_texts
    assert not [text for text in sheet_texts if "ada" in text]


def test_the_same_bundle_makes_the_same_bytes_and_is_in_them() -> None:
    pdf = render_proof_sheet(a_bundle(), SUBJECT)
    assert pdf == render_proof_sheet(a_bundle(), SUBJECT)
    assert a_bundle().write() in streams(pdf)
    assert Bundle.read(next(raw for raw in streams(pdf) if raw[:1] == b"{")) == a_bundle()


def test_nothing_is_printed_of_what_does_not_verify() -> None:
    bundle = a_bundle()
    with pytest.raises(BundleError):
        render_proof_sheet(msgspec.structs.replace(bundle, records=bundle.records[1:]), SUBJECT)


def test_nasty_texts_are_printed_in_every_field(caplog: pytest.LogCaptureFixture) -> None:
    log = MemoryLog()
    listed = []
    for text in (text.encode("utf-8", "replace").decode() for text in NASTY.values()):
        short = text[:120]
        customer = {"id": short or "c", "name": short, "addresses": [short], "numbers": [short]}
        number = log.entry(to=short, title=short or "x", body=text, code=short or None, customer=customer)
        entry = f"7d3a1c9e-5b0f-4a6e-9c61-{number:012d}"
        listed.append((entry, (number, log.event(entry, "bounced", detail=short, to=short))))
    with caplog.at_level(logging.WARNING):
        pdf = render_proof_sheet(log.bundle(*listed), SUBJECT)
    assert caplog.messages == []
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "draw",
    [
        lambda paper: paper.heading("x" * 2500, 3),
        lambda paper: paper.paragraph("漢字 " * 1200),
        lambda paper: paper.pair("Label", "word " * 1500, muted="x" * 3000),
        lambda paper: paper.columns([("No.", "Hash")] * 120, (20, 60)),
        lambda paper: [paper.pair("Label", "two\nlines") for _ in range(40)],
    ],
)
def test_whatever_fills_several_pages_has_its_font_and_its_foot_on_each(draw: Callable[[Paper], object]) -> None:
    paper = Paper("Sheet", "foot", MADE)
    draw(paper)
    pages = [raw for raw in streams(paper.to_bytes()) if b"BT" in raw and raw.startswith(b"2 J")]
    assert len(pages) == len(paper.pages) > 1
    for content in pages:
        shows = [at for at in (content.find(b"Tj"), content.find(b"TJ")) if at >= 0]
        assert content.index(b" Tf") < min(shows)
        assert len(re.findall(rb"\bq\b", content)) == len(re.findall(rb"\bQ\b", content))


def test_numbers_are_told_in_few_words() -> None:
    assert sheets.ranges([1, 2, 3, 7, 9, 10]) == "1 to 3, 7, 9 to 10"


def _in_japanese() -> Bundle:
    log = MemoryLog()
    log.add("entry", None, _MANUAL | {"title": "予約確認"}, via="phone", source="manual", direction="inbound")
    return log.bundle((FIRST, (1,)))


def test_the_first_page_says_which_characters_no_font_has(no_cjk_font: None, sheet_texts: list[str]) -> None:
    render_proof_sheet(_in_japanese(), SUBJECT)
    assert "<U+4E88><U+7D04><U+78BA><U+8A8D>" in sheet_texts
    (words,) = [text for text in sheet_texts if text.startswith("No font of the machine that made this sheet has")]
    assert "has 4 different characters of it, printed as numbers such as <U+4E88>; proof.json has them" in words
    assert "extra cjk" in words


def test_nothing_is_said_of_fonts_that_have_it_all(sheet_texts: list[str]) -> None:
    render_proof_sheet(_in_japanese(), SUBJECT)
    assert "予約確認" in sheet_texts
    assert not [text for text in sheet_texts if text.startswith("No font")]
