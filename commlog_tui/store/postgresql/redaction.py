"""Whose entries a redaction is about."""

from typing import Final

from commlog_tui.records.entry_fields import history
from commlog_tui.store.customer_notes import customer_note_key
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import is_text
from commlog_tui.store.postgresql.customer_notes import note_seqs
from commlog_tui.store.postgresql.database import View
from commlog_tui.store.postgresql.threads import load_whole_threads

_NAMED: Final = """
SELECT entry.seq FROM contact JOIN entry ON entry.location = %(location)s AND entry.contact = contact.no
WHERE contact.location = %(location)s AND contact.customer = %(customer)s
"""
_CORRECTED: Final = "SELECT seq FROM entry WHERE location = %s AND corrected IS NOT NULL ORDER BY seq"
_NAMELESS: Final = """
SELECT entry.seq FROM contact JOIN contact AS bare ON bare.location = %(location)s AND bare.customer = ''
AND bare.address = contact.address
JOIN entry ON entry.location = %(location)s AND entry.contact = bare.no
WHERE contact.location = %(location)s AND contact.customer = %(customer)s AND contact.shown <> '' AND NOT EXISTS (
    SELECT 1 FROM contact AS other WHERE other.location = %(location)s AND other.address = contact.address
    AND other.customer NOT IN ('', contact.customer)
)
"""
_ONLY_THEIRS: Final = """
SELECT address FROM contact WHERE location = %(location)s AND customer = %(customer)s AND NOT EXISTS (
    SELECT 1 FROM contact AS other WHERE other.location = %(location)s AND other.address = contact.address
    AND other.customer <> contact.customer
)
"""
_TASKS: Final = "SELECT seq FROM task WHERE location = %(location)s AND customer = %(customer)s"
_ABOUT: Final = f"{_NAMED} UNION {_NAMELESS} UNION {_TASKS}"
_IDS: Final = "SELECT id FROM record WHERE location = %s AND seq = ANY (%s::bigint[]) ORDER BY seq"


async def ids_of_customer(view: View, location: Location, customer: str) -> list[str]:
    """Return the ids of all entries, tasks and notes about a customer, oldest record first.

    Those that name the customer or have ever done so, and those that name nobody but went to an
    address or number that is known for this customer alone.
    """
    if not is_text(customer):
        return []
    rows = await view.rows(_ABOUT, {"location": location.no, "customer": customer})
    found = {int(row[0]) for row in rows}
    theirs = await view.rows(_ONLY_THEIRS, {"location": location.no, "customer": customer})
    found.update(await note_seqs(view, location, [customer_note_key(customer), *(f"a{row[0]}" for row in theirs)]))
    corrected = [int(row[0]) for row in await view.rows(_CORRECTED, (location.no,))]
    for seq, thread in (await load_whole_threads(view, location, corrected)).items():
        if any(fields.customer and fields.customer.id == customer for _, fields in history(thread)):
            found.add(seq)
    return [str(row[0]) for row in await view.rows(_IDS, (location.no, sorted(found)))]
