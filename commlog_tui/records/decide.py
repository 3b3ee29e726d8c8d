"""What becomes of items that are to be appended: a pure function that both databases share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import msgspec

from commlog_tui.contract.identity import is_reserved, namespaced_id
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import SALT_SIZE, commitment, leaf_hash
from commlog_tui.ledger.record import PublicPart
from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.changes import Change, PersonalRemoved
from commlog_tui.records.errors import KeyReusedError, LogError, UnknownEntryError
from commlog_tui.records.instants import instant, micros
from commlog_tui.records.kind import Item, Kind, root_id
from commlog_tui.records.kinds import KINDS, Kinds, is_manual
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.request import Request
from commlog_tui.records.rows import ReceiptRow

_SET_BY_THE_LOG: Final = frozenset({"id", "location", "seq", "actor", "recorded_at", "personal"})


@dataclass(frozen=True, slots=True)
class Head:
    """Where a location's log ends."""

    seq: int = 0
    entries: int = 0
    frontier: bytes = b""
    """Hashes of the complete subtrees, see ``ledger.tree.Frontier``."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that a decision needs of the log, read under the location's lock."""

    location: str
    head: Head
    records: Mapping[str, Record]
    """Records by id, of those with the ids of the items and of what comes with them."""
    threads: Mapping[str, Thread]
    """Threads by the id of their root, of those the items are about.

    With at least the later records of decisive kinds.
    """


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to write."""

    seq: int
    id: str
    kind: str
    root: int
    """Seq of the root: its own for a root."""
    public: bytes
    salt: bytes
    personal: bytes
    leaf: bytes
    record: Record = field(repr=False, compare=False)
    """The same, as it will be read."""


@dataclass(frozen=True, slots=True)
class Appended:
    """A recorded item; ``created`` is false when it was there before."""

    receipt: ReceiptRow
    created: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What to answer, and what to write."""

    answers: list[Appended | LogError]
    records: list[NewRecord]
    head: Head
    nodes: list[tuple[int, int, bytes]]
    """Completed tiles of the tree: level, index, hash."""
    changes: list[Change]


def decide(
    known: Known,
    request: Request,
    actor: str,
    clock: Callable[[], datetime],
    random: Callable[[int], bytes],
    *,
    kinds: Kinds = KINDS,
) -> Decision:
    """Return the answer to every item, in order, with all that is to be written for them.

    ``clock`` is called once for each new record, and ``random`` once for its salt (a number of
    bytes). Each item is answered for itself: a refused one neither stops nor undoes others.
    """
    decider = _Decider(known, request, actor, clock, random, kinds=kinds)
    answers = [decider.answer(item) for item in request.items]
    return decider.decision(answers)


def changes_of(record: Record, thread: Thread | None, kinds: Kinds = KINDS) -> tuple[Change, ...]:
    """Return the changes that a record makes to the projections.

    The thread is as before it, None for a root. A record of an unknown kind changes nothing.
    """
    kind = kinds.get(record.public.kind)
    if kind is None:
        return ()
    if kind.name == "redaction" and thread is not None:
        root = kinds.get(thread.root.public.kind)
        removed = PersonalRemoved(thread.root.seq, record.seq)
        return (removed, *(() if root is None else root.redacted(thread)))
    return kind.changes(record, thread)


