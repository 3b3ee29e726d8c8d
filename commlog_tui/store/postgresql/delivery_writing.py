"""Writes messages, unmatched events, webhooks, runs and resolutions."""

from typing import Final

from commlog_tui.contract.booking import code_form
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.delivery_rows import DeliveryRows
from commlog_tui.store.postgresql.writing import Writing, columns

_MESSAGE: Final = """
INSERT INTO message (location, key, root) SELECT %s, * FROM unnest(%b::bytea[], %b::bigint[])
"""
_UNMATCHED: Final = "INSERT INTO unmatched_event (location, seq) SELECT %s, * FROM unnest(%b::bigint[])"
_UNLISTED: Final = """
DELETE FROM unmatched_event WHERE location = %s AND seq IN (
    SELECT seq FROM record WHERE location = %s AND id = ANY(%b::text[]::uuid[])
)
"""
_HOUR: Final = """
INSERT INTO reported_hour (location, reporter, hour, first, last)
SELECT %s, * FROM unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bigint[])
ON CONFLICT (location, reporter, hour) DO UPDATE SET
    first = least(reported_hour.first, excluded.first), last = greatest(reported_hour.last, excluded.last)
"""
_RUN: Final = """
INSERT INTO run (location, seq, status, reference, code)
SELECT %s, * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[])
ON CONFLICT (location, seq) DO UPDATE SET
    status = excluded.status, reference = excluded.reference, code = excluded.code
"""
_RESOLUTION: Final = """
INSERT INTO resolution (location, seq, entry, reference, code, expected)
SELECT %s, * FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[], %b::text[])
"""
_REDACTED: Final = """
UPDATE resolution SET reference = NULL, code = NULL WHERE location = %s AND seq = ANY(%b::bigint[])
"""


def write_delivery(writing: Writing, location: Location, rows: DeliveryRows) -> None:
    """Add the statements to those that write the records."""
    no = location.no
    writing.insert(_MESSAGE, *columns(rows.messages))
    writing.insert(_UNMATCHED, *columns([(seq,) for seq in rows.unmatched]))
    if rows.unlisted:
        writing.after(_UNLISTED, (no, no, rows.unlisted))
    writing.insert(_HOUR, *columns([(*hour, *span) for hour, span in sorted(rows.hours.items())]))
    runs = [(seq, run.status, run.reference, code_form(run.code)) for seq, run in sorted(rows.runs.items())]
    writing.insert(_RUN, *columns(runs))
    resolutions = [
        (one.seq, one.root, one.reference, code_form(one.code), one.expected) for one in rows.resolutions.values()
    ]
    writing.insert(_RESOLUTION, *columns(resolutions))
    if rows.redacted:
        writing.after(_REDACTED, (no, rows.redacted))
