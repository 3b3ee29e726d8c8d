"""Append in one transaction of two round trips: load what the decision needs and decide, then write."""

import os
from collections.abc import Sequence

from commlog_tui.records.decide import Appended, Decision, Known, decide_together
from commlog_tui.records.entry_fields import history
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.request import Request
from commlog_tui.store.customer_notes import customer_note_key, learned_fields
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.customer_notes import note_records, write_notes
from commlog_tui.store.postgresql.database import Database, View
from commlog_tui.store.postgresql.delivery_writing import write_delivery
from commlog_tui.store.postgresql.loading import Loaded, Loading, read_head, send_head
from commlog_tui.store.postgresql.people_rows import PeopleRows
from commlog_tui.store.postgresql.projection_rows import ProjectionRows
from commlog_tui.store.postgresql.record_rows import NewRecords, numbers_of_forms
from commlog_tui.store.postgresql.resend_writing import write_resends
from commlog_tui.store.postgresql.search_writing import write_search
from commlog_tui.store.postgresql.threads import load_whole_threads
from commlog_tui.store.postgresql.work_writing import write_work
from commlog_tui.store.postgresql.writing import Writing

_NAMING = """
SELECT entry.seq FROM contact JOIN entry ON entry.location = %s AND entry.contact = contact.no
WHERE contact.location = %s AND contact.customer = %s
UNION SELECT seq FROM entry WHERE location = %s AND corrected IS NOT NULL
"""


async def append(
    database: Database, view: View, location: Location, items: Sequence[Item], actors: Sequence[str]
) -> list[Appended | LogError]:
    """Record items of one location, each by its actor, and commit.

    The connection has no transaction under way. Returns an answer to each item.
    """
    kinds = database.kinds
    request = Request.of(items, kinds)
    loaded = Loaded()
    loading = Loading(view, location, request, kinds)
    async with view.connection.pipeline():
        await view.begin_write(location)
        head = await send_head(view, location, lock=True)
        await loading.send()
    await loading.read(loaded)
    while not (further := request.apart_from(loaded.records, loaded.threads, kinds)).is_empty:  # mostly at once
        loading = Loading(view, location, further, kinds)
        async with view.connection.pipeline():
            await loading.send()
        await loading.read(loaded)
    known = Known(
        location.id,
        read_head(await head.fetchone()),
        loaded.records,
        loaded.threads,
        loaded.messages,
        location.region,
    )
    decision = decide_together(known, request, actors, database.clock, os.urandom, kinds=kinds)
    if not decision.records:
        await view.rollback()
        return decision.answers
    rows = ProjectionRows(location, loaded.states)
    rows.apply(decision.changes)
    await write_decision(database, view, location, decision, rows)
    return decision.answers


async def write_decision(
    database: Database, view: View, location: Location, decision: Decision, rows: ProjectionRows
) -> None:
    """Write what was decided within the transaction that is under way, and commit."""
    writing, columns = Writing(view, location), NewRecords(location.id, decision.records)
    known = database.forms.setdefault(location.no, {})
    forms = await numbers_of_forms(view, location, columns.forms, known)
    async with view.connection.pipeline():
        writing.records(columns.rows(forms), rows, database.kinds)
        writing.projections(rows)
        write_delivery(writing, location, rows.delivery)
        write_work(writing, location, rows.duties)
        write_notes(writing, location, rows.notes)
        write_resends(writing, location, rows.resends)
        write_search(writing, location, rows.search, rows.fields)
        writing.people(rows.people)
        writing.head(decision.head, decision.nodes)
        await writing.send()
        if not rows.people.doubted:
            await view.send("COMMIT")
    if rows.people.doubted:
        await learn_anew(view, location, sorted(rows.people.doubted))
        await view.send("COMMIT")
    known.update(forms)


async def learn_anew(view: View, location: Location, customer_ids: Sequence[str]) -> None:
    """Delete what is known of customers and learn it again from what names them now, in order.

    A redaction needs this, and a round trip or two more for each of its customers.
    """
    people = PeopleRows(location.region)
    for customer_id in customer_ids:
        naming = await view.rows(_NAMING, (location.no, location.no, customer_id, location.no))
        threads = await load_whole_threads(view, location, sorted(seq for (seq,) in naming))
        had = [version for thread in threads.values() for version in history(thread)]
        notes = await note_records(view, location, [customer_note_key(customer_id)])
        had += [(one.seq, fields) for one in notes if (fields := learned_fields(one)) is not None]
        for _, fields in sorted(had, key=lambda version: version[0]):
            if fields.customer and fields.customer.id == customer_id:
                people.add(fields)
    writing = Writing(view, location)
    async with view.connection.pipeline():
        writing.forget_people(customer_ids)
        await writing.send()
        writing.people(people)
        await writing.send()
