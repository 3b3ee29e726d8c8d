"""The people of a location: learned from entries, and learned anew after a redaction."""

from collections.abc import Iterable
from typing import Final

import apsw
import msgspec

from commlog_tui.records.entry_fields import EntryFields, history
from commlog_tui.store.customer_notes import learned_fields
from commlog_tui.store.sqlite.customer_notes import note_keys
from commlog_tui.store.sqlite.directory import NOTED, USED_AT
from commlog_tui.store.sqlite.keys import Row, key_of, range_of, seq_of
from commlog_tui.store.sqlite.loading import load_threads
from commlog_tui.store.sqlite.person import Contact, Person, person_key
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.words import add_words, remembered

_PEOPLE: Final = """
SELECT no, person.key, customer, name, seen_at, haystack, is_wide FROM json_each(?2) AS wanted
CROSS JOIN person ON person.location = ?1 AND person.key = wanted.value
"""
_ONE_PERSON: Final = """
SELECT no, key, customer, name, seen_at, haystack, is_wide FROM person WHERE location = ? AND key = ?
"""
_CONTACTS: Final = """
SELECT contact.no, person, address, shown, seen_at FROM json_each(?2) AS wanted
CROSS JOIN contact INDEXED BY contact_by_person ON contact.location = ?1 AND contact.person = wanted.value
"""
_CONTACTS_OF_ONE: Final = """
SELECT no, person, address, shown, seen_at FROM contact INDEXED BY contact_by_person WHERE location = ? AND person = ?
"""
MOST_KNOWN: Final = 4_000
"""People who are remembered from one flush to the next."""
_LAST: Final = "SELECT max(no) FROM {} WHERE no BETWEEN ? AND ?"
_PERSON: Final = """
INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (no) DO UPDATE SET
name = excluded.name, seen_at = excluded.seen_at, haystack = excluded.haystack, is_wide = excluded.is_wide
"""
_CONTACT: Final = """
INSERT INTO contact VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (no) DO UPDATE SET shown = excluded.shown, seen_at = excluded.seen_at
"""
_ALIAS: Final = "INSERT INTO alias VALUES (?, ?, ?, ?)"
_ALIAS_FOUND: Final = "INSERT INTO alias_search (rowid, text) VALUES (?, ?)"
_ALIASES: Final = "SELECT no, text FROM alias INDEXED BY alias_by_person WHERE location = ? AND person = ?"
_ALIAS_LOST: Final = "INSERT INTO alias_search (alias_search, rowid, text) VALUES ('delete', ?, ?)"
_FORGET: Final = "DELETE FROM {} WHERE no = ?"
_NAMING: Final = """
SELECT pk FROM json_each(?2) AS wanted CROSS JOIN entry INDEXED BY entry_by_contact
ON entry.location = ?1 AND entry.contact = wanted.value
"""
_NEWEST: Final = f"""
SELECT max(
    ifnull((SELECT max(({USED_AT})) FROM contact INDEXED BY contact_by_person WHERE location = ?1 AND person = ?2), -1),
    ifnull((SELECT max(recorded_at) FROM customer_note INDEXED BY customer_note_by_person
        WHERE location = ?1 AND customer_note.person = ?3 AND {NOTED}), -1)
)
"""
_CORRECTED: Final = "SELECT pk FROM entry INDEXED BY entry_corrected WHERE location = ? AND corrected IS NOT NULL"


