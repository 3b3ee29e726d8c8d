"""A log in memory: what every store does around ``decide``, without a database."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from msgspec.structs import replace

from commlog_tui.records.changes import Change, PersonalRemoved
from commlog_tui.records.decide import Appended, Head, Known, NewRecord, decide
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.kinds import KINDS, Kinds, is_decisive
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.request import Request
from tests.records.golden import Salts

START = datetime(2026, 11, 3, 12, tzinfo=UTC)


class MemoryLog:
    """One location's log."""

    def __init__(self, kinds: Kinds = KINDS, actor: str = "sender", clock: Iterator[datetime] | None = None) -> None:
        self.records: list[Record] = []
        self.new: list[NewRecord] = []
        self.changes: list[Change] = []
        self.head = Head()
        self._kinds = kinds
        self._actor = actor
        self._instants = (START + timedelta(seconds=tick) for tick in count(1)) if clock is None else clock
        self._roots: dict[int, list[int]] = {}
        self._salts: Callable[[int], bytes] = Salts()

    def clock(self) -> datetime:
        """Return a later instant each time."""
        return next(self._instants)

    def append(self, *items: Item, actor: str | None = None) -> Sequence[Appended | LogError]:
        """Load, decide, write."""
        request = Request.of(items, self._kinds)
        found, threads = self._load(request)
        while not (more := request.apart_from(found, threads, self._kinds)).is_empty:
            further_found, further_threads = self._load(more)
            found, threads = found | further_found, threads | further_threads
        messages = {key: tuple(self._named(key)) for key in request.messages}
        known = Known("quay", self.head, found, threads, messages, "GB")
        decision = decide(known, request, actor or self._actor, self.clock, self._salts, kinds=self._kinds)
        self.new += decision.records
        self.records += [new.record for new in decision.records]
        self.changes += decision.changes
        self.head = decision.head
        for change in decision.changes:
            if isinstance(change, PersonalRemoved):
                self._forget(change)
        return decision.answers

    def _load(self, request: Request) -> tuple[dict[str, Record], dict[str, Thread]]:
        found = {record.public.id: record for record in self.records if record.public.id in request.ids | request.roots}
        roots = {root for root in request.roots if root in found and _is_root(found[root])}
        roots.update(root for key in request.messages for root in self._named(key))
        return found, {root: self.thread(root, decisive=True) for root in roots}

    def _named(self, key: str) -> Iterator[str]:
        """Return the ids of the roots about a provider's message."""
        return (record.public.id for record in self.records if _is_root(record) and record.public.message_key == key)

    def thread(self, root_id: str, *, decisive: bool = False) -> Thread:
        """Return a root's thread."""
        root = next(record for record in self.records if record.public.id == root_id)
        later = [record for record in self.records if record.public.root == root_id]
        if decisive:
            later = [record for record in later if is_decisive(record.public.kind, self._kinds)]
        return Thread(root, tuple(later))

    def _forget(self, change: PersonalRemoved) -> None:
        root = self.records[change.root - 1].public.id
        for at, record in enumerate(self.records[: change.before - 1]):
            kind = self._kinds.get(record.public.kind)
            if root in {record.public.id, record.public.root} and not (kind and kind.survives_redaction):
                self.records[at] = replace(record, personal=None)


def _is_root(record: Record) -> bool:
    return record.public.root is None
