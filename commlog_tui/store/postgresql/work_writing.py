"""Writes tasks and handovers."""

from typing import Final

from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.work_rows import WorkRows
from commlog_tui.store.postgresql.writing import Writing, columns

_TASK: Final = """
INSERT INTO task (location, seq, is_done, due_at, recorded_at, entry, reference, code, customer)
SELECT %s, * FROM unnest(
    %b::bigint[], %b::bool[], %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[]
)
ON CONFLICT (location, seq) DO UPDATE SET is_done = excluded.is_done, due_at = excluded.due_at
"""
_REMOVED: Final = "DELETE FROM task WHERE location = %s AND seq = ANY(%b::bigint[])"
_HANDOVER: Final = (
    "INSERT INTO handover (location, seq, recorded_at) SELECT %s, * FROM unnest(%b::bigint[], %b::bigint[])"
)


def write_work(writing: Writing, location: Location, rows: WorkRows) -> None:
    """Add the statements to those that write the records."""
    tasks = [
        (seq, one.is_done, one.due_at, one.recorded_at, one.entry, one.reference, one.code, one.customer)
        for seq, one in sorted(rows.tasks.items())
    ]
    writing.insert(_TASK, *columns(tasks))
    writing.insert(_HANDOVER, *columns(rows.handovers))
    if rows.removed:
        writing.after(_REMOVED, (location.no, rows.removed))
