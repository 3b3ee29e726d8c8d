"""What is learned of a person does not depend on what was known by heart."""

from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.addresses import contact_form, match_form
from commlog_tui.contract.search_terms import known_lines
from commlog_tui.records.entry_fields import EntryFields
from commlog_tui.records.rows import CustomerRow
from commlog_tui.store.sqlite.person import Contact, Person

TEXTS = [
    "07700 900123", "+44 7700 900123", "447700900123", "+447700900123", "ada@example.com", " Ada@Example.com", "123",
    "+12", "Front desk", "front@", "", "0039 02 1234567", "+1234567890123456789", "tel:+447700900123", "c-7", "Ada",
]  # fmt: skip


@st.composite
def entries_of_one_person(draw: st.DrawFn) -> list[EntryFields]:
    """Draw entries that name few addresses, in many spellings, so that some are met again."""
    texts = st.sampled_from(draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4)))
    names = st.sampled_from([None, "Ada", "Ada Byron", "Augusta"])
    some = st.lists(texts, max_size=2).map(tuple)
    customers = st.builds(CustomerRow, st.just("c-7"), names, some, some)
    moments = st.integers(0, 9) | st.integers(0, 10**14)
    entries = st.builds(
        lambda customer, to, at: EntryFields(
            to=to, title="", customer=customer, via="sms", direction="out", sent_at=at
        ),
        customers,
        texts,
        moments,
    )
    return draw(st.lists(entries, min_size=1, max_size=8))


def stored(person: Person) -> Person:
    """Return a person as another transaction reads them."""
    read = Person(person.no, person.key, person.customer, person.name, person.seen_at, person.lines)
    for address, one in person.contacts.items():
        read.add_contact(address, Contact(one.no, one.shown, one.seen_at))
    return read


@given(entries_of_one_person(), st.sampled_from(["GB", None]), st.data())
def test_every_line_and_contact_of_a_person_is_learned(
    met: list[EntryFields], region: str | None, data: st.DataObject
) -> None:
    numbers, person = count(1), Person(1, "cc-7", "c-7", None, 0)
    lines: dict[str, None] = {}
    addresses: dict[str, None] = {}

    def number(_address: str) -> Any:
        return next(numbers)

    for fields in met:
        if data.draw(st.booleans()):
            person = stored(person)
        customer = fields.customer
        assert customer is not None
        recipient = match_form(fields.to, region) or ""
        forms = [contact_form(text, region) for text in (*customer.addresses, *customer.numbers)]
        lines |= dict.fromkeys(known_lines(customer, fields.to, region))
        addresses |= dict.fromkeys([*filter(None, forms), recipient])
        contact = person.meet(fields, region, number)
        assert contact is person.contacts[recipient]
        assert person.lines == tuple(lines)
        assert list(person.contacts) == list(addresses)
