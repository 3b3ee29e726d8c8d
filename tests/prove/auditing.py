"""What a log file says when it is asked with plain SQL.

Every record, checked byte by byte against what was promised of it. Knows the tables and the two
hashes, how a record is made of its columns, and nothing of the code that writes them. Beside it,
what the log's own verifier says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apsw

from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.verifier import Verifier
from commlog_tui.records.errors import LogError
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.store.sqlite import auditing, comparing
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, leaf_start, public_of

_RECORDS = f"""
SELECT location.id, record.pk & ((1 << 40) - 1), record.id, (SELECT name FROM kind WHERE no = record.kind),
record.leaf_start, personal.salt, personal.data, {PUBLIC_COLUMNS}
FROM record JOIN location ON location.no = record.location LEFT JOIN personal ON personal.pk = record.pk
ORDER BY record.pk
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody was told of a record: its receipt, and what was sent, where that is known."""

    id: str
    seq: int
    leaf_hash: str
    personal: Mapping[str, Any] | None = None
    """The personal part as sent."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record as the file holds it."""

    location: str
    seq: int
    kind: str
    leaf_hash: str
    personal: dict[str, Any]


@dataclass(frozen=True)
class Audit:
    """Every record of a file by its id, and what is wrong with the file itself."""

    records: dict[str, Held]
    faults: tuple[str, ...]

    def lost(self, promises: Mapping[str, Promise]) -> list[str]:
        """Return the ids of what was promised and is not there, or is not there as promised."""
        return [promise.id for promise in promises.values() if not self._keeps(promise)]

    def _keeps(self, promise: Promise) -> bool:
        held = self.records.get(promise.id)
        if held is None or (held.seq, held.leaf_hash) != (promise.seq, promise.leaf_hash):
            return False
        return promise.personal is None or held.personal == promise.personal


def audit(path: Path, *, projections: bool = False) -> Audit:
    """Read a whole log file, then verify it as ``commlog verify`` does, its projections too where that is asked.

    What cannot be read counts as a fault, and its records as not there.
    """
    try:
        connection = apsw.Connection(str(path))
        try:
            found = _read(connection)
        finally:
            connection.close()
        return replace(found, faults=(*found.faults, *verify(path, projections=projections)))
    except (apsw.Error, LogError) as error:
        return Audit({}, (f"cannot be read: {error}",))


def verify(path: Path, *, projections: bool = False) -> list[str]:
    """Return what the log's own verifier finds wrong with a file, which may be in use.

    Raises ``LogError``.
    """
    faults: list[str] = []
    with auditing.opened(path) as connection:
        for number, location, _ in auditing.locations(connection):
            verifier = Verifier(location)
            for rows in auditing.batches(connection, number):
                verifier.check(rows)
            auditing.finish(connection, number, verifier)
            faults += [f"verify: {location}: no. {fault.seq}: {fault.words}" for fault in verifier.faults]
        auditing.require_known_locations(connection)
        if projections:
            faults += [
                f"verify: not what the records make of them: {words}" for words in comparing.differing(connection)
            ]
    return faults


def _read(connection: apsw.Connection) -> Audit:
    faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    faults += [f"dangling: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    records: dict[str, Held] = {}
    last: dict[str, int] = {}
    entries: dict[str, int] = {}
    gone: list[tuple[str, int, str]] = []
    redacted: set[str] = set()
    rows: Any = connection.execute(_RECORDS)
    for location, seq, raw_id, kind, start, salt, packed, *columns in rows:
        public, data = public_of(columns), None if packed is None else to_personal(packed)
        leaf = leaf_hash(public)
        record_id = json.loads(public)["id"]
        if seq != last.get(location, 0) + 1:
            faults.append(f"{location}: {seq} comes after {last.get(location, 0)}")
        if record_id in records:
            faults.append(f"{location}: {record_id} is there twice")
        if record_id.replace("-", "") != raw_id.hex() or leaf_start(leaf) != start:
            faults.append(f"{location}: record {seq} is not what its hash says")
        if salt is None:
            gone.append((location, seq, json.loads(public).get("entry", record_id)))
        elif commitment(salt, data or b"").hex() != json.loads(public)["personal"]:
            faults.append(f"{location}: the personal part of {seq} is not what was committed to")
        if kind == "redaction":
            redacted.add(json.loads(public)["entry"])
        last[location] = seq
        entries[location] = entries.get(location, 0) + (kind == "entry")
        records[record_id] = Held(location, seq, kind, leaf.hex(), json.loads(data) if data else {})
    faults += [
        f"{location}: the personal part of {seq} is gone" for location, seq, entry in gone if entry not in redacted
    ]
    heads: Any = connection.execute(
        "SELECT location.id, head.seq, head.entries, (SELECT count(*) FROM entry WHERE entry.location = no), "
        "(SELECT coalesce(sum(entries), 0) FROM tally WHERE tally.location = no) "
        "FROM location JOIN head ON head.location = no"
    )
    for location, *counts in heads:
        written = [last.get(location, 0), *[entries.get(location, 0)] * 3]
        if counts != written:
            faults.append(f"{location}: counted {counts}, there are {written}")
    return Audit(records, tuple(faults))
