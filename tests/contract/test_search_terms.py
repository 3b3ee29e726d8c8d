"""What a query is made of."""
# ruff: noqa: RUF001 - digits of another script are typed, too

import pytest

from commlog_tui.contract.search_matching import Texts, matches
from commlog_tui.contract.search_terms import known_lines, parse, text_words
from commlog_tui.records.rows import CustomerRow


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("isla bakker", ["isla", "bakker"]),
        ("isla 07700 900123", ["isla", "07700 900123"]),
        ("+44 (0)7700 900-123 isla", ["+44 (0)7700 900-123", "isla"]),
        ("tel:+44-7700-900123", ["tel:+44-7700-900123"]),
        ("isla - 07700 - 900123 - gate", ["isla", "-", "07700 - 900123", "gate"]),
        ("gate 12", ["gate", "12"]),
        ("+447700900123 +447700900999", ["+447700900123", "+447700900999"]),
        ("447700900123 07700900999", ["447700900123", "07700900999"]),
        ("٠٧٧٠٠ ٩٠٠١٢٣", ["٠٧٧٠٠ ٩٠٠١٢٣"]),
        ("isla isla ISLA", ["isla"]),
        ("  ", []),
    ],
)
def test_a_number_is_one_term_and_every_other_word_its_own(query: str, texts: list[str]) -> None:
    assert [term.text for term in parse(query, "GB")] == texts


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("07700 900123", True), ("+44 7700 900123", True), ("00447700900123", True), ("900123", True), ("9001", True),
        ("zoe muller", True), ("müller", True), ("ull", True), ("zoe@", True), ("c-77", True), ("rmation", True),
        ("kb-10", True), ("b-1042", False), ("7d3a1c", True), ("7D3A1C9E5B0F", True), ("7d3", False), ("3a1c", False),
        ("gate", True), ("gat cod", True), ("ate", False), ("gate-code", True), ("gate code zoe", True),
        ("zoe 900123 kb-1042 gate", True), ("zoe 900124", False), ("straße", True), ("हिन्दी", True), ("!", False),
    ],
)  # fmt: skip
def test_every_term_must_hold_in_some_field(query: str, is_found: bool) -> None:
    customer = CustomerRow("c-77", "Zoë Müller", ("zoe@example.com",), ("+44 7700 900123",))
    texts = Texts(
        people=tuple(known_lines(customer, "07700 900123", "GB")),
        title="booking confirmation",
        code="kb-1042",
        reference="7d3a1c9e5b0f4a6e9c610e5d1f2a3b4c",
        words=text_words("Gate-code is 1234, Strasse. हिन्दी"),
    )
    assert matches(parse(query, "GB"), texts) is is_found


def test_a_number_in_a_text_is_found_as_it_is_written_there() -> None:
    texts = Texts(words=text_words("call back on 07700 900123 or +447700900999"))
    for query in ("07700 900123", "call 07700 900123", "447700900999", "+447700900999", "900123"):
        assert matches(parse(query, "GB"), texts), query


def test_a_redacted_entry_is_never_found() -> None:
    for query in ("a", "1234", "-", "0" * 32):
        assert not matches(parse(query, "GB"), Texts()), query
