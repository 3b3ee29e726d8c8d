"""A log of an earlier record layout is migrated when it is opened.

Whole, after a verified backup, or not at all.
"""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from commlog_tui.ledger.verifier import Verifier
from commlog_tui.records.errors import LogError
from commlog_tui.store.errors import DamagedLogError, NewerLayoutError, StoreFullError, StoreUnavailableError
from commlog_tui.store.sqlite import auditing, comparing, copying, migrate
from commlog_tui.store.sqlite.migrations import MIGRATIONS, Migration
from commlog_tui.store.sqlite.schema import VERSION
from commlog_tui.store.sqlite.schema_check import schema_faults
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import ids, mail, put
from tests.store.hashed import hashed

FILES = Path(__file__).parent / "files"
EARLIER = [(number, FILES / f"version-{number}.db.gz") for number in range(1, VERSION)]
"""Made by the version that wrote the layout.

Number 1 holds an entry with two events, a call with a correction, one of another location and a
token.
"""
HASHED = ("SELECT * FROM record ORDER BY pk", "SELECT * FROM personal ORDER BY pk")
"""As they lie in a file, whatever its layout."""
ENTRIES = ["00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000001"]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress((FILES / "version-1.db.gz").read_bytes()))
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("journal_mode", "wal")  # as the version that wrote it left it
    return path


def content(path: Path) -> list[list[Any]]:
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        return [connection.execute(sql).fetchall() for sql in ("PRAGMA user_version", *HASHED)]


def audit(path: Path) -> None:
    with auditing.opened(path):
        pass


def backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.2*"))


def test_every_layout_has_its_file_and_its_way_to_the_next() -> None:
    assert len(MIGRATIONS) == VERSION - 1
    assert all(file.exists() for _, file in EARLIER)
    assert (FILES / f"layout-{VERSION}.db").exists(), (
        "a file of today's layout is kept, for the day when it is an earlier one"
    )


@pytest.mark.parametrize(("number", "file"), EARLIER)
def test_what_is_written_down_of_an_earlier_layout_is_what_its_file_has(
    number: int, file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "log.db"
    path.write_bytes(gzip.decompress(file.read_bytes()))
    with closing(apsw.Connection(str(path))) as connection:
        assert connection.pragma("user_version") == number
        assert schema_faults(connection, MIGRATIONS[number - 1].before) == []


async def test_an_earlier_log_is_read_verified_and_goes_on(old: Path) -> None:
    before, calls = content(old), list[tuple[int, int]]()
    recorded = hashed(old)
    store = SqliteStore.open(old, progress=lambda done, total: calls.append((done, total)))
    assert await ids(store) == ENTRIES
    assert await ids(store, q="ada byron") == ENTRIES[1:]
    assert await ids(store, to="020 7946 0123") == ENTRIES[:1]
    detail = await store.detail("quay", ENTRIES[0])
    assert (detail.entry.title, len(detail.corrections)) == ("Rang about the parking", 1)
    assert [token.name for token in await store.tokens()] == ["Front desk"]
    await put(store, mail())
    assert (await store.head("quay")).size == 6
    await store.close()
    assert (calls[-1], calls) == ((12, 12), sorted(calls))
    with auditing.opened(old) as connection:
        assert schema_faults(connection) == []
        assert comparing.differing(connection) == []
        for no, location, count in auditing.locations(connection):
            verifier = Verifier(location)
            for rows in auditing.batches(connection, no):
                verifier.check(rows)
            auditing.finish(connection, no, verifier)
            assert (verifier.faults, verifier.records) == ([], count)
    assert content(old)[0] == [(VERSION,)]
    assert [row for row in hashed(old) if row[0] != 1 << 40 | 6] == recorded
    (backup,) = backups(old)
    assert store.backup == backup
    assert content(backup) == before
    assert backup.stat().st_mode & 0o777 == 0o600


async def test_a_migrated_log_is_migrated_once(old: Path) -> None:
    for _ in range(2):
        await SqliteStore.open(old).close()
    assert len(backups(old)) == 1
    assert migrate.migrate(old) is None


def test_a_migration_that_is_cut_off_changes_nothing(old: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    before = content(old)
    with pytest.raises(KeyboardInterrupt):
        migrate.migrate(old, stop)
    assert (content(old), backups(old)) == (before, [])
    assert migrate.migrate(old) is not None


KILLED = """
import os, sys
from pathlib import Path
from commlog_tui.store.sqlite.migrate import migrate
migrate(Path(sys.argv[1]), lambda done, total: os._exit(9))
"""


def test_a_migration_whose_process_is_killed_changes_nothing(old: Path) -> None:
    before = content(old)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(old)], check=False, env=dict(os.environ))
    assert ended.returncode == 9
    with closing(apsw.Connection(str(old))) as connection:  # rolls back what was under way
        connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    assert content(old) == before
    assert migrate.migrate(old) is not None


