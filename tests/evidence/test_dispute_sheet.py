"""The dispute form: at most 20 pages and 1 MB, grey, in English, no page empty, and open about what is left out."""

import re
from typing import Any

import pytest

from commlog_tui.evidence import dispute_sheet
from commlog_tui.evidence.dispute_sheet import MOST_BYTES, MOST_PAGES, render_dispute_sheet
from commlog_tui.evidence.pdf import Paper
from commlog_tui.ledger.bundle import Bundle
from tests.evidence.test_proof_sheet import MADE, SUBJECT, sheet_texts, streams  # noqa: F401 - a fixture
from tests.ledger.bundles import MemoryLog, a_bundle
from tests.nasty import NASTY

_COLOURED = re.compile(rb"(?<![\w.])[\d.]+ [\d.]+ [\d.]+ (?:rg|RG)\b|[\d.]+ [\d.]+ [\d.]+ [\d.]+ (?:k|K)\b")
_SHOWS_TEXT = re.compile(rb"T[jJ]\b")
_DAY = 86_400_000_000


def many(count: int, body: str = "Dear Ada, your boat leaves at nine. " * 20, **fields: Any) -> Bundle:
    log = MemoryLog()
    roots = []
    for number in range(count):
        root = f"7d3a1c9e-5b0f-4a6e-9c61-{number + 1:012d}"
        personal: dict[str, Any] = {"to": "ada@x.example", "title": f"Reminder {number}", "body": body}
        personal |= {"code": "TIDE42", "customer": None, "reference": None, **fields}
        sent_at = 1_762_160_400_000_000 + number * _DAY
        log.add("entry", None, personal, via="email", source="workflow", direction="outbound", sent_at=sent_at)
        roots.append((root, (number + 1,)))
    return log.bundle(*roots)


def pages(pdf: bytes) -> int:
    found = re.search(rb"/Type /Pages.*?/Count (\d+)|/Count (\d+)", pdf, re.DOTALL)
    assert found is not None
    return int(found[1] or found[2])


def contents(pdf: bytes) -> list[bytes]:
    """The drawing of each page."""
    return [one for one in streams(pdf) if b"BT" in one and _SHOWS_TEXT.search(one)]


def check(pdf: bytes) -> None:
    """Everything that holds of every such sheet."""
    assert pages(pdf) <= MOST_PAGES
    assert len(pdf) <= MOST_BYTES
    assert len(contents(pdf)) == pages(pdf), "a page is empty"
    for drawing in contents(pdf):
        assert not _COLOURED.search(drawing)
        assert len(_SHOWS_TEXT.findall(drawing)) > 3, "a page has nothing but its foot"
    assert b"/Subtype /Image" not in pdf


@pytest.mark.parametrize("count", [1, 3, 500, 900])
def test_it_is_short_grey_and_small_however_many_there_are(count: int, sheet_texts: list[str]) -> None:  # noqa: F811 - a fixture
    pdf = render_dispute_sheet(many(count), SUBJECT)
    check(pdf)
    text = "\n".join(sheet_texts[-4000:])
    if count < 500:
        assert "Nothing.\nLeft out" in "\n".join(sheet_texts)
    else:
        left = re.findall(r"(?:he texts of the last) ([\d,]+) messages are not printed", "\n".join(sheet_texts))
        assert left
        printed = count - int(left[-1].replace(",", ""))
        assert 0 < printed < count
        assert f"{printed}.\nReminder {printed - 1}\n" in text
        assert f"{printed + 1}.\nReminder {printed}\n" not in text[text.rindex("What was sent") :]
    assert ("the oldest 100 messages are not in the list" in "\n".join(sheet_texts).lower()) == (count == 900)


def test_it_says_what_a_dispute_asks(sheet_texts: list[str]) -> None:  # noqa: F811 - a fixture
    check(render_dispute_sheet(a_bundle(), SUBJECT))
    text = "\n".join(sheet_texts)
    for words in ("Business", "Quay Boats", "Booking TIDE42", "Outcome", "All messages, the oldest first", "UTC"):
        assert words in text


def test_it_is_the_same_every_time() -> None:
    assert render_dispute_sheet(a_bundle(), SUBJECT) == render_dispute_sheet(a_bundle(), SUBJECT)


