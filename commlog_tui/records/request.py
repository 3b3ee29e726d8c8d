"""What has to be known of the log to decide on items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from commlog_tui.contract.identity import is_reserved, namespaced_id
from commlog_tui.records.kind import Item, Kind
from commlog_tui.records.kinds import KINDS, Kinds, is_manual
from commlog_tui.records.record import Record


@dataclass(frozen=True, slots=True)
class Request:
    """Items to append, and the ids to load for them."""

    items: Sequence[Item]
    ids: set[str] = field(default_factory=set)
    """Ids of records."""
    roots: set[str] = field(default_factory=set)
    """Ids of roots that items are about."""
    _later: dict[tuple[int, str], tuple[Item, ...]] = field(default_factory=dict, repr=False, compare=False)
    """What comes with items, as long as it may be asked for again."""

    @classmethod
    def of(cls, items: Sequence[Item], kinds: Kinds = KINDS) -> "Request":
        """Return the request for items."""
        request = cls(items)
        for item in items:
            request._want(item, item.about, item.id, kinds)
        return request

    def later(self, item: Item, record_id: str, kinds: Kinds = KINDS) -> tuple[Item, ...]:
        """Return the items that come with an item of the request, given its id, see ``Kind.later``."""
        known = self._later.get((id(item), record_id))
        return kinds[item.kind].later(item, record_id) if known is None else known

    def apart_from(self, found: Mapping[str, Record], kinds: Kinds = KINDS) -> "Request":
        """Return what has to be loaded further, given the records found: mostly nothing.

        A record of the other source class may have the id of an item's key, or of the key that an
        item is about.
        """
        further = Request(self.items)
        for item in self.items:
            kind = kinds[item.kind]
            record_id, about = _apart(kind, item, found, kinds), _root_apart(kind, item, found)
            if record_id is not None or about is not None:
                further._want(item, about or item.about, record_id or item.id, kinds)
        return further

    def _want(self, item: Item, about: str | None, record_id: str | None, kinds: Kinds) -> None:
        kind = kinds[item.kind]
        if record_id is None:
            record_id = kind.id_by_content(item, about or "")
        self.ids.add(record_id)
        if about is not None:
            self.roots.add(about)
        if later := kind.later(item, record_id):
            self._later[id(item), record_id] = later
            self.roots.add(record_id)
            self._want_all(later, record_id, kinds)

    def _want_all(self, items: Iterable[Item], about: str, kinds: Kinds) -> None:
        for item in items:
            self._want(item, about, item.id, kinds)


def _apart(kind: Kind, item: Item, found: Mapping[str, Record], kinds: Kinds) -> str | None:
    if item.id is None or (item.id not in found and not is_reserved(item.id)):
        return None
    known, (public, _) = found.get(item.id), kind.split(item, None)
    manual = kind.is_manual(public.get("source", ""))
    is_taken = known is None or is_manual(known.public, kinds) is not manual
    return namespaced_id(item.id, manual=manual) if is_taken else None


def _root_apart(kind: Kind, item: Item, found: Mapping[str, Record]) -> str | None:
    if item.about is None:
        return None
    root = found.get(item.about)
    is_other = root is not None and not kind.prefers(root.public)
    return namespaced_id(item.about, manual=kind.is_manual("")) if is_other or is_reserved(item.about) else None
