"""What has to be known of the log to decide on items."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from commlog_tui.contract.identity import is_reserved, namespaced_id
from commlog_tui.records.kind import Item, Kind
from commlog_tui.records.kinds import KINDS, Kinds, is_manual
from commlog_tui.records.record import Record, Thread

_Wanted = tuple[Item, str | None, str | None, bool]
"""An item, the id of the root that it is about, its own id if it has one, and whether that is the
id apart from the one that its key stands for."""


@dataclass(frozen=True, slots=True)
class Request:
    """Items to append, and what to load for them."""

    items: Sequence[Item]
    ids: set[str] = field(default_factory=set)
    """Ids of records."""
    roots: set[str] = field(default_factory=set)
    """Ids of roots whose threads are needed."""
    messages: set[str] = field(default_factory=set)
    """Keys of providers' messages whose roots and threads are needed."""
    _wanted: list[_Wanted] = field(default_factory=list, repr=False, compare=False)
    """The items, and what comes with them."""
    _keys: dict[str, set[str]] = field(default_factory=dict, repr=False, compare=False)
    """Keys of providers' messages of roots that are among the items, by their id."""
    _later: dict[tuple[int, str], tuple[Item, ...]] = field(default_factory=dict, repr=False, compare=False)
    """What comes with items, as long as it may be asked for again."""

    @classmethod
    def of(cls, items: Sequence[Item], kinds: Kinds = KINDS) -> "Request":
        """Return the request for items."""
        request = cls(items)
        for item in items:
            request._want(item, item.about, item.id, kinds)
        return request

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to load."""
        return not (self.ids or self.roots or self.messages)

    def later(self, item: Item, record_id: str, kinds: Kinds = KINDS) -> tuple[Item, ...]:
        """Return the items that come with an item of the request, given its id, see ``Kind.later``."""
        known = self._later.get((id(item), record_id))
        return kinds[item.kind].later(item, record_id) if known is None else known

    def apart_from(self, found: Mapping[str, Record], threads: Mapping[str, Thread], kinds: Kinds = KINDS) -> "Request":
        """Return what has to be loaded further, given all that was found for this request: mostly nothing.

        A record of the other source class may have the id of an item's key, or of the key that an
        item is about; and a thread may lead to other roots. What is returned is part of this
        request from then on.
        """
        if not (found or threads or self._keys or self.roots) and not any(map(is_reserved, self.ids)):
            return Request(self.items)  # nothing of it is known, and nothing is named otherwise than by its key
        ids, roots, messages = set(self.ids), set(self.roots), set(self.messages)
        for item, about, record_id, is_apart in list(self._wanted):
            kind = kinds[item.kind]
            thread = None if about is None else threads.get(about)
            keys = set(self._keys.get(about or "", ()))
            if thread is not None and thread.root.public.message_key is not None:
                keys.add(thread.root.public.message_key)
            for key_id in _ids(kind, item, about, record_id, keys):
                self.ids.add(key_id)
                apart = None if is_apart else _apart(kind, item, key_id, found, kinds)
                if apart is not None and apart not in self.ids:
                    self._want(item, about, apart, kinds, is_apart=True)
            if (root := _root_apart(kind, item, found)) is not None and root not in self.roots:
                self._want(item, root, record_id, kinds, is_apart=is_apart)
            if thread is not None:
                self._need_related(kind, thread, threads)
        return Request(self.items, self.ids - ids, self.roots - roots, self.messages - messages)

    def _want(
        self, item: Item, about: str | None, record_id: str | None, kinds: Kinds, *, is_apart: bool = False
    ) -> None:
        kind = kinds[item.kind]
        self._wanted.append((item, about, record_id, is_apart))
        ids = _ids(kind, item, about, record_id, ())
        self.ids.update(ids)
        if about is not None:
            self.roots.add(about)
        self._need(kind.reads(item))
        if (key := kind.message_key(item)) is not None:
            self.messages.add(key)
            self._keys.setdefault(ids[0], set()).add(key)
        if later := kind.later(item, ids[0]):
            self._later[id(item), ids[0]] = later
            self.roots.add(ids[0])
            self._want_all(later, ids[0], kinds)

    def _need_related(self, kind: Kind, thread: Thread, threads: Mapping[str, Thread]) -> None:
        """Want what a thread leads to, and what that leads to in turn."""
        found, seen = [thread], {thread.root.public.id}
        while found:
            one = found.pop()
            self.messages.update(kind.related_messages(one))
            roots = kind.related(one)
            self._need(roots)
            found += [threads[root] for root in roots if root in threads and root not in seen]
            seen.update(roots)

    def _need(self, roots: Iterable[str]) -> None:
        self.ids.update(roots)
        self.roots.update(roots)

    def _want_all(self, items: Iterable[Item], about: str, kinds: Kinds) -> None:
        for item in items:
            self._want(item, about, item.id, kinds)


def _ids(kind: Kind, item: Item, about: str | None, record_id: str | None, keys: Collection[str]) -> list[str]:
    """Return the ids that an item may have, given the keys of the message that its root may be about."""
    if record_id is not None:
        return [record_id]
    return [key_id for key in keys or (None,) for key_id in kind.ids_by_content(item, about or "", key)]


def _apart(kind: Kind, item: Item, key_id: str, found: Mapping[str, Record], kinds: Kinds) -> str | None:
    """Return the id that a record has whose key stands for an id that another has."""
    if key_id not in found and not is_reserved(key_id):
        return None
    known, (public, _) = found.get(key_id), kind.split(item, None)
    manual = kind.is_manual(public.get("source", ""))
    is_taken = known is None or is_manual(known.public, kinds) is not manual
    return namespaced_id(key_id, manual=manual) if is_taken else None


def _root_apart(kind: Kind, item: Item, found: Mapping[str, Record]) -> str | None:
    if item.about is None:
        return None
    root = found.get(item.about)
    is_other = root is not None and not kind.prefers(root.public)
    return namespaced_id(item.about, manual=kind.is_manual("")) if is_other or is_reserved(item.about) else None
