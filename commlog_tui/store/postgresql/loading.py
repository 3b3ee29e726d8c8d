"""Reading what the decision about an append needs: head, records, threads, states of entries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from commlog_tui.records.decide import Head
from commlog_tui.records.kinds import Kinds
from commlog_tui.records.record import Record, Thread
from commlog_tui.records.request import Request
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.location import Location
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.database import Cursor, View
from commlog_tui.store.postgresql.entry_states import STATE_COLUMNS, EntryState, read_state

DAMAGED: Final = "The tree over this log does not fit its records. Nothing was written; commlog verify says where."
_COLUMNS: Final = "record.seq, record.root, record.public, personal.data, record.leaf"
_JOIN: Final = "LEFT JOIN personal ON personal.location = record.location AND personal.seq = record.seq"
_HEAD: Final = "SELECT seq, entries, frontier FROM head WHERE location = %s"
_BY_ID: Final = f"SELECT {_COLUMNS} FROM record {_JOIN} WHERE record.location = %s AND record.id = ANY(%s::uuid[])"
_ROOTS: Final = """
ARRAY(SELECT seq FROM record WHERE location = %s AND id = ANY(%s::uuid[]) AND root = seq
UNION ALL SELECT root FROM message WHERE location = %s AND key = ANY(%s::bytea[]))
"""
_LATER: Final = f"""
SELECT {_COLUMNS} FROM record {_JOIN}
WHERE record.location = %s AND record.root = ANY({_ROOTS}) AND record.root <> record.seq
AND record.kind <> ALL(%s::text[])
"""
_MESSAGES: Final = f"""
SELECT message.key, {_COLUMNS} FROM message
JOIN record ON record.location = message.location AND record.seq = message.root {_JOIN}
WHERE message.location = %s AND message.key = ANY(%s::bytea[]) ORDER BY message.key, record.seq
"""
_STATES: Final = f"""
SELECT {STATE_COLUMNS} FROM entry
LEFT JOIN worklist ON worklist.location = entry.location AND worklist.seq = entry.seq
WHERE entry.location = %s AND entry.seq = ANY({_ROOTS})
"""


@dataclass(slots=True)
class Loaded:
    """What was read for an append, which grows with each round."""

    records: dict[str, Record] = field(default_factory=dict)
    """By id."""
    threads: dict[str, Thread] = field(default_factory=dict)
    """By the id of their root."""
    messages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of the roots about a provider's message by its key, oldest first."""
    states: dict[int, EntryState] = field(default_factory=dict)
    """Of entries that are roots of the threads, by seq."""


class Loading:
    """The statements of one round of loading: sent first, and read when the round trip is over."""

    def __init__(self, view: View, location: Location, request: Request, kinds: Kinds) -> None:
        self._view = view
        self._location = location
        self._request = request
        self._indecisive = [kind.name for kind in kinds.values() if not kind.is_decisive]
        self._cursors: dict[str, Cursor] = {}

    async def send(self) -> None:
        """Send the statements, within a pipeline."""
        no, request = self._location.no, self._request
        ids, roots = sorted(request.ids | request.roots), sorted(request.roots)
        keys = [bytes.fromhex(key) for key in sorted(request.messages)]
        if ids:
            self._cursors["ids"] = await self._view.send(_BY_ID, (no, ids))
        if keys:
            self._cursors["messages"] = await self._view.send(_MESSAGES, (no, keys))
        if roots or keys:
            about = no, roots, no, keys
            self._cursors["later"] = await self._view.send(_LATER, (no, *about, self._indecisive))
            self._cursors["states"] = await self._view.send(_STATES, (no, *about))

    async def read(self, into: Loaded) -> None:
        """Read what was found."""
        roots: dict[int, Record] = {}
        for row in await self._rows("ids"):
            record = _record(row)
            into.records[record.public.id] = record
            if row[0] == row[1] and record.public.id in self._request.roots:
                roots[row[0]] = record
        messages: dict[str, list[str]] = {key: [] for key in self._request.messages}
        for key, *columns in await self._rows("messages"):
            record = roots[columns[0]] = _record(columns)
            messages[key.hex()].append(record.public.id)
        into.messages |= {key: tuple(ids) for key, ids in messages.items()}
        into.threads |= {thread.root.public.id: thread for thread in _threads(roots, await self._rows("later"))}
        into.states |= {row[0]: read_state(row) for row in await self._rows("states")}

    async def _rows(self, name: str) -> list[Row]:
        cursor = self._cursors.get(name)
        return [] if cursor is None else await cursor.fetchall()


async def send_head(view: View, location: Location, *, lock: bool = False) -> Cursor:
    """Send the question where a location's log ends; with ``lock``, nobody else appends meanwhile."""
    return await view.send(f"{_HEAD} FOR UPDATE" if lock else _HEAD, (location.no,))


def read_head(row: Row | None) -> Head:
    """Return the head of a row. Raises ``StoreUnavailableError`` where there is none."""
    if row is None:
        raise StoreUnavailableError(DAMAGED)
    return Head(*row)


def _threads(roots: dict[int, Record], later: Iterable[Row]) -> list[Thread]:
    about: dict[int, list[Record]] = {}
    for row in later:
        about.setdefault(row[1], []).append(_record(row))
    return [
        Thread(root, tuple(sorted(about.get(seq, ()), key=lambda record: record.seq)))
        for seq, root in sorted(roots.items())
    ]


def _record(row: Sequence[object]) -> Record:
    _, _, public, data, leaf = row
    return Record.read(public, data, leaf)  # type: ignore[arg-type] # its types are the schema's
