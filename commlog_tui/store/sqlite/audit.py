"""A log file opened to be checked, see ``store.auditing``."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import apsw

from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.verifier import Verifier
from commlog_tui.store.auditing import AuditedLocation, Progress
from commlog_tui.store.auditing_cores import feed_on_cores
from commlog_tui.store.errors import DamagedLogError
from commlog_tui.store.signing import fault_of_key
from commlog_tui.store.sqlite import access, auditing, comparing, scrubbing
from commlog_tui.store.sqlite.integrity import integrity_faults
from commlog_tui.store.sqlite.schema_check import require_schema, schema_faults


class SqliteAudit:
    """See ``auditing.Audit``."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        """Wrap a connection within one snapshot of the file."""
        self._path, self._connection = path, connection

    def log_name(self) -> str:
        """See ``auditing.Audit.log_name``."""
        return access.log_name(self._connection)

    def faults(self) -> Iterator[str]:
        """See ``auditing.Audit.faults``."""
        for check in (require_schema, access.log_name, auditing.require_known_locations):
            try:
                found = check(self._connection)
            except DamagedLogError as error:
                yield str(error)
            else:
                if isinstance(found, str) and (words := fault_of_key(self._path.with_suffix(".key"), found)):
                    yield words

    def require_whole(self) -> None:
        """See ``auditing.Audit.require_whole``."""
        require_schema(self._connection)
        auditing.require_known_locations(self._connection)

    def locations(self) -> list[AuditedLocation]:
        """See ``auditing.Audit.locations``."""
        return [AuditedLocation(*location) for location in auditing.locations(self._connection)]

    def ends(self) -> list[tuple[str, int, bytes]]:
        """See ``auditing.Audit.ends``."""
        return auditing.ends(self._connection)

    def batches(self, location: AuditedLocation) -> Iterator[Iterable[Row]]:
        """See ``auditing.Audit.batches``."""
        return auditing.batches(self._connection, location.key)

    def feed(self, location: AuditedLocation, verifier: Verifier, progress: Progress) -> bool:
        """See ``auditing.Audit.feed``."""
        batches = partial(auditing.batches, self._connection, location.key)
        examine = partial(auditing.examine, self._path, location.key, location.id)
        return feed_on_cores(batches, examine, location, verifier, progress)

    def finish(self, location: AuditedLocation, verifier: Verifier) -> None:
        """See ``auditing.Audit.finish``."""
        auditing.finish(self._connection, location.key, verifier)

    def schema_faults(self) -> list[str]:
        """See ``auditing.Audit.schema_faults``."""
        return schema_faults(self._connection)

    def index_faults(self) -> list[str]:
        """See ``auditing.Audit.index_faults``."""
        return integrity_faults(self._connection)

    def is_comparable(self) -> bool:
        """See ``auditing.Audit.is_comparable``."""
        return comparing.is_comparable(self._connection)

    def differing(self, progress: Progress) -> list[str]:
        """See ``auditing.Audit.differing``."""
        return comparing.differing(self._connection, progress)

    def is_scrub_due(self) -> bool:
        """See ``auditing.Audit.is_scrub_due``."""
        return scrubbing.is_due(self._connection)


@contextmanager
def opened(path: Path) -> Iterator[SqliteAudit]:
    """Open a log file to check it, within one snapshot.

    Raises ``StoreUnavailableError`` if it is no log of this layout.
    """
    with auditing.opened(path) as connection:
        yield SqliteAudit(path, connection)
