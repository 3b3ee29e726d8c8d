"""Writing a decision: one statement for each table, whatever the number of rows.

Those that do not depend on each other are sent as one, with a ``WITH`` clause for each: to send
fifteen takes longer than to carry them out. The others follow, all within one pipeline. On Citus,
which plans no statement that writes to several distributed tables, each is sent by itself.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final

from commlog_tui.records.decide import Head
from commlog_tui.records.kinds import Kinds
from commlog_tui.store.last_seen import MONTH
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.numbers import number_of
from commlog_tui.store.postgresql.people_rows import PeopleRows
from commlog_tui.store.postgresql.projection_rows import ProjectionRows

_PARAMETER: Final = re.compile(r"%[bs]")
_RECORD: Final = """
INSERT INTO record (
    location, seq, root, id, kind, leaf_start, form, recorded_at, lag, commitment, rest, salt, personal
) SELECT %s, * FROM unnest(
    %b::integer[], %b::integer[], %b::text[]::uuid[], %b::text[], %b::integer[], %b::integer[], %b::bigint[],
    %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[]
)
"""
_REMOVE: Final = """
UPDATE record SET salt = NULL, personal = NULL WHERE location = %s AND personal IS NOT NULL AND seq = ANY (ARRAY(
    SELECT %s::integer UNION ALL SELECT seq FROM record AS about
    WHERE about.location = %s AND root = %s AND root <> seq AND seq < %s AND kind <> ALL(%s::text[])
))
"""
_ENTRY: Final = """
INSERT INTO entry (location, seq, sent_at, starts_at, facet, contact, title, reference, code, has_body, corrected)
SELECT %s, * FROM unnest(
    %b::integer[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::text[]::uuid[],
    %b::text[], %b::bool[], %b::bytea[]
)
"""
_STATUS: Final = f"{_ENTRY} ON CONFLICT (location, seq) DO UPDATE SET facet = excluded.facet"
"""Of entries that are there: each is found by its key, where an UPDATE that joins many may walk them all."""
_FIELDS: Final = f"""{_ENTRY}
ON CONFLICT (location, seq) DO UPDATE SET
    sent_at = excluded.sent_at, facet = excluded.facet, contact = excluded.contact, title = excluded.title,
    reference = excluded.reference, code = excluded.code, has_body = excluded.has_body, corrected = excluded.corrected
"""
_UNCHANGED: Final = (None, None, None, None, False, None)
"""In the place of what entries are found by, where only their status changes."""
_WORK: Final = """
INSERT INTO worklist (location, seq, starts_at, sent_at, failed_at, arrived_at, resolution)
SELECT %s, * FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[])
ON CONFLICT (location, seq) DO UPDATE SET arrived_at = excluded.arrived_at, resolution = excluded.resolution
"""
_NO_WORK: Final = "DELETE FROM worklist WHERE location = %s AND seq = ANY(%b::bigint[])"
_TALLY: Final = """
INSERT INTO tally (location, day, via, entries) SELECT %s, * FROM unnest(%b::integer[], %b::text[], %b::bigint[])
ON CONFLICT (location, day, via) DO UPDATE SET entries = tally.entries + excluded.entries
"""
_STATISTIC: Final = """
INSERT INTO statistic (location, hour, day, via, kind, status, entries)
SELECT %s, * FROM unnest(%b::integer[], %b::integer[], %b::text[], %b::text[], %b::text[], %b::bigint[])
ON CONFLICT (location, hour, day, via, kind, status) DO UPDATE SET entries = statistic.entries + excluded.entries
"""
_FACET: Final = """
INSERT INTO facet (location, no, via, source, status, message_kind, rank, entries)
SELECT %s, * FROM unnest(
    %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::smallint[], %b::bigint[]
)
ON CONFLICT (location, no) DO UPDATE SET entries = facet.entries + excluded.entries
"""
_NO_FACET: Final = """
DELETE FROM facet USING unnest(
    %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[]
) AS old (no, via, source, status, kind, rank)
WHERE facet.location = %s AND facet.no = old.no AND entries = 0
"""
_NO_TALLY: Final = """
DELETE FROM tally USING unnest(%b::integer[], %b::text[]) AS old (day, via)
WHERE tally.location = %s AND tally.day = old.day AND tally.via = old.via AND entries = 0
"""
_NO_STATISTIC: Final = """
DELETE FROM statistic
USING unnest(%b::integer[], %b::integer[], %b::text[], %b::text[], %b::text[]) AS old (hour, day, via, kind, status)
WHERE statistic.location = %s AND statistic.hour = old.hour AND statistic.day = old.day AND statistic.via = old.via
AND statistic.kind = old.kind AND statistic.status = old.status AND entries = 0
"""
_CUSTOMER: Final = """
UPDATE customer SET
    name = CASE WHEN new.name IS NOT NULL AND new.name_seen >= customer.last_seen THEN new.name
        ELSE coalesce(customer.name, new.first_name) END,
    haystack = customer.haystack || coalesce((
        SELECT string_agg(chr(10) || line, '') FROM string_to_table(new.haystack, chr(10)) AS line
        WHERE position(line IN customer.haystack) = 0
    ), ''),
    last_seen = greatest(customer.last_seen, new.last_seen)