def test_html_is_printed_as_text(sheet_texts: list[str]) -> None:  # noqa: F811 - a fixture
    render_dispute_sheet(many(1, '<p>Your boat <a href="https://x.example/t">ticket</a></p>'), SUBJECT)
    assert "Your boat ticket (https://x.example/t)" in sheet_texts


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_any_text_is_printed(nasty: str) -> None:
    safe = nasty.encode("utf-8", "replace").decode()
    check(render_dispute_sheet(many(2, safe + "x", to=safe or "x", title=safe or "x"), SUBJECT))


def test_texts_too_large_for_the_file_are_left_out(monkeypatch: pytest.MonkeyPatch, sheet_texts: list[str]) -> None:  # noqa: F811 - a fixture
    whole = len(render_dispute_sheet(many(12), SUBJECT))
    monkeypatch.setattr(dispute_sheet, "MOST_BYTES", whole - 500)
    pdf = render_dispute_sheet(many(12), SUBJECT)
    assert len(pdf) <= whole - 500
    assert "messages are not printed" in "\n".join(sheet_texts)


def test_long_names_stay_in_their_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[tuple[str, ...]] = []
    columns = Paper.columns

    def heard(self: Paper, given: list[tuple[str, ...]], widths: tuple[float, ...], size: float = 7) -> None:
        rows.extend(given)
        for row in given:
            for text, width in zip(row, widths, strict=True):
                assert self.get_string_width(text) <= width
        columns(self, given, widths, size)

    monkeypatch.setattr(Paper, "columns", heard)
    render_dispute_sheet(many(1, title="W" * 200, to=f"{'漢' * 60}@example.com"), SUBJECT)
    assert rows[1][3].endswith("W…")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, bool]]:
    """Texts of cells, how much room each leaves in its cell, and whether letters are joined and run to the left."""
    found: list[tuple[str, float, bool]] = []
    cell = Paper.cell

    def seen(self: Paper, w: float | None = None, h: float | None = None, text: str = "", **options: Any) -> bool:
        if text:
            found.append((text, (w or self.epw) - self.get_string_width(text), bool(self.text_shaping)))
        return cell(self, w, h, text, **options)

    monkeypatch.setattr(Paper, "cell", seen)
    return found


def test_a_long_name_in_the_foot_leaves_room_for_the_page_number(drawn: list[tuple[str, float, bool]]) -> None:
    paper = Paper("Sheet", "Hafenbootsverleih und Stadtrundfahrten " * 5, MADE)
    paper.paragraph("Text")
    paper.to_bytes()
    numbers = [text for text, _, _ in drawn if text.startswith("Page ")]
    feet = [room for text, room, _ in drawn if text.startswith("Hafenbootsverleih")]
    assert len(numbers) == len(feet) == 1
    assert feet[0] >= 28


def test_rows_run_as_their_script_does_and_never_into_the_next_column(drawn: list[tuple[str, float, bool]]) -> None:
    render_dispute_sheet(many(1, title="אישור הזמנה", to="W" * 200), SUBJECT)
    shaped = {text: is_shaped for text, _, is_shaped in drawn}
    assert shaped["אישור הזמנה"]
    assert not shaped["email"]
    paper = Paper("List", "foot", MADE)
    paper.columns([("Title", "Next"), ("W" * 60, "x")], (30.0, 140.0))
    paper.close_fonts()
    assert all(room >= 0 for _, room, _ in drawn)


def test_a_heading_stays_with_the_fields_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pages_of: list[list[int]] = []
    subheading, pair = Paper.subheading, Paper.pair

    def head(self: Paper, text: str, number: int = 0) -> None:
        subheading(self, text, number)
        pages_of.append([self.page_no()])

    def field(self: Paper, *given: Any, **options: Any) -> None:
        pair(self, *given, **options)
        if pages_of:
            pages_of[-1].append(self.page_no())

    monkeypatch.setattr(Paper, "subheading", head)
    monkeypatch.setattr(Paper, "pair", field)
    for lines in range(3):
        pages_of.clear()
        render_dispute_sheet(many(30, body="Line\n" * lines, to=f"{'x' * 300}@example.com"), SUBJECT)
        assert len(pages_of) == 30
        assert [one for one in pages_of if one[0] != one[1]] == []