class _Decider:
    """The log as it grows while items are decided."""

    def __init__(
        self,
        known: Known,
        request: Request,
        actor: str,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        *,
        kinds: Kinds,
    ) -> None:
        self._known = known
        self._request = request
        self._actor = actor
        self._clock = clock
        self._random = random
        self._kinds = kinds
        self._frontier = Frontier(known.head.seq, known.head.frontier)
        self._entries = known.head.entries
        self._new: dict[str, NewRecord] = {}
        self._threads: dict[str, Thread] = {}
        self._redacted: set[str] = set()
        """Ids of the roots that are redacted among these items.

        What was read before still has the personal parts.
        """
        self._nodes: list[tuple[int, int, bytes]] = []
        self._changes: list[Change] = []

    def answer(self, item: Item) -> Appended | LogError:
        try:
            answer = self._record(item)
            for one in self._request.later(item, answer.receipt.id, self._kinds):
                try:
                    self._record(one)
                except KeyReusedError:
                    continue  # reported before, in other words
        except LogError as error:
            return error
        return answer

    def decision(self, answers: list[Appended | LogError]) -> Decision:
        head = Head(self._frontier.size, self._entries, self._frontier.peaks)
        return Decision(answers, list(self._new.values()), head, self._nodes, self._changes)

    def _record(self, item: Item) -> Appended:
        kind = self._kinds[item.kind]
        thread = self._thread_for(kind, item)
        if thread is not None:
            kind.refuse(item, thread)
        public, personal = kind.split(item, thread)
        data = canonical(personal)
        key_id = kind.id_by_content(item, root_id(item, thread)) if item.id is None else item.id
        record_id, known = self._identify(key_id, manual=kind.is_manual(public.get("source", "")))
        if known is not None:
            return _repeated(known, public, data)
        return self._add(kind, record_id, thread, public, (personal, data))

    def _identify(self, key_id: str, *, manual: bool) -> tuple[str, Record | None]:
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

    def _find(self, record_id: str) -> Record | None:
        found = self._known.records.get(record_id)
        if found is None and (new := self._new.get(record_id)) is not None:
            found = new.record
        if found is not None and (found.public.root or record_id) in self._redacted:
            return _forgotten(found, self._kinds)
        return found

    def _add(
        self, kind: Kind, record_id: str, thread: Thread | None, sent: dict[str, Any], personal: tuple[object, bytes]
    ) -> Appended:
        """Add a record; the personal part is given as its kind holds it, and as it is written."""
        content, data = personal
        seq = self._frontier.size + 1
        recorded_at = micros(self._clock())
        salt = self._random(SALT_SIZE)
        fields = {
            **sent,
            "id": record_id,
            "location": self._known.location,
            "seq": seq,
            "actor": self._actor,
            "recorded_at": recorded_at,
            "personal": commitment(salt, data).hex(),
        }
        public = canonical(fields)
        leaf = leaf_hash(public)
        root = seq if thread is None else thread.root.seq
        record = Record(public, msgspec.convert(fields, PublicPart), data, leaf, content)
        self._new[record_id] = NewRecord(seq, record_id, kind.name, root, public, salt, data, leaf, record)
        self._nodes += self._frontier.push_leaf(leaf)
        self._entries += kind.name == "entry"
        self._changes += changes_of(record, thread, self._kinds)
        self._grow(record, thread, kind)
        return Appended(
            ReceiptRow(record_id, self._known.location, seq, leaf.hex(), instant(recorded_at)), created=True
        )

    def _grow(self, record: Record, thread: Thread | None, kind: Kind) -> None:
        if thread is None:
            self._threads[record.public.id] = Thread(record)
            return
        grown = thread.with_record(record) if kind.is_decisive else thread
        root = grown.root.public.id
        if kind.name == "redaction":
            self._redacted.add(root)
            grown = _without_personal(grown, self._kinds)
        self._threads[root] = grown

    def _thread_for(self, kind: Kind, item: Item) -> Thread | None:
        """Return an item's thread, None for a root. Raises ``UnknownEntryError``."""
        if kind.is_root or (kind.is_loose and item.about is None):
            return None
        about = item.about or ""
        thread = self._root(kind, about)
        if thread is None or not kind.prefers(thread.root.public):
            thread = self._root(kind, namespaced_id(about, manual=kind.is_manual(""))) or thread
        if thread is None:
            raise UnknownEntryError("There is no such entry.")
        return thread

    def _root(self, kind: Kind, record_id: str) -> Thread | None:
        thread = self._threads.get(record_id) or self._known.threads.get(record_id)
        return thread if thread is not None and kind.fits(thread.root.public.kind) else None


def _without_personal(thread: Thread, kinds: Kinds) -> Thread:
    """Return a thread as it is after a redaction."""
    later = tuple(_forgotten(record, kinds) for record in thread.later)
    return Thread(_forgotten(thread.root, kinds), later)


def _forgotten(record: Record, kinds: Kinds) -> Record:
    kind = kinds.get(record.public.kind)
    survives = kind is not None and kind.survives_redaction
    return record if survives else replace(record, personal=None)


def _repeated(first: Record, public: dict[str, Any], data: bytes) -> Appended:
    """Return the first receipt again if the item means what was recorded.

    Raises ``KeyReusedError``.
    """
    if _said(first) != _stated(public) or not _means(first, data):
        raise KeyReusedError("This key already stands for a record with other content. Nothing was changed.")
    return Appended(first.receipt, created=False)


def _means(first: Record, data: bytes) -> bool:
    """Whether a personal part means what was recorded. Null and absent are the same."""
    if first.personal is None or first.personal == data:
        return True  # what a redaction removed cannot be compared any more
    return _stated(msgspec.json.decode(first.personal)) == _stated(msgspec.json.decode(data))


def _said(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.json.decode(record.raw)
    return _stated({name: value for name, value in fields.items() if name not in _SET_BY_THE_LOG})


def _stated(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
