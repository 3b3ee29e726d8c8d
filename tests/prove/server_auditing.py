"""What a database of PostgreSQL says when it is asked with plain SQL, as ``auditing`` asks a file."""

import json
from dataclasses import replace
from typing import Any, Final

import psycopg

from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.store.auditing import verify_location
from commlog_tui.store.opening import open_audit
from commlog_tui.store.postgresql.record_rows import PUBLIC_COLUMNS, leaf_start, public_of
from tests.prove.auditing import Audit, Held

_RECORDS: Final = f"""
SELECT location.id, record.seq, record.id::text, record.kind, record.leaf_start, record.salt, record.personal,
{PUBLIC_COLUMNS} FROM record JOIN location ON location.no = record.location ORDER BY record.location, record.seq
"""
_HEADS: Final = """
SELECT location.id, head.seq, head.entries, (SELECT count(*) FROM entry WHERE entry.location = no)
FROM location JOIN head ON head.location = no
"""


def audit_server(url: str, *, projections: bool = False) -> Audit:
    """Read a whole log, then verify it as ``commlog verify`` does, its projections too where that is asked."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('commlog.upkeep', 'on', true)")
        found = _read(connection)
    faults = list(found.faults)
    with open_audit(url) as audit:
        faults += audit.faults()
        for location in audit.locations():
            faults += [f"verify: no. {fault.seq}: {fault.words}" for fault in verify_location(audit, location).faults]
        if projections:
            faults += [f"not what the records make: {words}" for words in audit.differing(lambda _done, _total: None)]
    return replace(found, faults=tuple(faults))


def _read(connection: psycopg.Connection[Any]) -> Audit:
    faults: list[str] = []
    records: dict[str, Held] = {}
    last: dict[str, int] = {}
    entries: dict[str, int] = {}
    for location, seq, raw_id, kind, start, salt, packed, *columns in connection.execute(_RECORDS, binary=True):
        public, data = public_of(columns, location), None if packed is None else to_personal(packed)
        leaf, record_id = leaf_hash(public), json.loads(public)["id"]
        if seq != last.get(location, 0) + 1:
            faults.append(f"{location}: {seq} comes after {last.get(location, 0)}")
        if record_id in records:
            faults.append(f"{location}: {record_id} is there twice")
        if record_id != raw_id or leaf_start(leaf) != start:
            faults.append(f"{location}: record {seq} is not what its hash says")
        if salt is None or commitment(salt, data or b"").hex() != json.loads(public)["personal"]:
            faults.append(f"{location}: the personal part of {seq} is not what was committed to")
        last[location] = seq
        entries[location] = entries.get(location, 0) + (kind == "entry")
        records[record_id] = Held(location, seq, kind, leaf.hex(), json.loads(data) if data else {})
    for location, *counts in connection.execute(_HEADS):
        written = [last.get(location, 0), *[entries.get(location, 0)] * 2]
        if counts != written:
            faults.append(f"{location}: counted {counts}, there are {written}")
    return Audit(records, tuple(faults))
