"""Indexes that lack rows, positions that no reader should find, keys recorded twice.

Found, and mended where that can be.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import apsw
import pytest

from commlog_tui.store.errors import DamagedLogError
from commlog_tui.store.sqlite import auditing
from commlog_tui.store.sqlite.integrity import integrity_faults
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import PIER, QUAY, event, ids, mail, put
from tests.store.tampering import faults, pk, tampered

INDEXES = (
    *("record_by_root", "entry_by_time", "entry_by_facet", "entry_by_title"),
    *("entry_by_contact", "entry_by_reference"),
)
WHO = {"id": "c-1", "name": "Zoë"}
REFERENCE = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "log.db"

    async def make() -> None:
        store = SqliteStore.open(path)
        await store.create_location(QUAY)
        await store.create_location(PIER)
        given = [mail(customer=WHO, reference=REFERENCE, title=f"No. {number}") for number in range(5)]
        await put(store, *given, *(event(one, "bounced") for one in given))
        await put(store, mail(), location="pier")
        await store.close()

    asyncio.run(make())
    return path


@pytest.fixture
def log(sound: Path, tmp_path: Path) -> Path:
    return Path(copyfile(sound, tmp_path / "log.db"))


def schema_edited(path: Path, *statements: str) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)


def starve(path: Path, index: str, *, keep: str = "pk % 2") -> None:
    """Let an index lack rows, and leave its definition as it was."""
    with closing(apsw.Connection(str(path))) as connection:
        ((sql,),) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (index,)).fetchall()
    fewer = f"{sql} AND {keep}" if "WHERE" in str(sql) else f"{sql} WHERE {keep}"
    quoted = {text: "'" + text.replace("'", "''") + "'" for text in (fewer, str(sql))}
    schema_edited(path, f"UPDATE sqlite_schema SET sql = {quoted[fewer]} WHERE name = '{index}'")
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(f"REINDEX {index}")
    schema_edited(path, f"UPDATE sqlite_schema SET sql = {quoted[str(sql)]} WHERE name = '{index}'")


def recorded_twice(path: Path) -> None:
    """Record the first entry of ``quay`` again at the end, past the unique index."""
    with closing(apsw.Connection(str(path))) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema").fetchall()
    (unique,) = [row for row in rows if row[1] == "sqlite_autoindex_record_1"]
    (table,) = [str(row[4]) for row in rows if row[1] == "record"]
    (guard,) = [str(row[4]) for row in rows if row[1] == "record_is_never_replaced"]
    bare = table.replace(",\n    UNIQUE (location, id)", "")
    assert bare != table
    schema_edited(
        path,
        "DROP TRIGGER record_is_never_replaced",
        f"UPDATE sqlite_schema SET sql = '{bare}' WHERE name = 'record'",
        "DELETE FROM sqlite_schema WHERE name = 'sqlite_autoindex_record_1'",
    )
    with closing(apsw.Connection(str(path))) as connection:
        columns = f"{pk(11)}, location, id, kind, root, form, recorded_at, lag, commitment, rest, leaf_start"
        connection.execute(f"INSERT INTO record SELECT {columns} FROM record WHERE pk = {pk(1)}")
        connection.execute(guard)
    schema_edited(
        path,
        f"UPDATE sqlite_schema SET sql = '{table}' WHERE name = 'record'",
        f"INSERT INTO sqlite_schema VALUES ('index', '{unique[1]}', 'record', {unique[3]}, NULL)",
    )


def integrity(path: Path) -> list[str]:
    with auditing.opened(path) as connection:
        return integrity_faults(connection)


def test_a_sound_file_has_nothing(log: Path) -> None:
    assert integrity(log) == []


@pytest.mark.parametrize("index", INDEXES)
async def test_an_index_that_lacks_rows_is_found_and_mended(log: Path, index: str) -> None:
    starve(log, index)
    assert f"missing from index {index}" in " ".join(integrity(log))
    assert faults(log) == [], "the records are read from their table"
    store = SqliteStore.open(log)
    await store.rebuild()
    await store.close()
    assert integrity(log) == []


async def test_a_key_that_was_recorded_twice_is_named_and_no_rebuild_hides_it(log: Path) -> None:
    recorded_twice(log)
    fields = {fault.words for fault in faults(log) if fault.seq == 11}
    assert "it has the id of no. 1: one key was recorded twice" in fields
    assert integrity(log)
    store = SqliteStore.open(log)
    before = await ids(store)
    with pytest.raises(DamagedLogError, match="recorded twice"):
        await store.rebuild()
    assert await ids(store) == before
    await store.close()


def shifted(log: Path, to: int) -> None:
    with tampered(log) as connection:
        connection.execute("PRAGMA foreign_keys = off")
        columns = f"{to}, location, randomblob(16), kind, NULL, form, recorded_at, lag, commitment, rest, leaf_start"
        connection.execute(f"INSERT INTO record SELECT {columns} FROM record WHERE pk = {pk(2)}")
        connection.execute(f"INSERT INTO personal SELECT {to}, salt, data FROM personal WHERE pk = {pk(2)}")


@pytest.mark.parametrize("seq", [0, 13, 40, (1 << 40) - 1, (1 << 40) - 5])
def test_a_record_outside_the_positions_of_the_log_is_found(log: Path, seq: int) -> None:
    shifted(log, pk(seq))
    assert [(fault.seq, fault.words) for fault in faults(log)] == [
        (seq, "it lies outside the log, whose positions are 1 to 10"),
    ]


def test_a_record_right_behind_the_end_is_found(log: Path) -> None:
    shifted(log, pk(11))
    assert any("the stored end of the log is before it" in fault.words for fault in faults(log) if fault.seq == 11)


@pytest.mark.parametrize("at", [-1, -(7 << 40), 5, (9 << 40) + 1, (1 << 62)])
def test_a_record_of_no_location_is_found(log: Path, at: int) -> None:
    shifted(log, at)
    with (
        auditing.opened(log) as connection,
        pytest.raises(DamagedLogError, match="records of a location that is not in the log"),
    ):
        auditing.require_known_locations(connection)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM location WHERE no = 2", "records of a location"),
        ("INSERT INTO head VALUES (9, 0, 0, x'')", "end of a location"),
        ("INSERT INTO personal VALUES (77, x'00', x'7b7d')", "personal data of records that are not in the log"),
    ],
)
def test_what_belongs_to_nothing_is_found(log: Path, change: str, words: str) -> None:
    with tampered(log) as connection:
        connection.execute(change)
    with auditing.opened(log) as reader, pytest.raises(DamagedLogError, match=words):
        auditing.require_known_locations(reader)
    assert integrity(log), "SQLite's own check of references finds it too"


def test_an_index_of_locations_that_lacks_one_hides_none(log: Path) -> None:
    def without_row(connection: apsw.Connection) -> None:
        connection.execute("DELETE FROM location WHERE id = 'pier'")

    lacking(log, without_row)
    with auditing.opened(log) as connection:
        assert [(location, count) for _, location, count in auditing.locations(connection)] == [
            ("pier", 1),
            ("quay", 10),
        ]
        assert [location for location, *_ in auditing.ends(connection)] == ["pier", "quay"]


def lacking(path: Path, delete: Callable[[apsw.Connection], None]) -> None:
    """Delete a location from its index alone: the pages of the table are put back as they were."""
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = delete")
        ((page, size),) = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = 'location'"
        ).fetchall()
    assert isinstance(page, int)
    assert isinstance(size, int)
    before = path.read_bytes()[(page - 1) * size : page * size]
    with closing(apsw.Connection(str(path))) as connection:
        delete(connection)
    with path.open("rb+") as file:
        file.seek((page - 1) * size)
        file.write(before)