def test_a_log_that_is_in_use_is_not_migrated(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "BUSY_MILLISECONDS", 50)
    before = old.read_bytes()
    with closing(apsw.Connection(str(old))) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM record").fetchall()
        with pytest.raises(StoreUnavailableError, match="in use"):
            SqliteStore.open(old)
    assert (old.read_bytes(), backups(old)) == (before, [])


WRONG = {
    "a record": ("UPDATE record SET kind = 'event'", DamagedLogError),
    "a leaf": ("UPDATE record SET leaf = zeroblob(32)", DamagedLogError),
    "personal data": ("DELETE FROM personal WHERE pk = (SELECT min(pk) FROM personal)", DamagedLogError),
    "a table": ("CREATE TABLE more (x)", DamagedLogError),
    "a reference": ("DELETE FROM location WHERE id = 'pier'", LogError),
    "a statement": ("INSERT INTO nowhere VALUES (1)", StoreUnavailableError),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_migration_that_would_change_what_is_recorded_is_rolled_back(old: Path, fault: str) -> None:
    statements, error = WRONG[fault]
    wrong = replace(MIGRATIONS[0], statements=MIGRATIONS[0].statements + statements)
    before = content(old)
    with pytest.raises(error):
        migrate.migrate(old, migrations=(wrong, *MIGRATIONS[1:]))
    assert (content(old), backups(old)) == (before, [])


def test_several_migrations_run_one_after_the_other(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = MIGRATIONS[0].statements.split(";\n\n", 1)
    halves = (replace(MIGRATIONS[0], statements=f"{first};"), Migration("", second))
    rest = MIGRATIONS[1:]
    monkeypatch.setattr(migrate, "VERSION", VERSION + 1)
    with pytest.raises(NewerLayoutError):  # rebuild knows no such layout: both have run by then, and are taken back
        migrate.migrate(old, migrations=(*halves, *rest))
    assert content(old)[0] == [(1,)]


def test_a_layout_that_no_migration_leads_from_is_refused_untouched(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(StoreUnavailableError, match="cannot read"):
        migrate.migrate(old, migrations=())
    assert (old.read_bytes(), backups(old)) == (before, [])


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER planted AFTER INSERT ON record BEGIN DELETE FROM personal; END",
        "DROP TRIGGER record_is_never_updated",
        "CREATE VIEW planted AS SELECT 1",
        "CREATE INDEX planted ON token (name)",
    ],
)
def test_an_earlier_log_whose_schema_was_changed_is_refused_untouched(old: Path, planted: str) -> None:
    with closing(apsw.Connection(str(old))) as connection:
        connection.execute(planted)
    before = old.read_bytes()
    with pytest.raises(DamagedLogError, match=r"planted|record_is_never_updated"):
        SqliteStore.open(old)
    assert (old.read_bytes(), backups(old)) == (before, [])


def test_a_backup_that_is_not_what_the_log_is_stops_the_migration(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lossy(original: apsw.Connection, path: Path) -> None:
        really(original, path)
        with closing(apsw.Connection(str(path))) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("UPDATE personal SET data = x'7b7d' WHERE pk = (SELECT max(pk) FROM personal)")

    really = copying.copy
    monkeypatch.setattr(copying, "copy", lossy)
    before = content(old)
    with pytest.raises(DamagedLogError, match="the copy is not what the log is"):
        migrate.migrate(old)
    assert (content(old), backups(old)) == (before, [])
    assert not [path for path in old.parent.iterdir() if path.suffix == ".tmp"]


def test_a_disk_without_room_for_the_backup_stops_the_migration(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(original: apsw.Connection, path: Path) -> None:
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(copying, "copy", full)
    before = content(old)
    with pytest.raises(StoreFullError):
        SqliteStore.open(old)
    assert (content(old), backups(old)) == (before, [])


@pytest.mark.parametrize("command", [SqliteStore.open, audit])
@pytest.mark.parametrize("what", ["records", "projections"])
async def test_a_log_of_a_newer_version_is_refused_untouched(
    tmp_path: Path, what: str, command: Callable[[Path], object]
) -> None:
    path = tmp_path / "log.db"
    await SqliteStore.open(path).close()
    with closing(apsw.Connection(str(path))) as connection:
        connection.pragma("journal_mode", "delete")
        connection.execute(
            "CREATE TABLE call_back (due INTEGER) STRICT; CREATE INDEX call_back_by_due ON call_back (due)"
        )
        newer = f"PRAGMA user_version = {VERSION + 1}" if what == "records" else "UPDATE projection SET layout = 99"
        connection.execute(newer)
    before = path.read_bytes()
    with pytest.raises(NewerLayoutError, match=r"written by a newer commlog\. It is untouched; update commlog\."):
        command(path)
    assert path.read_bytes() == before


async def test_a_log_that_a_newer_version_migrates_meanwhile_takes_no_more_writes(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "log.db")
    with closing(apsw.Connection(str(tmp_path / "log.db"))) as connection:
        connection.execute("CREATE TABLE call_back (due INTEGER); UPDATE projection SET layout = 99")
    with pytest.raises(NewerLayoutError):
        await store.rebuild()
    await store.close()
