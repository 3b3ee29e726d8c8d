"""The interface of a record kind. Each is one module with one ``Kind``, see ``kinds``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from msgspec import Struct

from commlog_tui.ledger.record import PublicPart
from commlog_tui.records.changes import Change
from commlog_tui.records.record import Record, Thread

ANY_ROOT: Final = frozenset({"*"})


class Item(Protocol):
    """Something to record: a request's content under an id."""

    @property
    def kind(self) -> str:
        """Name of the kind."""
        ...

    @property
    def id(self) -> str | None:
        """Id of the record's key, a UUID in lower case; None if its content is the key."""
        ...

    @property
    def about(self) -> str | None:
        """Id of the root that it is about; None for a root."""
        ...


class Lookup(Protocol):
    """The log as it is while items are recorded one after the other."""

    @property
    def region(self) -> str | None:
        """Country of phone numbers without a country code."""
        ...

    def thread(self, root_id: str) -> Thread | None:
        """Return the thread of a root, with at least the later records of decisive kinds."""
        ...

    def record(self, record_id: str) -> Record | None:
        """Return a record that was asked for by its id, if it is there."""
        ...

    def of_message(self, key: str) -> tuple[Thread, ...]:
        """Return the threads of the roots about a provider's message, oldest first."""
        ...


def stated(**fields: str | int | None) -> dict[str, Any]:
    """Return the fields that are not empty. Those added after 0.1.0 are absent where they are."""
    return {name: value for name, value in fields.items() if value is not None}


def _nothing_to_refuse(_item: Any, _thread: Thread) -> None:  # noqa: ANN401 - each kind has items of its own
    """Accept."""


def _no_ids(_item: Any, _root: str, _message_key: str | None) -> tuple[str, ...]:  # noqa: ANN401 - each kind has items of its own
    raise ValueError("an item of this kind has an id of its own")


def _reads_nothing(_item: Any) -> tuple[str, ...]:  # noqa: ANN401 - each kind has items of its own
    return ()


def _relates_to_nothing(_thread: Thread) -> tuple[str, ...]:
    return ()


def _no_message(_item: Any) -> str | None:  # noqa: ANN401 - each kind has items of its own
    return None


def _as_it_is(item: Any, _log: Lookup) -> Any:  # noqa: ANN401 - each kind has items of its own
    return item


def _never_same(_item: Any, _found: Record) -> bool:  # noqa: ANN401 - each kind has items of its own
    return False


def _nothing_follows(*_known: object) -> tuple[Item, ...]:
    return ()


def _manual(_source: str) -> bool:
    return True


def _any_root(_root: PublicPart) -> bool:
    return True


def _no_items(_item: Any, _record_id: str) -> tuple[Item, ...]:  # noqa: ANN401 - each kind has items of its own
    return ()


def _no_changes(_record: Record, _thread: Thread | None) -> tuple[Change, ...]:
    return ()


def _not_projected(_thread: Thread) -> tuple[Change, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: pure functions and facts."""

    name: str
    """As it stands in hashed bytes."""
    words: str
    """As people call it."""
    split: Callable[[Any, Thread | None], tuple[dict[str, Any], dict[str, Any] | Struct]]
    """Return the public part (what its sender determines) and the personal part of an item."""
    about: frozenset[str] = frozenset()
    """Kinds of root that it may be about; none: it is a root itself."""
    is_loose: bool = False
    """Whether it may be about nothing yet."""
    ids_by_content: Callable[[Any, str, str | None], tuple[str, ...]] = _no_ids
    """Return the ids of an item without one, given the id of its root and the root's message key.

    An id of a record about another root is passed over, unless it is the last.
    """
    optional: frozenset[str] = frozenset()
    """Fields added after 0.1.0: repeats are compared by them only where both sides state them."""
    ignored: frozenset[str] = frozenset()
    """Fields of the public part that repeats are not compared by."""
    is_same: Callable[[Any, Record], bool] = _never_same
    """Whether an item is known to be what a record with its id says, without comparing."""
    message_key: Callable[[Any], str | None] = _no_message
    """Return the key of the provider's message whose roots matter to the decision."""
    reads: Callable[[Any], tuple[str, ...]] = _reads_nothing
    """Return ids of further records and roots that matter to the decision."""
    related: Callable[[Thread], tuple[str, ...]] = _relates_to_nothing
    """Return ids of roots that matter to the decision, given the thread that an item is about."""
    related_messages: Callable[[Thread], tuple[str, ...]] = _relates_to_nothing
    """Return keys of providers' messages whose roots matter to the decision, given that thread."""
    find_root: Callable[[Any, Lookup], Any] = _as_it_is
    """Return the item to record in place of an item whose root depends on what is known.

    Raises a ``LogError`` if that forbids it.
    """
    is_manual: Callable[[str], bool] = _manual
    """Whether a record comes from people, and not from a sending system, given the source in its public part."""
    prefers: Callable[[PublicPart], bool] = _any_root
    """Whether a root is of the sort that an item about its key means.

    Automated and manual entries may have the same key.
    """
    refuse: Callable[[Any, Thread], None] = _nothing_to_refuse
    """Raise a ``LogError`` if a new item cannot be recorded about this thread."""
    changes: Callable[[Record, Thread | None], tuple[Change, ...]] = _no_changes
    """Return the changes to the projections.

    The thread is as it was before the record, None for a root.
    """
    redacted: Callable[[Thread], tuple[Change, ...]] = _not_projected
    """Of a root: return the changes to the projections when it is redacted."""
    later: Callable[[Any, str], tuple[Item, ...]] = _no_items
    """Return items that come with an item and are recorded after it, given its id.

    A reused key among them is a no-op.
    """
    follows: Callable[[Any, Record, Thread | None, Lookup], tuple[Item, ...]] = _nothing_follows
    """Return items that follow from a record, new or repeated, and from what is known.

    Given are the item, its record, the thread that it is about as it was before, and the log.
    """
    is_decisive: bool = True
    """Whether a record of the kind can matter to later decisions about its root.

    Delivery events are many, and do not.
    """
    survives_redaction: bool = False
    """Whether its personal part stays when its root is redacted."""

    @property
    def is_root(self) -> bool:
        """Whether records of the kind are about nothing."""
        return not self.about

    def fits(self, root: str) -> bool:
        """Whether it may be about a root of this kind."""
        return root in self.about or self.about == ANY_ROOT


def root_id(item: Item, thread: Thread | None) -> str:
    """Return the id of the root that an item is about, which may have been named by its key."""
    return (item.about or "") if thread is None else thread.root.public.id
