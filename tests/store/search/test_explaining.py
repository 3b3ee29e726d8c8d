"""Why an entry matched, and what of it to mark."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.search_terms import known_lines, parse
from commlog_tui.records.instants import EPOCH
from commlog_tui.records.rows import CustomerRow, EntryRow
from commlog_tui.store.search.explaining import KnownPerson, explain

ENTRY = EntryRow(
    id="e-1", location="quay", seq=1, via="sms", to="07700 900123", title="Booking Confirmation",
    reference="7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", code="KB-1042",
    customer=CustomerRow("c-77", "Zoë Strauß", ("zoe@example.com",), ("020 7946 0123",)), source="manual", actor="a",
    direction="outbound", body="She asked for the gate-code of the pier again. " * 9, sent_at=EPOCH, recorded_at=EPOCH,
    status="logged", corrected=False, redacted=False,
)  # fmt: skip
PERSON = KnownPerson(("c-77", "zoe strauss", "zoe klein"), ("+44 7911 123456",), "Zoë Strauß")


def marked(query: str, **changes: Any) -> list[str]:
    """Each field that matched, with what is marked in brackets."""
    entry = msgspec.structs.replace(ENTRY, **changes)
    found = []
    for match in explain(parse(query, "GB"), entry, lambda: PERSON, "GB"):
        text = match.text
        for begin, end in reversed(match.spans):
            text = f"{text[:begin]}[{text[begin:end]}]{text[end:]}"
        found.append(f"{match.field}: {text}")
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("zoe", ["name: [Zoë] Strauß"]),
        ("auss zoe", ["name: [Zoë] Str[auß]"]),
        ("900123", ["to: 07700 [900123]"]),
        ("7700900123", ["to: [07700 900123]"]),
        ("+44 7700 900123", ["to: [07700 900123]"]),
        ("kb-10", ["code: [KB-10]42"]),
        ("7D3A1C9E5B", ["reference: [7d3a1c9e-5b]0f-4a6e-9c61-0e5d1f2a3b4c"]),
        ("confirm zoe", ["title: Booking [Confirm]ation", "name: [Zoë] Strauß"]),
        ("02079460123", ["other_number: [020 7946 0123]"]),
        ("+447911 123456", ["other_number: [+44 7911 123456]"]),
        ("zoe@example", ["other_address: [zoe@example].com"]),
        ("klein", ["other_name: zoe [klein]"]),
        ("c-77", ["customer_id: [c-77]"]),
    ],
)
def test_the_field_and_the_part_that_matched_are_named(query: str, expected: list[str]) -> None:
    assert sorted(marked(query)) == sorted(expected)


def test_of_a_long_text_the_part_around_the_match_is_shown() -> None:
    (match,) = explain(parse("gate cod", "GB"), ENTRY, lambda: PERSON, "GB")
    assert match.field == "body"
    assert match.text in (ENTRY.body or "")
    assert [match.text[begin:end] for begin, end in match.spans][:2] == ["gate", "cod"]
    assert len(match.text) <= 130


@given(st.text(max_size=20), st.text(min_size=1, max_size=6))
def test_any_text_can_be_explained(text: str, query: str) -> None:
    entry = msgspec.structs.replace(ENTRY, title=text, body=text, code=text, to=text[:5])
    person = KnownPerson(tuple(known_lines(None, text, "GB")), (text,), text)
    for match in explain(parse(query, "GB"), entry, lambda: person, "GB"):
        for begin, end in match.spans:
            assert 0 <= begin < end <= len(match.text)


@given(
    st.text(alphabet="abAB1-.' \n", max_size=30), st.lists(st.text(alphabet="ab1", min_size=1, max_size=3), min_size=1)
)
def test_a_text_is_marked_alike_whatever_letters_stand_behind(text: str, words: list[str]) -> None:
    (term, *_) = parse(words[0], None) or (None,)
    assert term is not None
    term = replace(term, words=(tuple(words),))
    entry = msgspec.structs.replace(ENTRY, title="", code=None, to="", customer=None, reference=None)
    one, other = (
        [match.spans for match in explain([term], msgspec.structs.replace(entry, body=body), KnownPerson, None)]
        for body in (text, f"{text} é")
    )
    assert one == other
