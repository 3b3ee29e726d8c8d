"""Whether an entry matches a query, as the log would say from what the entry itself holds."""

from datetime import timedelta

import pytest

from commlog_tui.contract.entry import Entry
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.reader.known_entries import KnownEntries
from commlog_tui.desk.reader.matching import matches
from tests.desk.samples import NOW, REFERENCE, an_entry

ENTRY = an_entry(1, code="HB-2041", kind="reminder")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "zoe"},
        {"q": "REMINDER quay"},
        {"q": "+44 7700 900123"},
        {"q": "900123"},
        {"q": "hb-20"},
        {"q": REFERENCE[:8]},
        {"q": "zoe@example"},
        {"q": "c-1"},
        {"to": "+447700900123"},
        {"to": "07700900123"},
        {"reference": REFERENCE.upper()},
        {"since": ENTRY.sent_at, "until": NOW},
        {"status": ["bounced", "delivered"], "via": ["sms", "email"], "source": "workflow"},
        {"kind": "reminder"},
        {"title": ENTRY.title.upper(), "code": "hb-2041"},
        {"not_via": ["email"], "not_status": ["bounced"], "not_source": ["manual"], "not_kind": ["survey"]},
        {"not_to": ["adam@example.com"], "not_customer_id": ["c-2"], "not_title": ["Reminder"], "not_code": ["HB-20"]},
        {"not_day": [ENTRY.sent_at.date() - timedelta(days=1)]},
    ],
)
def test_it_matches(query: dict[str, object]) -> None:
    entry = (
        an_entry(1, code="HB-2041", kind="reminder", to="+447700900123")
        if "+" in str(query.get("to", query.get("q")))
        else ENTRY
    )
    assert matches(entry, EntryQuery.model_validate(query))


@pytest.mark.parametrize(
    "query",
    [
        {"q": "zoe zzz"},
        {"q": "notes"},
        {"to": "07700 900124"},
        {"until": ENTRY.sent_at},
        {"since": NOW},
        {"status": ["bounced"]},
        {"source": "manual"},
        {"kind": "survey"},
        {"via": ["email"]},
        {"customer_id": "c-2"},
        {"reference": "11111111-6a4e-4f0e-8f6f-3f8f2b6f7c11"},
        {"title": "Reminder"},
        {"code": "HB-20"},
        {"not_via": ["email", ENTRY.via]},
        {"not_status": [ENTRY.status]},
        {"not_source": ["workflow"]},
        {"not_kind": ["reminder"]},
        {"not_to": [ENTRY.to]},
        {"not_customer_id": ["c-1"]},
        {"not_reference": [REFERENCE.upper()]},
        {"not_title": [ENTRY.title.upper()]},
        {"not_code": ["hb-2041"]},
        {"not_day": [ENTRY.sent_at.date()]},
    ],
)
def test_it_does_not_match(query: dict[str, object]) -> None:
    assert not matches(ENTRY, EntryQuery.model_validate(query))


def test_a_customers_history_holds_what_was_sent_to_an_address_known_for_them() -> None:
    known = KnownEntries()
    known.add([ENTRY])
    query = EntryQuery(customer_id="c-1")
    assert known.matches(an_entry(2, customer=None, to="ZOE@example.com"), query)
    assert not known.matches(an_entry(3, customer=None, to="adam@example.com"), query)
    assert not known.matches(an_entry(4, customer=None, to=""), query)


def test_the_entries_known_are_a_page_without_neighbours_newest_first() -> None:
    known = KnownEntries()
    known.add(an_entry(number) for number in (3, 1, 2))
    page = known.page(EntryQuery(), 2)
    assert [entry.seq for entry in page.entries] == [1, 2]
    assert (page.total.count, page.newer, page.older) == (3, None, None)


def test_only_the_entries_met_last_are_kept() -> None:
    known = KnownEntries()
    known.add(an_entry(number) for number in range(1_001))
    first: Entry = an_entry(0)
    assert known.get(first.id) is None
    assert known.get(an_entry(1_000).id) is not None
