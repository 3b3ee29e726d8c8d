"""Reading records and threads from the file."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

import apsw
import msgspec

from commlog_tui.records.kinds import KINDS
from commlog_tui.records.record import Record, Thread
from commlog_tui.store.sqlite.record_rows import RECORD_COLUMNS, read_record

_BY_ID: Final = f"""
SELECT {RECORD_COLUMNS} FROM json_each(?2) AS wanted CROSS JOIN record ON record.location = ?1 AND record.id =
unhex(wanted.value)
"""
_ONE_BY_ID: Final = f"SELECT {RECORD_COLUMNS} FROM record WHERE record.location = ?1 AND record.id = unhex(?2)"
_ROOTS: Final = f"SELECT {RECORD_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN record ON record.pk = wanted.value"
_LATER: Final = f"""
SELECT {RECORD_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN record INDEXED BY record_by_root
ON record.root = wanted.value
"""
_INDECISIVE: Final = ", ".join(f"'{kind.name}'" for kind in KINDS.values() if not kind.is_decisive)
_DECISIVE: Final = f"{_LATER} WHERE record.kind NOT IN (SELECT no FROM kind WHERE name IN ({_INDECISIVE}))"

_BY_MESSAGE: Final = """
SELECT wanted.value, message.pk FROM json_each(?2) AS wanted CROSS JOIN message
ON message.location = ?1 AND message.key = unhex(wanted.value) ORDER BY wanted.value, message.pk
"""


def load_known(
    connection: apsw.Connection, location: int, ids: AbstractSet[str], roots: AbstractSet[str]
) -> tuple[dict[str, Record], dict[str, Thread]]:
    """Return a location's records by id and its threads by the id of their root, of those that are there.

    Threads have the later records of decisive kinds.
    """
    wanted = [record_id.replace("-", "") for record_id in ids | roots]
    statement, bound = (_ONE_BY_ID, wanted[0]) if len(wanted) == 1 else (_BY_ID, msgspec.json.encode(wanted).decode())
    found, keys = {}, {}
    for row in connection.execute(statement, (location, bound)):
        record = read_record(row)
        found[record.public.id] = record
        if row[0] is None:
            keys[record.public.id] = row[1]
    loaded = load_threads(connection, {keys[root] for root in roots if root in keys})
    return found, {thread.root.public.id: thread for thread in loaded.values()}


def load_messages(connection: apsw.Connection, location: int, keys: AbstractSet[str]) -> dict[str, dict[int, Thread]]:
    """Return the threads of the roots about providers' messages, by the key of the message and that of the root."""
    found: dict[str, list[int]] = {key: [] for key in sorted(keys)}
    for key, pk in connection.execute(_BY_MESSAGE, (location, msgspec.json.encode(list(found)).decode())):
        found[key].append(pk)
    threads = load_threads(connection, {pk for pks in found.values() for pk in pks})
    return {key: {pk: threads[pk] for pk in pks} for key, pks in found.items()}


def load_threads(connection: apsw.Connection, roots: Iterable[int], *, whole: bool = False) -> dict[int, Thread]:
    """Return threads by the key of their root, in order of it.

    They have the later records of decisive kinds; ``whole`` ones have all. Records that cannot be
    read are left out.
    """
    wanted = msgspec.json.encode(list(roots)).decode()
    if wanted == "[]":
        return {}
    later: dict[int, list[Record]] = {}
    for row in connection.execute(_LATER if whole else _DECISIVE, (wanted,)):
        later.setdefault(row[0], []).append(read_record(row))
    threads = {}
    for row in connection.execute(f"{_ROOTS} ORDER BY record.pk", (wanted,)):
        about = sorted(later.get(row[1], ()), key=lambda record: record.seq)
        threads[row[1]] = Thread(read_record(row), tuple(about))
    return threads