FROM unnest(%b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::text[])
    AS new (id, first_name, name, name_seen, last_seen, haystack)
WHERE customer.location = %s AND customer.id = new.id
"""
_PLAIN_CUSTOMER: Final = """
INSERT INTO customer (location, id, name, last_seen, haystack)
SELECT %s, * FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::text[])
ON CONFLICT (location, id) DO UPDATE SET
    name = CASE WHEN excluded.name IS NOT NULL AND excluded.last_seen >= customer.last_seen THEN excluded.name
        ELSE coalesce(customer.name, excluded.name) END,
    haystack = customer.haystack || coalesce((
        SELECT string_agg(chr(10) || line, '') FROM string_to_table(excluded.haystack, chr(10)) AS line
        WHERE position(line IN customer.haystack) = 0
    ), ''),
    last_seen = greatest(customer.last_seen, excluded.last_seen)
"""
"""Finds each customer by the key, where an UPDATE of a new table's many rows may walk them all."""
_NEW_CUSTOMER: Final = """
INSERT INTO customer (location, id, name, last_seen, haystack)
SELECT %s, * FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::text[])
ON CONFLICT (location, id) DO NOTHING
"""
_CONTACT: Final = f"""
INSERT INTO contact (location, customer, address, no, shown, last_seen)
SELECT %s, * FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::text[], %b::bigint[])
ON CONFLICT (location, customer, address) DO UPDATE SET shown = excluded.shown, last_seen = CASE
    WHEN excluded.last_seen / {MONTH} > contact.last_seen / {MONTH} THEN excluded.last_seen ELSE contact.last_seen END
WHERE excluded.last_seen / {MONTH} > contact.last_seen / {MONTH}
OR excluded.last_seen / {MONTH} = contact.last_seen / {MONTH} AND excluded.shown <> contact.shown
"""
_NODE: Final = """
INSERT INTO node (location, level, position, hash) SELECT %s, * FROM unnest(%b::integer[], %b::bigint[], %b::bytea[])
ON CONFLICT (location, level, position) DO UPDATE SET hash = excluded.hash
"""
_HEAD: Final = "UPDATE head SET seq = %s, entries = %s, frontier = %s WHERE location = %s"
_HEAD_NOTIFIED: Final = f"{_HEAD} RETURNING pg_notify('commlog', %s)"
_NOTIFY: Final = "SELECT pg_notify('commlog', %s)"
_FORGET_PEOPLE: Final = (
    "DELETE FROM customer WHERE location = %s AND id = ANY(%b::text[])",
    "DELETE FROM contact WHERE location = %s AND customer = ANY(%b::text[])",
)


