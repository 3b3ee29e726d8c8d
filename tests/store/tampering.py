"""A log that lived, what can be done to its file with plain SQL, and what verifying says of it."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.verifier import Fault, Verifier
from commlog_tui.store.sqlite import auditing, record_rows
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import PIER, QUAY, call, correction, event, mail, put, redaction

COUNT = 600
"""Two whole tiles of the tree and a part of a third."""
SEQS = (1, 2, 255, 256, 257, 513, COUNT - 1, COUNT)
REDACTED, CORRECTED, EVENT, CORRECTION, REDACTION, LATE = 11, 12, 13, 14, 15, 16


async def make(path: Path) -> None:
    """Make a log of 600 records; those of the names above are what the names say."""
    store = SqliteStore.open(path)
    await store.create_location(QUAY)
    await store.create_location(PIER)
    gone, rang, sent = mail(), call(), mail()
    await put(
        store, *(mail() for _ in range(9)), sent, gone, rang, event(sent, "sent"), correction(rang, title="Again")
    )
    await put(store, redaction(gone), event(gone, "sent"), *(mail() for _ in range(COUNT - 16)))
    await put(store, mail(), location="pier")
    await store.close()


@contextmanager
def tampered(path: Path) -> Iterator[sqlite3.Connection]:
    """Work on the file as an outsider would.

    With the standard library, and without the triggers.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.create_function("replaced", 3, lambda data, old, new: data.replace(old.encode(), new.encode()))
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


def public_of(connection: sqlite3.Connection, seq: int) -> bytes:
    """Return the canonical bytes of a record of the first location."""
    sql = f"SELECT {record_rows.PUBLIC_COLUMNS} FROM record WHERE pk = ?"
    return record_rows.public_of(connection.execute(sql, (pk(seq),)).fetchone())


def rewrite(connection: sqlite3.Connection, seq: int, public: bytes, *, with_hash: bool = False) -> None:
    """Put other bytes in the place of a record, and make its own hash fit if asked to."""
    connection.execute("UPDATE record SET form = NULL, rest = ? WHERE pk = ?", (public, pk(seq)))
    if with_hash:
        start = record_rows.leaf_start(leaf_hash(public))
        connection.execute("UPDATE record SET leaf_start = ? WHERE pk = ?", (start, pk(seq)))


def pk(seq: int) -> int:
    """Return the key of a record of the first location."""
    return 1 << 40 | seq


def faults(path: Path, location: str = "quay", roots_at: frozenset[int] = frozenset()) -> list[Fault]:
    """Return what verifying finds at a location."""
    return verified(path, location, roots_at).faults


def verified(path: Path, location: str = "quay", roots_at: frozenset[int] = frozenset()) -> Verifier:
    """Return a verifier that has seen a location."""
    with auditing.opened(path) as connection:
        number = {name: number for number, name, _ in auditing.locations(connection)}[location]
        verifier = Verifier(location, roots_at)
        for rows in auditing.batches(connection, number):
            verifier.check(rows)
        auditing.finish(connection, number, verifier)
        return verifier


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that was left alone; copied, never opened."""
    path = tmp_path_factory.mktemp("sound") / "log.db"
    asyncio.run(make(path))
    return path


@pytest.fixture
def log(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to tamper with."""
    path = tmp_path / "log.db"
    path.write_bytes(sound.read_bytes())
    return path
