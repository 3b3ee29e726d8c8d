"""The log as it grows while items are decided: what was read, and what has been added to it."""

from collections.abc import Mapping

from msgspec.structs import replace

from commlog_tui.contract.identity import is_reserved, namespaced_id
from commlog_tui.records.kind import Kind
from commlog_tui.records.kinds import Kinds, is_manual
from commlog_tui.records.record import Record, Thread


class GrowingLog:
    """Records, threads and roots by message, of those that a decision needs."""

    def __init__(
        self,
        records: Mapping[str, Record],
        threads: Mapping[str, Thread],
        messages: Mapping[str, tuple[str, ...]],
        region: str | None,
        kinds: Kinds,
    ) -> None:
        self.region = region
        self._records = records
        self._threads = threads
        self._messages = messages
        self._kinds = kinds
        self._new: dict[str, Record] = {}
        self._grown: dict[str, Thread] = {}
        self._new_by_message: dict[str, list[str]] = {}
        self._redacted: set[str] = set()
        """Ids of the roots that are redacted among these items.

        What was read before still has the personal parts.
        """

    def thread(self, root_id: str) -> Thread | None:
        """Return the thread of a root."""
        return self._grown.get(root_id) or self._threads.get(root_id)

    def record(self, record_id: str) -> Record | None:
        """Return a record."""
        return self._find(record_id)

    def of_message(self, key: str) -> tuple[Thread, ...]:
        """Return the threads of the roots about a provider's message, oldest first."""
        roots = (*self._messages.get(key, ()), *self._new_by_message.get(key, ()))
        return tuple(thread for thread in map(self.thread, roots) if thread is not None)

    def identify(self, key_id: str, *, manual: bool) -> tuple[str, Record | None]:
        """Return the id that a record of a key and source class has or gets, and the record if it is there already.

        It is the id that the key stands for, unless a record of the other class has that.
        """
        known = self._find(key_id)
        if known is None and not is_reserved(key_id):
            return key_id, None
        if known is not None and is_manual(known.public, self._kinds) is manual:
            return key_id, known
        apart = namespaced_id(key_id, manual=manual)
        return apart, self._find(apart)

    def add(self, record: Record, thread: Thread | None, kind: Kind) -> None:
        """Add a record to the thread that it is about, None for a root."""
        record_id = record.public.id
        self._new[record_id] = record
        if thread is None:
            self._grown[record_id] = Thread(record)
            if (key := record.public.message_key) is not None:
                self._new_by_message.setdefault(key, []).append(record_id)
            return
        grown = thread.with_record(record) if kind.is_decisive else thread
        root = grown.root.public.id
        if kind.name == "redaction":
            self._redacted.add(root)
            grown = Thread(self._forgotten(grown.root), tuple(map(self._forgotten, grown.later)))
        self._grown[root] = grown

    def _find(self, record_id: str) -> Record | None:
        found = self._records.get(record_id) or self._new.get(record_id)
        if found is not None and (found.public.root or record_id) in self._redacted:
            return self._forgotten(found)
        return found

    def _forgotten(self, record: Record) -> Record:
        kind = self._kinds.get(record.public.kind)
        survives = kind is not None and kind.survives_redaction
        return record if survives else replace(record, personal=None)