class Writing:
    """Gathers the statements that write to one location, and sends them within a pipeline."""

    def __init__(self, view: View, location: Location) -> None:
        self._view = view
        self._no = location.no
        self._together: list[tuple[str, Sequence[Any]]] = []
        """Statements that neither read nor touch what another of them writes."""
        self._later: list[tuple[str, Sequence[Any]]] = []
        """Statements that build on those, in their order."""

    async def send(self) -> None:
        """Send what was gathered."""
        if self._view.connection.is_distributed:
            self._later[:0] = self._together
        elif self._together:
            statements, values = zip(*self._together, strict=True)
            await self._view.send_numbered(_joined(statements), [value for bound in values for value in bound])
        for statement, bound in self._later:
            await self._view.send(statement, bound)
        self._together.clear()
        self._later.clear()

    def records(self, new: Sequence[Sequence[Any]], rows: ProjectionRows, kinds: Kinds) -> None:
        """Write records, in rows of ``NewRecords``; remove the personal parts that they forbid."""
        self.insert(_RECORD, *columns(new))
        survivors = [kind.name for kind in kinds.values() if kind.survives_redaction]
        for change in rows.removed:
            self.after(_REMOVE, (self._no, change.root, self._no, change.root, change.before, survivors))

    def head(self, head: Head, nodes: Sequence[tuple[int, int, bytes]]) -> None:
        """Write where the log ends and completed tiles of its tree, and wake who waits for it."""
        self.insert(_NODE, *columns(nodes))
        values, heard = (head.seq, head.entries, head.frontier, self._no), f"{int(self._no)}:{head.seq}"
        if self._view.connection.is_distributed:  # what a worker notifies is not heard at the coordinator
            self._together.append((_HEAD, values))
            self.after(_NOTIFY, (heard,))
        else:
            self._together.append((_HEAD_NOTIFIED, (*values, heard)))

    def projections(self, rows: ProjectionRows) -> None:
        """Write entries, the worklist and the counters."""
        self._entries(rows)
        self._work(rows)
        self._counters(rows)

    def people(self, rows: PeopleRows) -> None:
        """Write what was learned of customers."""
        contacts = sorted(rows.contacts.items())
        plain, others = [], []
        for customer_id, one in sorted(rows.customers.items()):
            haystack = "\n".join(one.lines)
            if one.is_plain:
                plain.append((customer_id, one.name, one.last_seen, haystack))
            else:
                others.append((customer_id, one.first_name, one.name, one.name_seen, one.last_seen, haystack))
        self.insert(_PLAIN_CUSTOMER, *columns(plain))
        self._update(_CUSTOMER, *columns(others))
        self.insert(_NEW_CUSTOMER, *columns([(one[0], one[2] or one[1], *one[4:]) for one in others]))
        known = [(*key, number_of(self._no, *key), shown, seen) for key, (shown, seen) in contacts]
        self.insert(_CONTACT, *columns(known))

    def forget_people(self, customer_ids: Sequence[str]) -> None:
        """Delete what is known of customers."""
        for statement in _FORGET_PEOPLE:
            self.after(statement, (self._no, customer_ids))

    def _entries(self, rows: ProjectionRows) -> None:
        def fixed(seq: int) -> tuple[Any, ...]:
            entry = rows.state(seq)
            return seq, entry.sent_at, entry.starts_at, number_of(self._no, *entry.facet[:-1])

        self.insert(_ENTRY, *columns([(*fixed(seq), *found_by) for seq, found_by in rows.added.items()]))
        self.insert(_STATUS, *columns([(*fixed(seq), *_UNCHANGED) for seq in sorted(rows.raised)]))
        changed = [(*fixed(seq), *found_by) for seq, found_by in sorted(rows.fields.items())]
        if changed:  # perhaps of an entry whose status goes up as well
            self.after(_FIELDS, (self._no, *columns(changed)))

    def _work(self, rows: ProjectionRows) -> None:
        listed = []
        for seq in sorted(rows.work):
            if (work := rows.state(seq).work) is not None:
                known = work.starts_at, work.sent_at, work.failed_at, work.arrived_at, work.resolution
                listed.append((seq, *known))
        dropped = [seq for seq in sorted(rows.work) if rows.state(seq).work is None]
        self.insert(_WORK, *columns(listed))
        if dropped:
            self.after(_NO_WORK, (self._no, dropped))

    def _counters(self, rows: ProjectionRows) -> None:
        for counters, add, clear in (
            (rows.tallies, _TALLY, _NO_TALLY),
            (rows.statistics, _STATISTIC, _NO_STATISTIC),
            (rows.facets, _FACET, _NO_FACET),
        ):
            counted = sorted((*key, change) for key, change in counters.items() if change)
            if counters is rows.facets:
                counted = [(number_of(self._no, *row[:-2]), *row) for row in counted]
            self.insert(add, *columns(counted))
            if emptied := columns([row[:-1] for row in counted if row[-1] < 0]):
                self.after(clear, (*emptied, self._no))

    def insert(self, statement: str, *values: list[Any]) -> None:
        """Add a statement whose first value is the location."""
        if values:
            self._together.append((statement, (self._no, *values)))

    def _update(self, statement: str, *values: list[Any]) -> None:
        """Add a statement whose last value is the location."""
        if values:
            self._together.append((statement, (*values, self._no)))

    def after(self, statement: str, values: Sequence[Any]) -> None:
        """Add a statement that depends on others."""
        self._later.append((statement, values))


@lru_cache(maxsize=1_024)
def _joined(statements: tuple[str, ...]) -> str:
    """Return one statement that does what several do, with its parameters numbered."""
    *others, last = statements
    parts = ", ".join(f"part{no} AS ({statement})" for no, statement in enumerate(others))
    numbers = count(1)
    return _PARAMETER.sub(lambda _: f"${next(numbers)}", f"WITH {parts} {last}" if others else last)


def columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return rows by column; nothing for no rows."""
    return [list(column) for column in zip(*rows, strict=True)]
