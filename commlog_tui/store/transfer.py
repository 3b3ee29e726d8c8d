"""Copying a whole log into another database, with its seqs, leaves, locations and tokens.

The target is a log at every moment, the beginning of the source: records and projections of a batch
are written in one transaction, and an interrupted copy goes on where it ended.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.verifier import Verifier
from commlog_tui.records.decide import NewRecord
from commlog_tui.records.record import Record
from commlog_tui.store.auditing import Audit, AuditedLocation
from commlog_tui.store.errors import DamagedLogError, OtherLogError
from commlog_tui.store.protocol import TokenRecord

_OTHER: Final = "{}: the target has records that are not those of the source. Nothing was written to it."


@dataclass(frozen=True, slots=True)
class StoredLocation:
    """A location as it was set up."""

    id: str
    name: str
    zone: str
    region: str | None
    retention: int | None


@dataclass(frozen=True, slots=True)
class Setup:
    """What an owner has set up in a log."""

    log: str
    """The log's id."""
    locations: tuple[StoredLocation, ...]
    """In the order in which they were set up."""
    tokens: tuple[tuple[TokenRecord, bytes], ...]
    """With the SHA-256 of their secrets."""


class Target(Protocol):
    """A database that a log is copied into. Every method raises ``StoreError``."""

    def begin(self, setup: Setup) -> None:
        """Create the log with this id, and what is missing of its locations and tokens.

        Raises ``OtherLogError`` where there is another log.
        """
        ...

    def end(self, location: str) -> tuple[int, bytes]:
        """Return how many records a location has, and the root of their tree."""
        ...

    def positions(self, location: str, ids: Sequence[bytes]) -> dict[bytes, int]:
        """Return the seqs of records, by the bytes of their ids, of those that are there."""
        ...

    def write(self, location: str, records: Sequence[NewRecord]) -> None:
        """Write the next records of a location, with the projections, in one transaction.

        One without its personal part has that empty.
        """
        ...


def copy_log(audit: Audit, target: Target, progress: Callable[[int, int], None]) -> None:
    """Copy what a target that has begun does not have yet, verifying every record of the source on the way.

    ``progress`` is called with the records done and their total.

    Raises:
        DamagedLogError: a record of the source does not verify; those before it were copied.
        OtherLogError: the target holds another log, or records that are not those of the source.
    """
    audit.require_whole()
    locations = audit.locations()
    total, done = sum(location.count for location in locations), 0
    for location in locations:
        before = done

        def tell(count: int, _: int, before: int = before) -> None:
            progress(before + count, total)

        _copy_location(audit, location, target, tell)
        done += location.count
        progress(done, total)


def _copy_location(
    audit: Audit, location: AuditedLocation, target: Target, progress: Callable[[int, int], None]
) -> None:
    size, root = target.end(location.id)
    verifier = Verifier(location.id, frozenset({size}))
    if size > location.count:
        raise OtherLogError(_OTHER.format(location.id))
    for rows in audit.batches(location):
        verifier.check(rows)
        _require_sound(verifier)
        if verifier.records >= size:
            if size and verifier.roots.get(size) != root:
                raise OtherLogError(_OTHER.format(location.id))
            if due := [row for row in rows if row[0] > size]:
                target.write(location.id, _new_records(target, location.id, due))
        progress(verifier.records, location.count)
    audit.finish(location, verifier)
    _require_sound(verifier)
    if target.end(location.id) != (verifier.records, verifier.root()):
        raise DamagedLogError(f"{location.id}: the copy does not have the root of the source. Do not use it.")


def _require_sound(verifier: Verifier) -> None:
    if verifier.faults:
        fault = verifier.faults[0]
        raise DamagedLogError(
            f"The source does not verify: {verifier.location}, no. {fault.seq}: {fault.words}. "
            "It is untouched; what comes before was copied. commlog verify says more."
        )


def _new_records(target: Target, location: str, rows: Sequence[Row]) -> list[NewRecord]:
    """Return rows as records to write, with the seqs of their roots."""
    here = {bytes(row[5] or b""): row[0] for row in rows}
    roots = {bytes(row[7] or b"") for row in rows}
    known = here | target.positions(location, sorted(roots.difference(here)))
    new = []
    for seq, public, salt, data, _, _, kind, root, *_ in rows:  # the verifier has compared them with the content
        record = Record.read(public, data, leaf_hash(public))
        at = known[bytes(root or b"")]
        new.append(
            NewRecord(seq, record.public.id, str(kind), at, public, salt or b"", data or b"", record.leaf, record)
        )
    return new