class People:
    """Learns of the people of one location within one transaction; ``flush`` writes it."""

    def __init__(self, connection: apsw.Connection, place: Place) -> None:
        self._connection = connection
        self._place = place
        self._people: dict[str, Person] = {}
        self._met: dict[str, Person] = {}
        """Those who were met since the last flush."""
        self._loaded: set[str] = set()
        self._doubted: set[str] = set()
        self._last: dict[str, int] = {}

    def load(self, entries: Iterable[EntryFields]) -> None:
        """Read what is known of the people of entries, at once."""
        self._load(self._keys(entries))

    def learn(self, fields: EntryFields) -> int | None:
        """Learn what an entry or a note says of its person; return the number of the contact that it went to."""
        key = person_key(fields, self._place.region)
        if key is None:
            return None
        if key not in self._loaded:
            self._load({key})
        return self._meet(key, fields).no

    def lose(self, fields: EntryFields) -> None:
        """Note that an entry which said so was corrected."""
        key = person_key(fields, self._place.region)
        if key is None:
            return
        if key not in self._loaded:
            self._load({key})
        if (person := self._people.get(key)) is not None:
            person.lose(fields.sent_at)
            self._met[key] = person

    def doubt(self, entries: Iterable[EntryFields]) -> None:
        """Have what is known of the people of entries worked out again, once everything else is written."""
        self._doubted |= self._keys(entries)

    def flush(self) -> set[str]:
        """Write what was learned; return words that may be nobody's any more."""
        self._write()
        lost: set[str] = set()
        if self._doubted:
            for before in self._learn_again():
                after = self._people.get(before.key)
                lost |= remembered(before.lines) - remembered(after.lines if after else ())
            self._write()
        if len(self._people) > MOST_KNOWN:
            for key in list(self._people)[: MOST_KNOWN // 2 - len(self._people)]:
                del self._people[key]
            self._loaded &= self._people.keys()
        return lost

    def __len__(self) -> int:
        """Return how many people are remembered."""
        return len(self._people)

    def _keys(self, entries: Iterable[EntryFields]) -> set[str]:
        return {key for fields in entries if (key := person_key(fields, self._place.region)) is not None}

    def _meet(self, key: str, fields: EntryFields) -> Contact:
        person = self._people.get(key)
        if person is None:
            customer = fields.customer.id if fields.customer else None
            person = self._people[key] = Person(self._next("person"), key, customer, None, fields.sent_at)
            person.is_changed = True
        self._met[key] = person
        return person.meet(fields, self._place.region, lambda _: self._next("contact"), lambda: self._newest(person))

    def _newest(self, person: Person) -> int:
        """Return when the newest of what is stored of a person happened; -1 for nothing."""
        ((at,),) = self._rows(_NEWEST, (self._place.no, person.no, person.key))
        return int(at)

    def _learn_again(self) -> list[Person]:
        """Learn the people in doubt from the entries that are left, in order; return what was known of them."""
        self._load(self._doubted)
        doubted = [self._people.pop(key) for key in sorted(self._doubted) if key in self._people]
        numbers = [contact.no for person in doubted for contact in person.contacts.values()]
        entries = self._pks(_NAMING, (self._place.no, _json(numbers))) | self._pks(_CORRECTED, (self._place.no,))
        threads = load_threads(self._connection, sorted(entries))
        histories = [history(thread) for thread in threads.values()]
        versions = [version for had in histories for version in had] + self._noted()
        before = {person.key: person for person in doubted}
        for _, fields in sorted(versions, key=lambda version: version[0]):
            key = person_key(fields, self._place.region)
            if key in before:
                self._meet_again(before[key], fields)
        for _, fields in (version for had in histories for version in had[:-1]):
            if person_key(fields, self._place.region) in before:
                self.lose(fields)
        for person in doubted:
            self._forget(person, self._people.get(person.key))
        self._doubted.clear()
        return doubted

    def _noted(self) -> list[tuple[int, EntryFields]]:
        """Return what is learned of the people in doubt from records about them, with their seq."""
        threads = load_threads(self._connection, note_keys(self._connection, self._place, self._doubted))
        roots = [thread.root for thread in threads.values()]
        return [(one.seq, fields) for one in roots if (fields := learned_fields(one)) is not None]

    def _meet_again(self, before: Person, fields: EntryFields) -> None:
        """Learn a person anew, with the numbers that they and their contacts had."""
        person = self._people.get(before.key)
        if person is None:
            person = Person(before.no, before.key, before.customer, None, fields.sent_at, is_changed=True)
            self._people[before.key] = person
        self._met[before.key] = person

        def number(address: str) -> int:
            return before.contacts[address].no if address in before.contacts else self._next("contact")

        person.meet(fields, self._place.region, number)

    def _forget(self, before: Person, after: Person | None) -> None:
        """Delete all aliases of a person, the contacts that are gone, and the person if nothing is left."""
        aliases: list[Row] = self._connection.execute(_ALIASES, (self._place.no, before.no)).fetchall()
        self._many(_ALIAS_LOST, aliases)
        self._many(_FORGET.format("alias"), [(no,) for no, _ in aliases])
        remaining = {contact.no for contact in after.contacts.values()} if after else set()
        gone = {contact.no for contact in before.contacts.values()} - remaining
        self._many(_FORGET.format("contact"), [(key_of(self._place.no, no),) for no in sorted(gone)])
        if after is None:
            self._many(_FORGET.format("person"), [(key_of(self._place.no, before.no),)])

    def _write(self) -> None:
        """Write what has changed, each table in the order of its key."""
        no = self._place.no
        people = sorted(self._met.values(), key=lambda person: person.no)
        self._met.clear()
        self._many(_PERSON, [self._row(one) for one in people if one.is_changed])
        contacts = [
            (key_of(no, contact.no), no, one.no, address, contact.shown, contact.seen_at)
            for one in people
            for address, contact in one.contacts.items()
            if address in one.changed_contacts
        ]
        self._many(_CONTACT, sorted(contacts))
        aliases = [
            (key_of(no, self._next("alias")), no, one.no, "\n".join(one.new_lines if one.is_wide else one.lines))
            for one in people
            if one.new_lines
        ]
        add_words(self._connection, self._place, remembered(line for one in people for line in one.new_lines))
        self._many(_ALIAS, aliases)
        self._many(_ALIAS_FOUND, [(pk, text) for pk, _, _, text in aliases])
        for one in people:
            one.settle()

    def _row(self, one: Person) -> tuple[int | str | None, ...]:
        pk, haystack = key_of(self._place.no, one.no), "\n".join(one.lines)
        return pk, self._place.no, one.key, one.customer, one.name, one.seen_at, haystack, int(one.is_wide)

    def _load(self, keys: set[str]) -> None:
        wanted = keys - self._loaded
        if not wanted:
            return
        self._loaded |= wanted
        no = self._place.no
        found = {}
        people, contacts = (_ONE_PERSON, _CONTACTS_OF_ONE) if len(wanted) == 1 else (_PEOPLE, _CONTACTS)
        listed = next(iter(wanted)) if len(wanted) == 1 else _json(sorted(wanted))
        for pk, key, customer, name, seen_at, haystack, is_wide in self._rows(people, (no, listed)):
            lines = tuple(haystack.split("\n")) if haystack else ()
            person = Person(seq_of(pk), key, customer, name, seen_at, lines, bool(is_wide), has_more=True)
            self._people[key] = found[person.no] = person
        if found:
            owners = next(iter(found)) if len(wanted) == 1 else _json(list(found))
            for pk, owner, address, shown, seen_at in self._rows(contacts, (no, owners)):
                found[owner].add_contact(address, Contact(seq_of(pk), shown, seen_at))

    def _next(self, table: str) -> int:
        """Return a number that no row of a table has had in this transaction."""
        if table not in self._last:
            ((last,),) = self._rows(_LAST.format(table), range_of(self._place.no))
            self._last[table] = 0 if last is None else seq_of(last)
        self._last[table] += 1
        return self._last[table]

    def _pks(self, sql: str, values: tuple[int | str, ...]) -> set[int]:
        return {int(row[0]) for row in self._rows(sql, values)}

    def _rows(self, sql: str, values: tuple[int | str, ...]) -> list[Row]:
        rows: list[Row] = self._connection.execute(sql, values).fetchall()
        return rows

    def _many(self, sql: str, rows: list[Row]) -> None:
        if rows:
            self._connection.executemany(sql, rows)


def _json(values: list[int] | list[str]) -> str:
    return msgspec.json.encode(values).decode()
