"""What only the SQLite store promises: its file, its guards, its neighbours."""

import asyncio
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import apsw
import pytest

from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.records.errors import LogError
from commlog_tui.records.personal_codec import to_personal
from commlog_tui.store.errors import StoreFullError, StoreUnavailableError
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.record_rows import PUBLIC_COLUMNS, leaf_start, public_of
from commlog_tui.store.sqlite.schema import VERSION
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import QUAY, accepted, call, correction, event, mail, put

COLUMNS = "location, id, kind, root, form, recorded_at, lag, commitment, rest, leaf_start"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET leaf_start = 0",
        "UPDATE OR REPLACE record SET pk = 1",
        "DELETE FROM record",
        "INSERT OR REPLACE INTO record SELECT * FROM record",
        f"INSERT OR REPLACE INTO record SELECT pk + 1000, {COLUMNS} FROM record",
        f"REPLACE INTO record SELECT pk, {COLUMNS.replace(', id', ', randomblob(16)')} FROM record",
        "INSERT INTO record SELECT * FROM record WHERE 1 ON CONFLICT DO UPDATE SET leaf_start = 0",
        "UPDATE form SET text = text || ' '",
        "DELETE FROM form",
        "INSERT OR REPLACE INTO form SELECT no, text || ' ' FROM form",
        "INSERT OR REPLACE INTO form SELECT no + 1000, text FROM form",
        "UPDATE kind SET name = name || 's'",
        "DELETE FROM kind",
        "INSERT OR REPLACE INTO kind SELECT no, 'redaction' FROM kind",
        "INSERT OR REPLACE INTO kind SELECT no + 1000, name FROM kind",
        "UPDATE personal SET data = x'7b7d'",
        "DELETE FROM personal",
        "INSERT OR REPLACE INTO personal SELECT pk, salt, x'7b7d' FROM personal",
    ],
)
@pytest.mark.parametrize("bare", [False, True], ids=["our settings", "the settings of any other tool"])
async def test_the_record_is_append_only(store: Store, path: Path, statement: str, bare: bool) -> None:
    rang = call()
    await put(store, mail(), rang, correction(rang, title="Other"))
    connection = apsw.Connection(str(path)) if bare else connect(path)
    contents = "SELECT * FROM record, personal USING (pk), kind ON kind.no = kind, form ON form.no = form"
    before = connection.execute(contents).fetchall()
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        connection.execute(statement)
    assert connection.execute(contents).fetchall() == before
    connection.close()


async def test_a_leaf_can_be_worked_out_from_the_file(store: Store, path: Path) -> None:
    given = mail()
    answers = await put(store, given, event(given, "sent"))
    connection = connect(path)
    rows: list[Any] = connection.execute(
        f"SELECT leaf_start, salt, data, {PUBLIC_COLUMNS} FROM record, personal USING (pk) ORDER BY pk"
    ).fetchall()
    connection.close()
    for (start, salt, data, *columns), answer in zip(rows, answers, strict=True):
        public = public_of(columns)
        assert leaf_hash(public) == bytes.fromhex(answer.receipt.leaf_hash)
        assert start == leaf_start(leaf_hash(public))
        assert commitment(salt, to_personal(data)).hex().encode() in public
        assert b"ada@example.com" not in public


def test_only_its_owner_can_read_the_file(path: Path) -> None:
    connect(path).close()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("step", "words"), [(1, "update commlog"), (-1, "not laid out as commlog made it")])
def test_a_file_of_another_layout_is_left_alone(path: Path, step: int, words: str) -> None:
    connection = connect(path)
    connection.pragma("user_version", VERSION + step)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnavailableError, match=words):
        SqliteStore.open(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_log_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"Dear diary, " * 500)
    with pytest.raises(StoreUnavailableError, match="no log"):
        SqliteStore.open(path)
    assert path.read_bytes().startswith(b"Dear diary")


def test_many_open_a_new_file_at_once(path: Path) -> None:
    start, failures = Barrier(6), list[BaseException]()

    def open_it() -> None:
        start.wait()
        try:
            connect(path).close()
        except LogError as error:
            failures.append(error)

    threads = [Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


async def test_a_full_disk_changes_nothing_and_is_told_to_everyone(path: Path) -> None:
    store = SqliteStore.open(path)
    await store.create_location(QUAY)
    (first,) = await put(store, mail())

    def fill(connection: apsw.Connection) -> None:
        connection.pragma("max_page_count", connection.pragma("page_count"))

    await store.database.writer.run(fill)
    big = [mail(body="x" * 90_000) for _ in range(3)]
    answers = await asyncio.gather(*(store.append("quay", "sender", [item]) for item in big), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreFullError] * 3
    await store.database.writer.run(lambda connection: connection.pragma("max_page_count", 1_000_000))
    assert (await store.location("quay")).seq == first.receipt.seq
    (again,) = await store.append("quay", "sender", [big[0]])
    assert accepted(again).receipt.seq == 2
    await store.close()
