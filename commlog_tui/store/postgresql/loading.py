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
from commlog_tui.store.postgresql.entry_states import STATE_COLUMNS, STATES_FROM, EntryState, read_state
from commlog_tui.store.postgresql.record_rows import RECORD_COLUMNS, read_record

DAMAGED: Final = "The tree over this log does not fit its records. Nothing was written; commlog verify says where."
_HEAD: Final = "SELECT seq, entries, frontier FROM head WHERE location = %(location)s"
_COLUMNS: Final = f"record.root, {RECORD_COLUMNS}"
_BY_ID: Final = f"""
SELECT found.* FROM unnest(%(ids)s::text[]::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM record WHERE location = %(location)s AND id = wanted.id OFFSET 0
) AS found
"""
"""With OFFSET, each row wanted is looked up by the index, whatever the statistics of a new table say."""
_BY_MESSAGE: Final = f"""
SELECT found.*, wanted.key FROM unnest(%(keys)s::bytea[]) AS wanted (key) CROSS JOIN LATERAL (
    SELECT root AS no FROM message WHERE location = %(location)s AND key = wanted.key OFFSET 0
) AS about CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM record WHERE location = %(location)s AND seq = about.no OFFSET 0
) AS found ORDER BY wanted.key, found.position
"""
_ROOTS: Final = """
WITH wanted AS MATERIALIZED (
    SELECT found.seq AS no FROM unnest(%(roots)s::text[]::uuid[]) AS root (id) CROSS JOIN LATERAL (
        SELECT seq FROM record WHERE location = %(location)s AND id = root.id AND root = seq OFFSET 0
    ) AS found
    UNION SELECT found.root FROM unnest(%(keys)s::bytea[]) AS message (key) CROSS JOIN LATERAL (
        SELECT root FROM message AS known WHERE location = %(location)s AND known.key = message.key OFFSET 0
    ) AS found
)
"""
_LATER: Final = f"""
{_ROOTS} SELECT found.* FROM wanted CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM record
    WHERE location = %(location)s AND root = wanted.no AND root <> seq AND kind <> ALL(%(indecisive)s::text[]) OFFSET 0
) AS found
"""
_STATES: Final = f"""
{_ROOTS} SELECT found.* FROM wanted CROSS JOIN LATERAL (
    SELECT {STATE_COLUMNS} {STATES_FROM}
    WHERE entry.location = %(location)s AND entry.seq = wanted.no OFFSET 0
) AS found
"""
_STATEMENTS: Final = {"ids": _BY_ID, "messages": _BY_MESSAGE, "later": _LATER, "states": _STATES}


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
        request = self._request
        values = {
            "location": self._location.no,
            "ids": sorted(request.ids | request.roots),
            "roots": sorted(request.roots),
            "keys": [bytes.fromhex(key) for key in sorted(request.messages)],
            "indecisive": self._indecisive,
        }
        wanted = {"ids": values["ids"], "messages": values["keys"]}
        wanted["later"] = wanted["states"] = values["roots"] or values["keys"]
        for name, statement in _STATEMENTS.items():
            if wanted[name]:
                self._cursors[name] = await self._view.send(statement, values)

    async def read(self, into: Loaded) -> None:
        """Read what was found."""
        roots: dict[int, Record] = {}
        for row in await self._rows("ids"):
            record = self._record(row)
            into.records[record.public.id] = record
            if row[0] == row[1] and record.public.id in self._request.roots:
                roots[row[0]] = record
        messages: dict[str, list[str]] = {key: [] for key in self._request.messages}
        for *columns, key in await self._rows("messages"):
            record = roots[columns[0]] = self._record(columns)
            messages[key.hex()].append(record.public.id)
        into.messages |= {key: tuple(ids) for key, ids in messages.items()}
        into.threads |= {thread.root.public.id: thread for thread in self._threads(roots, await self._rows("later"))}
        into.states |= {row[0]: read_state(row) for row in await self._rows("states")}

    def _threads(self, roots: dict[int, Record], later: Iterable[Row]) -> list[Thread]:
        about: dict[int, list[Record]] = {}
        for row in later:
            about.setdefault(row[0], []).append(self._record(row))
        return [
            Thread(root, tuple(sorted(about.get(seq, ()), key=lambda record: record.seq)))
            for seq, root in sorted(roots.items())
        ]

    def _record(self, row: Sequence[object]) -> Record:
        return read_record(row[1:], self._location.id)

    async def _rows(self, name: str) -> list[Row]:
        cursor = self._cursors.get(name)
        return [] if cursor is None else await cursor.fetchall()


async def send_head(view: View, location: Location, *, lock: bool = False) -> Cursor:
    """Send the question where a location's log ends; with ``lock``, nobody else appends meanwhile."""
    return await view.send(f"{_HEAD} FOR UPDATE" if lock else _HEAD, {"location": location.no})


def read_head(row: Row | None) -> Head:
    """Return the head of a row. Raises ``StoreUnavailableError`` where there is none."""
    if row is None:
        raise StoreUnavailableError(DAMAGED)
    return Head(*row)
