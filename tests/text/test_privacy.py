"""What a guest who sees the screen can read: nothing of others."""

import pytest

from commlog_tui.contract.entry import EntryDetail
from commlog_tui.text.details import detail_lines
from commlog_tui.text.privacy import mask, masked, masked_detail
from commlog_tui.text.rows import cells
from tests.desk.samples import LONDON, NOW, a_detail, an_entry, an_id

SECRETS = ("Zo", "Quay", "example", "900123", "550", "Gate", "Smith")


def a_full_detail() -> EntryDetail:
    entry = an_entry(
        source="manual", title="Call with Zoë Quay", body="Gate code 4711", to="+44 7700 900123", corrected=True
    )
    fields = {"actor": "Front desk", "recorded_at": NOW, "seq": 9, "id": an_id(9)}
    events = [
        {**fields, "kind": "bounced", "at": NOW, "to": "zoe@example.com", "detail": "550 zoe@example.com unknown"}
    ]
    changes = {
        "title": "Call with Smith",
        "to": "zoe@example.com",
        "customer": {"id": "c-1", "name": "Zoë"},
        "body": "Gate code",
    }
    corrections = [{**fields, "changes": changes, "reason": "It was Zoë"}]
    return a_detail(entry, original=entry, events=events, corrections=corrections)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ""),
        ("07700 900123", "•••23"),
        ("+44 (0)20 7946-0123", "•••23"),
        ("a1234@example.com", "•••"),
        ("Zoë", "•••"),
        ("12", "•••"),
    ],
)
def test_of_a_number_two_digits_are_left_and_of_others_nothing(text: str, left: str) -> None:
    assert mask(text) == left


def test_no_row_and_no_detail_tells_who_it_is() -> None:
    detail = masked_detail(a_full_detail())
    shown = [line.text for line in detail_lines(detail, LONDON, NOW, 60)] + list(
        cells(masked(a_full_detail().entry), LONDON).values()
    )
    assert not [text for text in shown if any(secret in text for secret in SECRETS)]
    assert any("bounced" in text for text in shown)


def test_the_title_of_a_template_is_nobodys_secret() -> None:
    assert masked(an_entry(title="Booking Confirmation")).title == "Booking Confirmation"


def test_the_entry_itself_stays_whole() -> None:
    entry = an_entry()
    masked(entry)
    assert entry == an_entry()
