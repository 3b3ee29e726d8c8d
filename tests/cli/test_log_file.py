"""No log is made where one was, or where somebody mistyped.

An empty log would look as if all had been lost.
"""

import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.configuration.known_logs import is_known, known_logs_file, remember
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.cli.test_config import keep
from tests.patience import PATIENCE

QUAY = ("location", "add", "pier", "--name", "Pier", "--zone", "Europe/London")


def served(*words: str) -> str:
    """Run the service in a process of its own, end it, and return what it said."""
    command = [sys.executable, "-m", "commlog_tui", "serve", "--port", "0", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.terminate()
        return said + process.communicate(timeout=PATIENCE)[1]


def lose(data: Path, how: str) -> None:
    """Lose the log in one of the ways that logs are lost."""
    for path in data.glob("log.db*"):
        if how == "the file is empty" and path.name == "log.db":
            path.write_bytes(b"")
        elif how == "it was moved":
            path.rename(path.with_name(f"{path.name}.20261128T120000Z"))
        else:
            path.unlink()
    if how == "the folder is gone":
        shutil.rmtree(data)
    elif how == "the key is left":
        (data / "log.key").write_text("{}", encoding="utf-8")


LOST = ["the key is left", "it was moved", "the folder is gone", "the file is empty"]


@pytest.mark.parametrize("how", LOST)
def test_a_service_does_not_begin_anew_where_a_log_was(run: Run, data: Path, how: str) -> None:
    assert run(*QUAY).exit_code == 0
    lose(data, how)
    done = run("serve", "--port", "0")
    assert (done.exit_code, "there was one" in done.stderr, "--create" in done.stderr) == (
        ExitCode.USAGE,
        True,
        True,
    ), done
    assert not (data / "log.db").exists() or not (data / "log.db").stat().st_size
    refused = run(*QUAY)
    assert (refused.exit_code, "there was one" in refused.stderr) == (ExitCode.USAGE, True)
    assert run(*QUAY, "--create").exit_code == 0
    assert run("location", "list").stdout.startswith("pier ")


@pytest.mark.parametrize("how", ["the folder is gone", "the file is empty"])
@pytest.mark.parametrize("mode", ["local", "profile"])
def test_the_settings_file_knows_that_a_log_was_set_up(run: Run, data: Path, how: str, mode: str) -> None:
    assert run(*QUAY).exit_code == 0
    known_logs_file().unlink()
    lose(data, how)
    keep('mode = "local"\n' if mode == "local" else 'profile = "quay"\n[profiles.quay]\nmode = "local"\n')
    done = run("serve", "--port", "0")
    assert (done.exit_code, "says that it is kept here" in done.stderr) == (ExitCode.USAGE, True)
    assert run("list").exit_code == ExitCode.USAGE
    assert run().exit_code == ExitCode.USAGE
    assert not (data / "log.db").exists() or not (data / "log.db").stat().st_size


def test_a_lost_log_is_put_back_and_served(run: Run, log: list[AppendEntry], data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert run("backup", str(copy)).exit_code == 0
    assert run("token", "list").exit_code == 0
    shutil.rmtree(data)
    assert run("serve", "--port", "0").exit_code == ExitCode.USAGE
    assert run("restore", str(copy)).exit_code == 0
    assert "Serving" in served()
    assert run("list").exit_code == 0


def test_who_writes_the_settings_first_makes_the_log_by_the_first_location(run: Run, data: Path) -> None:
    keep('mode = "local"\n')
    assert run(*QUAY).exit_code == 0
    assert run("list").exit_code == ExitCode.NOTHING


def test_a_log_that_was_only_read_is_known(run: Run, log: list[AppendEntry], data: Path) -> None:
    assert run("list").exit_code == 0
    shutil.rmtree(data)
    assert (run(*QUAY).exit_code, run("serve", "--port", "0").exit_code) == (ExitCode.USAGE, ExitCode.USAGE)


def test_the_first_run_needs_no_telling(run: Run, data: Path) -> None:
    assert "Serving" in served()
    assert run(*QUAY).exit_code == 0
    assert run("location", "list").stdout.startswith("pier ")
    (data / "log.db").unlink()
    assert "Serving" in served("--create")


@pytest.mark.parametrize("content", [None, b""])
def test_a_mistyped_path_makes_no_log(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path, content: bytes | None
) -> None:
    mistyped, copy = tmp_path / "lgo.db", tmp_path / "copy.db"
    assert run("backup", str(copy)).exit_code == 0
    if content is not None:
        mistyped.write_bytes(content)
    for words in (
        ("serve", "--port", "0"), QUAY, ("token", "create", "Desk"), ("location", "list"), ("rebuild",),
        ("key", "rotate"),
        ("verify",), ("backup", str(tmp_path / "other.db")), ("retention", "show", "quay"),
    ):  # fmt: skip
        done = run(*words, "--database", str(mistyped))
        assert done.exit_code in ({ExitCode.USAGE} if content is None else {2, 6, 7}), (words, done.output)
        assert done.stdout == ""
    assert (mistyped.read_bytes() if mistyped.exists() else None) == content
    done = run("restore", str(copy), "--database", str(tmp_path / "none" / "lgo.db"))
    assert (done.exit_code, "--create" in done.stderr) == (ExitCode.USAGE, True)
    assert not (tmp_path / "none").exists()
    assert run("restore", str(copy), "--database", str(tmp_path / "none" / "lgo.db"), "--create").exit_code == 0


def test_a_database_of_something_else_becomes_no_log(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bookmarks.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmark (address TEXT)")
    before = file.read_bytes()
    for words in (
        QUAY,
        (*QUAY, "--create"),
        ("serve", "--port", "0"),
        ("serve", "--port", "0", "--create"),
        ("token", "list"),
    ):
        done = run(*words, "--database", str(file))
        assert (done.exit_code, "is no log" in done.stderr) == (ExitCode.TAMPERED, True), (words, done.output)
        assert file.read_bytes() == before


def test_what_is_known_is_kept_for_its_owner_and_once(tmp_path: Path, data: Path) -> None:
    assert not is_known(tmp_path / "log.db")
    for _ in range(2):
        remember(tmp_path / "log.db")
    assert is_known(tmp_path / "log.db")
    assert known_logs_file().read_text(encoding="utf-8") == f"{tmp_path / 'log.db'}\n"
    assert known_logs_file().stat().st_mode & 0o077 == 0
    odd = Path(f"{tmp_path}/\udcff/log.db")
    remember(odd)
    assert is_known(odd)


def test_where_nothing_can_be_remembered_all_else_goes_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("COMMLOG_CONFIG", "/dev/null/config.toml")
    assert not is_known(tmp_path / "log.db")
    remember(tmp_path / "log.db")


def test_a_port_that_is_taken_makes_no_log(run: Run, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run("serve", "--create", "--port", str(taken.getsockname()[1])).exit_code == ExitCode.TROUBLE
    assert not data.exists()
