"""What becomes of items that are to be appended: a pure function that both databases share."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from commlog_tui.contract.identity import namespaced_id
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.leaf import SALT_SIZE, commitment, leaf_hash
from commlog_tui.ledger.record import PublicPart
from commlog_tui.ledger.tree import Frontier
from commlog_tui.records.actor import person_of
from commlog_tui.records.changes import Change, PersonalRemoved
from commlog_tui.records.errors import KeyReusedError, LogError, UnknownEntryError
from commlog_tui.records.growing_log import GrowingLog
from commlog_tui.records.instants import instant, micros
from commlog_tui.records.kind import Item, Kind, root_id
from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.repeats import is_repeated
from commlog_tui.records.request import Request
from commlog_tui.records.rows import ReceiptRow


class Head(msgspec.Struct, frozen=True, gc=False):
    """Where a location's log ends."""

    seq: int = 0
    entries: int = 0
    frontier: bytes = b""
    """Hashes of the complete subtrees, see ``ledger.tree.Frontier``."""


class Known(msgspec.Struct, frozen=True, gc=False):
    """All that a decision needs of the log, read under the location's lock."""

    location: str
    head: Head
    records: Mapping[str, Record]
    """Records by id, of those with the ids of the items and of what comes with them."""
    threads: Mapping[str, Thread]
    """Threads by the id of their root, of those the items are about.

    With at least the later records of decisive kinds.
    """
    messages: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Ids of the roots about a provider's message by its key, oldest first; ``threads`` has them."""
    region: str | None = None
    """Country of the location's phone numbers without a country code."""


class NewRecord(msgspec.Struct, frozen=True, gc=False):
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
    record: Record
    """The same, as it will be read."""
    fields: dict[str, Any] | None = None
    """The public part as plain values, if it is decoded already."""


class Appended(msgspec.Struct, frozen=True, gc=False):
    """A recorded item; ``created`` is false when it was there before."""

    receipt: ReceiptRow
    created: bool


class Decision(msgspec.Struct, frozen=True, gc=False):
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
    return decide_together(known, request, [actor] * len(request.items), clock, random, kinds=kinds)


def decide_together(
    known: Known,
    request: Request,
    actors: Sequence[str],
    clock: Callable[[], datetime],
    random: Callable[[int], bytes],
    *,
    kinds: Kinds = KINDS,
) -> Decision:
    """Decide on the items of several actors, named in the order of the items, as ``decide``."""
    decider = _Decider(known, request, clock, random, kinds=kinds)
    answers = [decider.answer(item, actor) for item, actor in zip(request.items, actors, strict=True)]
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
    """Answers items one after the other, each in the log as the earlier ones left it."""

    def __init__(
        self,
        known: Known,
        request: Request,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        *,
        kinds: Kinds,
    ) -> None:
        self._location = known.location
        self._request = request
        self._actor = ""
        self._clock = clock
        self._random = random
        self._kinds = kinds
        self._log = GrowingLog(known.records, known.threads, known.messages, known.region, kinds)
        self._frontier = Frontier(known.head.seq, known.head.frontier)
        self._entries = known.head.entries
        self._new: list[NewRecord] = []
        self._seq = known.head.seq
        self._changes: list[Change] = []

    def answer(self, item: Item, actor: str) -> Appended | LogError:
        self._actor = actor
        try:
            return self._accept(item)
        except LogError as error:
            return error

    def decision(self, answers: list[Appended | LogError]) -> Decision:
        nodes = self._frontier.push_leaves([new.leaf for new in self._new])
        head = Head(self._frontier.size, self._entries, self._frontier.peaks)
        return Decision(answers, self._new, head, nodes, self._changes)

    def _accept(self, item: Item) -> Appended:
        """Record an item with all that comes with it and follows from it."""
        item = self._kinds[item.kind].find_root(item, self._log)
        kind = self._kinds[item.kind]
        thread = self._thread_for(kind, item)
        answer, record = self._record(kind, item, thread)
        for one in kind.follows(item, record, thread, self._log):
            self._accept(one)
        for one in self._request.later(item, answer.receipt.id, self._kinds):
            try:
                self._accept(one)
            except KeyReusedError:
                continue  # reported before, in other words
        return answer

    def _record(self, kind: Kind, item: Item, thread: Thread | None) -> tuple[Appended, Record]:
        if thread is not None:
            kind.refuse(item, thread)
        public, personal = kind.split(item, thread)
        data = canonical(personal)
        record_id, known = self._identify(kind, item, thread, public)
        if known is None:
            return self._add(kind, record_id, thread, public, (personal, data))
        if not is_repeated(kind, item, known, public, data):
            raise KeyReusedError("This key already stands for a record with other content. Nothing was changed.")
        return Appended(known.receipt, created=False), known

    def _identify(
        self, kind: Kind, item: Item, thread: Thread | None, public: dict[str, Any]
    ) -> tuple[str, Record | None]:
        """Return the id that an item has or gets, and its record if it is there already."""
        manual = kind.is_manual(public.get("source", ""))
        if item.id is not None:
            return self._log.identify(item.id, manual=manual)
        about = root_id(item, thread)
        *preferred, last = kind.ids_by_content(item, about, None if thread is None else thread.root.public.message_key)
        for key_id in preferred:
            record_id, known = self._log.identify(key_id, manual=manual)
            if known is None or known.public.root in {None, about}:
                return record_id, known
        return self._log.identify(last, manual=manual)

    def _add(
        self, kind: Kind, record_id: str, thread: Thread | None, sent: dict[str, Any], personal: tuple[object, bytes]
    ) -> tuple[Appended, Record]:
        """Add a record; the personal part is given as its kind holds it, and as it is written."""
        content, data = personal
        seq = self._seq + 1
        now = self._clock()
        recorded_at = micros(now)
        salt = self._random(SALT_SIZE)
        fields = {
            **sent,
            "id": record_id,
            "location": self._location,
            "seq": seq,
            "actor": str(self._actor),
            "recorded_at": recorded_at,
            "personal": commitment(salt, data).hex(),
        }
        if (person := person_of(self._actor)) is not None:
            fields["person"] = person
        public = canonical(fields)
        leaf = leaf_hash(public)
        root = seq if thread is None else thread.root.seq
        record = Record(public, msgspec.convert(fields, PublicPart), data, leaf, content)
        self._new.append(NewRecord(seq, record_id, kind.name, root, public, salt, data, leaf, record, fields))
        self._seq = seq
        self._entries += kind.name == "entry"
        self._changes += changes_of(record, thread, self._kinds)
        self._log.add(record, thread, kind)
        at = now if now.tzinfo is UTC else instant(recorded_at)
        receipt = ReceiptRow(record_id, self._location, seq, leaf.hex(), at)
        return Appended(receipt, created=True), record

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
        thread = self._log.thread(record_id)
        return thread if thread is not None and kind.fits(thread.root.public.kind) else None
