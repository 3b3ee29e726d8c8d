"""Writes messages that are sent again."""

from typing import Final

from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.resend_rows import ResendRows
from commlog_tui.store.postgresql.writing import Writing, columns

_ADD: Final = """
INSERT INTO resend (location, seq, record, root, route, state, attempts, next_at, claimed_until)
SELECT %s, *, 0 FROM unnest(
    %b::bigint[], %b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::integer[], %b::bigint[]
)
"""
_STEP: Final = """
UPDATE resend SET state = step.state, attempts = step.attempts, next_at = step.next_at,
claimed_until = CASE step.state WHEN 'begun' THEN resend.claimed_until ELSE 0 END
FROM unnest(%b::bigint[], %b::text[], %b::integer[], %b::bigint[]) AS step (seq, state, attempts, next_at)
WHERE resend.location = %s AND resend.seq = step.seq
"""
_REMOVE: Final = "DELETE FROM resend WHERE location = %s AND seq = ANY(%b::bigint[])"


def write_resends(writing: Writing, location: Location, rows: ResendRows) -> None:
    """Add the statements to those that write the records."""
    added = [(seq, one.record, one.root, one.route, *rows.steps[seq]) for seq, one in sorted(rows.added.items())]
    writing.insert(_ADD, *columns(added))
    if stepped := [(seq, *step) for seq, step in sorted(rows.steps.items()) if seq not in rows.added]:
        writing.after(_STEP, (*columns(stepped), location.no))
    if rows.removed:
        writing.after(_REMOVE, (location.no, rows.removed))
