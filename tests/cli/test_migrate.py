"""``commlog migrate``: tables, privileges and key of a log in PostgreSQL, and what is said."""

from pathlib import Path

import psycopg
import pytest

from commlog_tui.cli.exit_codes import ExitCode
from tests.cli.conftest import Run
from tests.postgresql.fixtures import CreateDatabase


@pytest.fixture
def url(create_database: CreateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return create_database(migrated=False)


def test_the_tables_are_made_once_and_the_key_with_them(run: Run, url: str, tmp_path: Path) -> None:
    first = run("migrate", "--database", url)
    assert first.exit_code == 0, first.output
    assert "Applied 1 migrations." in first.stderr
    (key,) = (tmp_path / "share").rglob("*.key")
    assert first.stdout.strip() == f"commlog/{key.stem}"
    assert str(key) in first.stderr
    before = key.read_bytes()
    second = run("migrate", "--database", url)
    assert (second.exit_code, second.stdout, key.read_bytes()) == (0, first.stdout, before)
    assert "The tables are up to date." in second.stderr


def test_a_password_on_the_command_line_is_warned_of_and_never_repeated(run: Run, url: str) -> None:
    done = run("migrate", "--database", url)
    with psycopg.connect(url) as connection:
        password = connection.info.password
    assert password
    assert "PGPASSFILE" in done.stderr
    assert password not in done.output


def test_a_missing_key_is_not_replaced(run: Run, url: str, tmp_path: Path) -> None:
    assert run("migrate", "--database", url).exit_code == 0
    (key,) = (tmp_path / "share").rglob("*.key")
    key.unlink()
    for words in (("serve", "--port", "0"),):
        done = run(*words, "--database", url)
        assert done.exit_code == ExitCode.TROUBLE, done.output
        assert "The signing key of this log is not on this machine" in done.stderr
    assert not key.exists()


def test_an_empty_database_is_said_to_be_empty(run: Run, url: str, tmp_path: Path) -> None:
    for words in (("serve", "--port", "0"), ("token", "list"), ("verify",), ("rebuild",)):
        done = run(*words, "--database", url)
        assert (done.exit_code, "There is no log in this database yet" in done.stderr) == (ExitCode.TROUBLE, True), done
        assert "commlog migrate" in done.stderr
    done = run("copy", url, str(tmp_path / "copy.db"))
    assert (done.exit_code, "There is no log in this database yet" in done.stderr) == (ExitCode.TROUBLE, True), done
    assert not (tmp_path / "copy.db").exists()


def test_what_cannot_be_done_is_said_in_words(run: Run, url: str, data: Path) -> None:
    done = run("migrate")
    assert (done.exit_code, "A log in a file is brought up to date" in done.stderr) == (ExitCode.USAGE, True)
    done = run("migrate", "--database", url, "--service-role", "nobody_of_this_name")
    assert (done.exit_code, "There is no role nobody_of_this_name" in done.stderr) == (ExitCode.TROUBLE, True)
    done = run("migrate", "--database", url, "--distribute")
    assert (done.exit_code, "in no Citus cluster" in done.stderr) == (ExitCode.TROUBLE, True)
    done = run("migrate", "--database", "postgresql://someone:secret@127.0.0.1:1/nothing")
    assert (done.exit_code, "secret" in done.output) == (ExitCode.TROUBLE, False)


def test_a_file_of_postgresql_is_not_backed_up_as_a_file(run: Run, url: str, tmp_path: Path) -> None:
    done = run("backup", str(tmp_path / "copy"), "--database", url)
    assert (done.exit_code, "pg_dump" in done.stderr, "commlog copy" in done.stderr) == (ExitCode.USAGE, True, True)
    assert run("serve", "--workers", "2").exit_code == ExitCode.USAGE
