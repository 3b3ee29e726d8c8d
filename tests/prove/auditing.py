"""What a log file says when it is asked with plain SQL: every record, checked byte by byte against what was promised of it.

Knows the tables and the two hashes, and nothing of the code that writes them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from commlog_tui.ledger.leaf import commitment, leaf_hash

_RECORDS = """
SELECT location.id, record.pk & ((1 << 40) - 1), record.id, record.kind, record.public, record.leaf, personal.salt, personal.data
FROM record JOIN location ON location.no = record.location LEFT JOIN personal ON personal.pk = record.pk ORDER BY record.pk
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


def audit(path: Path) -> Audit:
    """Read a whole log file. What cannot be read counts as a fault, and its records as not there."""
    try:
        connection = apsw.Connection(str(path))
        try:
            return _read(connection)
        finally:
            connection.close()
    except apsw.Error as error:
        return Audit({}, (f"cannot be read: {error}",))


def _read(connection: apsw.Connection) -> Audit:
    faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    faults += [f"dangling: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    records: dict[str, Held] = {}
    last: dict[str, int] = {}
    entries: dict[str, int] = {}
    rows: Any = connection.execute(_RECORDS)
    for location, seq, raw_id, kind, public, leaf, salt, data in rows:
        record_id = json.loads(public)["id"]
        if seq != last.get(location, 0) + 1:
            faults.append(f"{location}: {seq} comes after {last.get(location, 0)}")
        if record_id in records:
            faults.append(f"{location}: {record_id} is there twice")
        if record_id.replace("-", "") != raw_id.hex() or leaf_hash(public) != leaf:
            faults.append(f"{location}: record {seq} is not what its hash says")
        if salt is None or commitment(salt, data).hex() != json.loads(public)["personal"]:
            faults.append(f"{location}: the personal part of {seq} is not what was committed to")
        last[location] = seq
        entries[location] = entries.get(location, 0) + (kind == "entry")
        records[record_id] = Held(location, seq, kind, leaf.hex(), json.loads(data) if data else {})
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
