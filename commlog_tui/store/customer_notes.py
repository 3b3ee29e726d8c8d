"""What records about customers add up to. Pure, for every store.

Records are found by keys: ``c`` and a customer's id, or ``a`` and an address or number in the form
in which they are compared. A record has one key or two.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from commlog_tui.contract.addresses import contact_form, match_form
from commlog_tui.contract.customer_record import MergeStep
from commlog_tui.records.changes import CustomerNoted
from commlog_tui.records.contact import contact_row, learned
from commlog_tui.records.customer_rows import ContactRow, CustomerRecordsRow, PreferenceRow
from commlog_tui.records.entry_fields import EntryFields
from commlog_tui.records.local_customer import learned as learned_of_new
from commlog_tui.records.local_customer import local_customer_row
from commlog_tui.records.merge import merge_row
from commlog_tui.records.preference import preference_row
from commlog_tui.records.record import Record
from commlog_tui.store.rows import PersonRow

MOST_MERGED: Final = 20
"""Ids that are taken to be one customer at most."""


def customer_note_key(customer_id: str) -> str:
    """Return the key of records about a customer."""
    return f"c{customer_id}"


def address_note_key(to: str, region: str | None) -> str:
    """Return the key of records about an address or number."""
    return f"a{match_form(to, region) or ''}"


def keys_of(change: CustomerNoted, region: str | None) -> tuple[str, str | None]:
    """Return the one or two keys of a record."""
    keys = [customer_note_key(one) for one in (change.customer, change.other) if one is not None]
    keys += [address_note_key(change.to, region)] if change.to is not None else []
    return keys[0], keys[1] if len(keys) > 1 else None


def learned_fields(record: Record) -> EntryFields | None:
    """Return what the directory learns of a record."""
    learns = {"contact": learned, "customer": learned_of_new}.get(record.public.kind)
    return None if learns is None else learns(record)


def merged_with(key: str, pairs: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the keys that a key is merged with, given pairs and what became of them, oldest first."""
    now: dict[str, str] = {}
    for one, other, state in pairs:
        now[other if one == key else one] = state
    return [other for other, state in now.items() if state == MergeStep.MERGED]


def records_row(customer_ids: Sequence[str], records: Sequence[Record]) -> CustomerRecordsRow:
    """Return all records about a customer by their kind, oldest first."""
    made = map(local_customer_row, _of(records, "customer"))
    contacts = map(contact_row, _of(records, "contact"))
    merges = map(merge_row, _of(records, "merge"))
    preferences = map(preference_row, _of(records, "preference"))
    return CustomerRecordsRow(
        customer_ids=tuple(customer_ids),
        made=tuple(one for one in made if one is not None),
        contacts=tuple(one for one in contacts if one is not None),
        merges=tuple(one for one in merges if one is not None),
        preferences=tuple(one for one in preferences if one is not None),
    )


def current_preferences(preferences: Iterable[PreferenceRow], region: str | None) -> tuple[PreferenceRow, ...]:
    """Return those that hold: for each subject the last one of a channel; one of all channels ends those before."""
    now: dict[str, dict[str | None, PreferenceRow]] = {}
    for one in sorted(preferences, key=lambda row: row.seq):
        subject = customer_note_key(one.customer_id or "") if one.to is None else address_note_key(one.to, region)
        known = now.setdefault(subject, {})
        if one.via is None:
            known.clear()
        known[one.via] = one
    return tuple(sorted((one for known in now.values() for one in known.values()), key=lambda row: row.seq))


def joined(person: PersonRow, others: Iterable[PersonRow], region: str | None) -> PersonRow:
    """Return a customer with the addresses and numbers of those merged with them after their own."""
    addresses, numbers = list(person.addresses), list(person.numbers)
    known = {contact_form(one, region) for one in (*addresses, *numbers)}
    for other in others:
        for mine, theirs in ((addresses, other.addresses), (numbers, other.numbers)):
            for one in theirs:
                if (form := contact_form(one, region)) not in known:
                    known.add(form)
                    mine.append(one)
        person = replace(person, name=person.name or other.name)
    return replace(person, addresses=tuple(addresses), numbers=tuple(numbers))


def completed(
    person: PersonRow, customer_ids: Sequence[str], records: Sequence[Record], region: str | None
) -> PersonRow:
    """Return a customer of the directory with what records about them and those merged with them say."""
    rows = records_row(customer_ids, records)
    preferred, replaced = _preferred(rows.contacts, region)
    given = (*person.addresses, *person.numbers)
    order = {one: (*_rank(contact_form(one, region), preferred, replaced), at) for at, one in enumerate(given)}
    return replace(
        person,
        addresses=tuple(sorted(person.addresses, key=order.__getitem__)),
        numbers=tuple(sorted(person.numbers, key=order.__getitem__)),
        local=any(one.customer_id == person.id for one in rows.made),
        merged=tuple(one for one in customer_ids if one != person.id),
        replaced=tuple(one for one in given if contact_form(one, region) in replaced),
        preferences=current_preferences(rows.preferences, region),
    )


def _preferred(contacts: Iterable[ContactRow], region: str | None) -> tuple[dict[str | None, int], set[str | None]]:
    """Return the preferred addresses with when that was, and those that were replaced."""
    preferred: dict[str | None, int] = {}
    replaced: set[str | None] = set()
    for one in sorted(contacts, key=lambda row: row.seq):
        new, old = contact_form(one.new, region), contact_form(one.old or "", region)
        if old is not None and old != new:
            replaced.add(old)
            preferred.pop(old, None)
        preferred[new] = one.seq
        replaced.discard(new)
    return preferred, replaced


def _rank(form: str | None, preferred: dict[str | None, int], replaced: set[str | None]) -> tuple[int, int]:
    if form in preferred:
        return 0, -preferred[form]
    return (2, 0) if form in replaced else (1, 0)


def _of(records: Iterable[Record], kind: str) -> list[Record]:
    return sorted((one for one in records if one.public.kind == kind), key=lambda record: record.seq)
