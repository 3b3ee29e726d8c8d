"""Verification of a log, whatever database it is in: each store feeds its rows to the same checks.

Nothing is written, and nothing that is read is believed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.verifier import Verifier

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class AuditedLocation:
    """A location with what stands for it in the database; an id may be there twice by tampering."""

    key: int
    id: str
    count: int
    """How many records it has."""


class Audit(Protocol):
    """A log within one snapshot, opened to be checked."""

    def log_name(self) -> str:
        """Return the name under which the log signs.

        Raises ``DamagedLogError`` where there is not exactly one.
        """
        ...

    def faults(self) -> Iterator[str]:
        """Yield, in words, what is wrong with the database as a whole: schema, log id, orphans."""
        ...

    def require_whole(self) -> None:
        """Raise ``DamagedLogError`` for another schema, and for records without a location."""
        ...

    def locations(self) -> list[AuditedLocation]:
        """Return every location, by id."""
        ...

    def ends(self) -> list[tuple[str, int, bytes]]:
        """Return id, stored size and stored root of every location, by id."""
        ...

    def batches(self, location: AuditedLocation) -> Iterator[Iterable[Row]]:
        """Yield the records of a location in order of seq, as the verifier takes them.

        Raises ``StoreUnavailableError`` where the database is damaged.
        """
        ...

    def feed(self, location: AuditedLocation, verifier: Verifier, progress: Progress) -> bool:
        """Have the records of a location verified in order of seq.

        Returns whether parts of them were read apart from this snapshot, by other processes.
        """
        ...

    def finish(self, location: AuditedLocation, verifier: Verifier) -> None:
        """Let the verifier compare the stored tree, and report what only the database can find.

        That is personal data that a redaction should have removed, an id that is there twice, and
        records beyond the log's end.
        """
        ...

    def schema_faults(self) -> list[str]:
        """Return, in words, where the schema is not the one that this version makes."""
        ...

    def index_faults(self) -> list[str]:
        """Return, in words, which indexes and references are broken."""
        ...

    def is_comparable(self) -> bool:
        """Whether this version made the projections, so that they can be compared."""
        ...

    def differing(self, progress: Progress) -> list[str]:
        """Return, in words, which projections are not what the records make of them."""
        ...

    def is_scrub_due(self) -> bool:
        """Whether redacted bytes are to be overwritten yet."""
        ...


def verify_location(
    audit: Audit,
    location: AuditedLocation,
    roots_at: frozenset[int] = frozenset(),
    progress: Progress = lambda _done, _total: None,
) -> Verifier:
    """Hash every record of a location again, and compare the tree that is stored.

    ``roots_at`` are sizes for which somebody knows the root. ``progress`` is called with the
    records done and their total.
    """
    verifier = Verifier(location.id, roots_at)
    was_shared = audit.feed(location, verifier, progress)
    audit.finish(location, verifier)
    if was_shared and verifier.faults:  # what was redacted meanwhile is no fault: look again, within one snapshot
        verifier = Verifier(location.id, roots_at)
        feed_in_turn(audit, location, verifier, progress)
        audit.finish(location, verifier)
    return verifier


def feed_in_turn(audit: Audit, location: AuditedLocation, verifier: Verifier, progress: Progress) -> None:
    """Have the records of a location verified by this process alone."""
    for rows in audit.batches(location):
        verifier.check(rows)
        progress(verifier.records, location.count)
