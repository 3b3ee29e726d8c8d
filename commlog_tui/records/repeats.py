"""Whether an item that comes again means what was recorded: compared field by field, not by bytes."""

from typing import Any, Final

import msgspec

from commlog_tui.records.kind import Item, Kind
from commlog_tui.records.record import Record

_SET_BY_THE_LOG: Final = frozenset({"id", "location", "seq", "actor", "recorded_at", "personal", "person"})


def is_repeated(kind: Kind, item: Item, first: Record, public: dict[str, Any], data: bytes) -> bool:
    """Return whether an item means what the record with its id says.

    A field that is null and one that is absent are the same. A field that versions before it did
    not know is compared only where both state it, so that clients of different versions can
    repeat each other.
    """
    if kind.is_same(item, first):
        return True
    fields: dict[str, Any] = msgspec.json.decode(first.raw)
    found = {name: value for name, value in fields.items() if name not in _SET_BY_THE_LOG}
    ignored = kind.ignored
    if ignored:
        found, public = _without(found, ignored), _without(public, ignored)
    if not _agree(found, public, kind.optional):
        return False
    if first.personal is None or first.personal == data:
        return True  # what a redaction removed cannot be compared any more
    return _agree(msgspec.json.decode(first.personal), msgspec.json.decode(data), kind.optional)


def _agree(first: dict[str, Any], other: dict[str, Any], optional: frozenset[str]) -> bool:
    return all(
        first.get(name) == other.get(name)
        for name in first.keys() | other.keys()
        if name not in optional or (first.get(name) is not None and other.get(name) is not None)
    )


def _without(fields: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}
