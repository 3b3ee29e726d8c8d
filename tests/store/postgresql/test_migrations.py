"""Migrations run once, in order, each or not at all, and whoever else does so waits."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256

import psycopg
import pytest
from psycopg import errors

from commlog_tui.store.errors import NewerLayoutError
from commlog_tui.store.postgresql import migrations
from commlog_tui.store.postgresql.connection import connect, parameters
from commlog_tui.store.postgresql.migrations import MIGRATIONS, layout_of, migrate
from commlog_tui.store.postgresql.schema_check import schema_faults
from tests.postgresql.fixtures import CreateDatabase

LANDED = ("494be2bdee6e69d7b4483bc8fde5305c666ee7fdfc8798ce03fab0943bc22fbc",)
"""Of each migration that a database in the field may have run: what it did must stay what it is."""
NEXT = "CREATE TABLE further (location integer PRIMARY KEY); ALTER TABLE entry ADD COLUMN further text"


@pytest.fixture
def url(create_database: CreateDatabase) -> str:
    return create_database(migrated=False)


@pytest.fixture
def connection(url: str) -> Iterator[psycopg.Connection]:
    with closing(connect(parameters(url))) as opened:
        yield opened


def test_what_has_landed_never_changes() -> None:
    assert tuple(sha256(one.encode()).hexdigest() for one in MIGRATIONS[: len(LANDED)]) == LANDED
    assert len(MIGRATIONS) == len(LANDED), "add the hash of a new migration once it lands"


def test_many_at_once_apply_each_migration_once(url: str) -> None:
    def run(_: int) -> int:
        with closing(connect(parameters(url))) as own:
            return migrate(own)

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(run, range(8))) == len(MIGRATIONS)
    with closing(connect(parameters(url))) as own:
        assert (migrate(own), layout_of(own), schema_faults(own)) == (0, len(MIGRATIONS), [])


def test_an_interrupted_run_is_resumed(connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (*MIGRATIONS, NEXT, "SELECT 1 / 0")
    monkeypatch.setattr(migrations, "MIGRATIONS", broken)
    with pytest.raises(errors.DivisionByZero):
        migrate(connection)
    assert layout_of(connection) == len(broken) - 1, "what was applied before stays"
    monkeypatch.setattr(migrations, "MIGRATIONS", (*broken[:-1], "SELECT 1"))
    assert migrate(connection) == 1


@pytest.mark.usefixtures("row_level_security")
def test_new_tables_are_guarded(connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, NEXT))
    migrate(connection)
    forced = connection.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'further'").fetchall()
    assert forced == [(True,)]


def test_reads_go_on_while_a_migration_waits_for_one(
    connection: psycopg.Connection, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(connection)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, NEXT))
    with psycopg.connect(url) as long_read, psycopg.connect(url, autocommit=True) as desk:
        long_read.execute("SELECT count(*) FROM entry")
        with ThreadPoolExecutor(1) as pool, closing(connect(parameters(url))) as other:
            migrating = pool.submit(migrate, other)
            for _ in range(20):
                desk.execute("SELECT count(*) FROM entry")
            assert not migrating.done()
            long_read.rollback()
            assert migrating.result() == 1


def test_a_newer_database_is_untouched(connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE migration (number integer PRIMARY KEY); INSERT INTO migration VALUES (1000)")
    with pytest.raises(NewerLayoutError, match="Nothing was changed"):
        migrate(connection)
    names = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchall()
    assert sorted(names) == [("migration",), ("migration_pkey",)]
