"""Append in one transaction: load what the decision needs, decide, write the changes."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import apsw

from commlog_tui.records.changes import PersonalRemoved
from commlog_tui.records.decide import Appended, Decision, Known, NewRecord, decide
from commlog_tui.records.errors import LogError
from commlog_tui.records.kind import Item
from commlog_tui.records.kinds import KINDS, Kinds
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.request import Request
from commlog_tui.store.sqlite import scrubbing
from commlog_tui.store.sqlite.append_memory import AppendMemory, Remembered
from commlog_tui.store.sqlite.keys import id_bytes, key_of
from commlog_tui.store.sqlite.loading import load_known, load_messages
from commlog_tui.store.sqlite.place import Place
from commlog_tui.store.sqlite.projections import Projections
from commlog_tui.store.sqlite.record_rows import NewRow, write_records
from commlog_tui.store.sqlite.tree import read_head, write_head

_AT_ONCE: Final = 2_000
"""Items that are loaded, decided and written together; many more leave the processor's cache."""
_MANY: Final = 250

_FORGET: Final = """
DELETE FROM personal WHERE pk = ?1 OR pk IN (
    SELECT pk FROM record WHERE root = ?1 AND pk < ?2 AND kind NOT IN (SELECT no FROM kind WHERE name IN ({}))
)
"""


def append(
    connection: apsw.Connection,
    location: str,
    actor: str,
    items: Sequence[Item],
    clock: Callable[[], datetime],
    *,
    kinds: Kinds = KINDS,
    memory: AppendMemory | None = None,
) -> list[Appended | LogError]:
    """Record items of one location and return an answer to each.

    ``memory`` is what earlier appends on this connection have left.

    Raises ``UnknownLocationError``.
    """
    place = Place.find(connection, location)
    memory = memory or AppendMemory()
    answers: list[Appended | LogError] = []
    with _undisturbed(len(items) >= _MANY):
        for start in range(0, len(items), _AT_ONCE):
            some = items[start : start + _AT_ONCE]
            answers += _append(connection, place, actor, some, clock, kinds=kinds, memory=memory)
    return answers


@contextmanager
def _undisturbed(is_large: bool) -> Iterator[None]:  # noqa: FBT001 - the only parameter
    """Keep the garbage collector off a large append, which makes many objects and no cycles."""
    is_off = is_large and gc.isenabled()
    if is_off:
        gc.disable()
    try:
        yield
    finally:
        if is_off:
            gc.enable()


def _append(
    connection: apsw.Connection,
    place: Place,
    actor: str,
    items: Sequence[Item],
    clock: Callable[[], datetime],
    *,
    kinds: Kinds,
    memory: AppendMemory,
) -> list[Appended | LogError]:
    request = Request.of(items, kinds)
    found: dict[str, Record] = {}
    threads: dict[str, Thread] = {}
    messages: dict[str, tuple[str, ...]] = {}
    wanted = request
    while not wanted.is_empty:
        if wanted.messages:
            for key, roots in load_messages(connection, place.no, wanted.messages).items():
                messages[key] = tuple(thread.root.public.id for thread in roots.values())
                threads |= {thread.root.public.id: thread for thread in roots.values()}
        further, further_threads = load_known(connection, place.no, wanted.ids, wanted.roots)
        found, threads = found | further, threads | further_threads
        wanted = request.apart_from(found, threads, kinds)
    known = Known(place.id, read_head(connection, place.no), found, threads, messages, place.region)
    decision = decide(known, request, actor, clock, os.urandom, kinds=kinds)
    if decision.records:
        remembered = memory.take(connection, place, known.head)
        insert(connection, place, decision.records, remembered)
        apply(connection, place, decision, kinds, remembered)
        memory.put(remembered, decision.head)
    return decision.answers


def insert(
    connection: apsw.Connection, place: Place, records: Sequence[NewRecord], remembered: Remembered | None = None
) -> None:
    """Write records in order of seq; one whose personal part is empty is written without it."""
    no = place.no
    numbers = None if remembered is None else remembered.words
    write_records(connection, place.id, [_row(no, new) for new in records], numbers)


def apply(
    connection: apsw.Connection,
    place: Place,
    decision: Decision,
    kinds: Kinds,
    remembered: Remembered | None = None,
) -> None:
    """Write what records that are there change: removed personal parts, projections and the head."""
    no = place.no
    for change in decision.changes:
        if isinstance(change, PersonalRemoved):
            survivors = ", ".join(f"'{kind.name}'" for kind in kinds.values() if kind.survives_redaction)
            connection.execute(_FORGET.format(survivors), (key_of(no, change.root), key_of(no, change.before)))
            scrubbing.require(connection)
    projections = Projections(connection, place) if remembered is None else remembered.projections
    projections.apply(decision.changes)
    projections.flush()
    write_head(connection, no, decision.head, decision.nodes)


def _row(no: int, new: NewRecord) -> NewRow:
    root = new.record.public.root
    return NewRow(
        key_of(no, new.seq),
        no,
        id_bytes(new.id),
        new.kind,
        None if new.root == new.seq else key_of(no, new.root),
        None if root is None else id_bytes(root),
        new.public,
        new.leaf,
        (new.salt, new.personal) if new.personal else None,
        new.record.content,
        new.fields,
    )
