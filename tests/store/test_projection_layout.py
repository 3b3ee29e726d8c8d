"""A log whose projections an earlier version has made is brought up to date when it is opened."""

import gzip
from contextlib import closing
from pathlib import Path

import pytest

from commlog_tui.contract.query import CustomerQuery, PageRequest
from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.sqlite import comparing
from commlog_tui.store.sqlite.connection import connect
from commlog_tui.store.sqlite.migrate import migrate
from commlog_tui.store.sqlite.rebuild import PROJECTIONS
from commlog_tui.store.sqlite.schema import PROJECTION_LAYOUT
from commlog_tui.store.sqlite.schema_check import layout_of, normalized
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import ids
from tests.store.hashed import hashed

FILE = Path(__file__).parent / "files" / "version-2-projections-0.db.gz"
"""Made by 0.1.0.

Ids 5 to 8 are a redacted entry, an event, a correction and a redaction; 9 and 10 are of another
location.
"""
FOUND = {"soren o'brien": 1, "02079460123": 1, "020 7946 0000": 3, "lodz again": 3, "07700 900123": 4, "ACME": 2}


@pytest.fixture
def ancient(tmp_path: Path) -> Path:
    """A log of 0.1.0, whose records have an earlier layout as well."""
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress(FILE.read_bytes()))
    return path


@pytest.fixture
def old(ancient: Path) -> Path:
    """The same log with records of this layout, and projections that say less than those of this version."""
    migrate(ancient)
    with closing(connect(ancient)) as connection:
        connection.execute("DROP TABLE projection; DROP TABLE statistic; DROP TABLE worklist")
        connection.execute("UPDATE entry SET sent_at = 0; DELETE FROM tally; PRAGMA application_id = 0")
    return ancient


def record_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


@pytest.mark.parametrize("log", ["ancient", "old"])
async def test_what_an_earlier_version_stored_is_found_as_this_version_reads_it(
    log: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(log)
    before, answer = hashed(path), []
    store = SqliteStore.open(path, progress=lambda done, total: answer.append((done, total)))
    for query, number in FOUND.items():
        assert await ids(store, q=query) == [record_id(number)], query
    assert await ids(store, to="ACME") == [record_id(2)]
    assert await ids(store, to="+44 20 7946 0000") == [record_id(3)]
    assert await ids(store, to="tel:+447700900123") == [record_id(4)]
    assert [one.id for one in (await store.customers("quay", CustomerQuery(q="OBrien"))).customers] == ["c-1"]
    brazil = await store.page("praia", PageRequest(to="(11) 8765-4321"))
    assert [entry.id for entry in brazil.entries] == [record_id(10), record_id(9)]
    await store.close()
    assert hashed(path) == before
    assert answer[-1] == ((20, 20) if log == "ancient" else (10, 10))


async def test_projections_are_rebuilt_once_and_are_then_those_of_this_version(old: Path) -> None:
    await SqliteStore.open(old).close()
    answer: list[int] = []
    await SqliteStore.open(old, progress=lambda done, _: answer.append(done)).close()
    assert answer == []
    connection = connect(old)
    assert (layout_of(connection), comparing.differing(connection)) == (PROJECTION_LAYOUT, [])
    connection.close()


async def test_a_new_log_has_the_projections_of_this_version(tmp_path: Path, old: Path) -> None:
    await SqliteStore.open(tmp_path / "new.db").close()
    new, before = connect(tmp_path / "new.db"), connect(old)
    assert comparing.is_comparable(new)
    assert not comparing.is_comparable(before)
    await SqliteStore.open(old).close()
    schemas = [
        {(kind, name, normalized(sql)) for kind, name, sql in one.execute("SELECT type, name, sql FROM sqlite_master")}
        for one in (new, before)
    ]
    assert schemas[0] == schemas[1]
    new.close()
    before.close()


async def test_a_rebuild_that_is_cut_off_changes_nothing(old: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    connection = connect(old)
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    tables = [table for table in PROJECTIONS if table in there]
    before = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    with pytest.raises(KeyboardInterrupt):
        SqliteStore.open(old, progress=stop)
    assert [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables] == before
    assert layout_of(connection) == 0
    connection.close()
    store = SqliteStore.open(old)
    assert await ids(store, to="ACME") == [record_id(2)]
    await store.close()


async def test_projections_of_a_newer_version_are_refused_untouched(old: Path) -> None:
    await SqliteStore.open(old).close()
    connection = connect(old)
    connection.execute("UPDATE projection SET layout = 99")
    with pytest.raises(StoreUnavailableError, match="newer commlog"):
        SqliteStore.open(old)
    assert layout_of(connection) == 99
    connection.close()
