"""``commlog verify`` on a file.

What cannot be compared is a failure, what keeps it from looking is none of the log's.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import apsw
import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.cli.verify import _look_for_keys_recorded_twice
from commlog_tui.ledger.canonical import canonical
from commlog_tui.ledger.rows import Row
from commlog_tui.ledger.verifier import Verifier
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.store.factory import REAL_LAYOUT
from tests.store.tampering import pk, tampered

NOBODY = 65_534


def change(data: Path, *statements: str) -> None:
    with tampered(data / "log.db") as connection:
        for statement in statements:
            connection.execute(statement)


def plant(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "log.db")) as connection:
        connection.execute(statement)


@pytest.fixture
def stored_log(run: Run, log: list[AppendEntry], tmp_path: Path) -> str:
    """A checkpoint of ``quay``."""
    path = str(tmp_path / "kept.json")
    assert run("checkpoint", "save", path).exit_code == 0
    return path


PLANTED = (
    "CREATE TRIGGER planted AFTER INSERT ON entry BEGIN UPDATE entry SET status = 'delivered' WHERE pk = new.pk; END"
)


def test_a_planted_trigger_is_named_and_the_records_are_verified_all_the_same(
    run: Run, log: list[AppendEntry], data: Path
) -> None:
    plant(data, PLANTED)
    short, long = run("verify"), run("verify", "--projections")
    for answer in (short, long):
        assert (answer.exit_code, "the trigger 'planted'" in answer.stderr) == (ExitCode.TAMPERED, True)
        assert "quay: 4 records as they were recorded" in answer.stdout
    assert "was not compared" in long.stderr


@pytest.mark.parametrize(
    "words",
    [("list",), ("add", "--via", "phone", "--title", "x"), ("rebuild",), ("token", "list"), ("location", "list"),
    ("tail",),
     ("retention", "show", "quay"), ("retention", "set", "quay", "--months", "1"), ("key", "rotate"),
     ("serve", "--port", "0"),
     ("backup", "copy.db"), ("location", "add", "pier", "--name", "Pier", "--zone", "Europe/London")],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
def test_every_command_that_opens_such_a_file_refuses_and_names_it(
    run: Run,
    log: list[AppendEntry],
    data: Path,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    plant(data, PLANTED)
    before = (data / "log.db").read_bytes()
    answer = run(*words)
    if words[0] == "add":
        assert "saved" in answer.stderr or "planted" in answer.stderr
    else:
        assert "planted" in answer.stderr
        assert answer.exit_code == (ExitCode.TROUBLE if words[0] == "backup" else ExitCode.TAMPERED)
    assert (data / "log.db").read_bytes() == before
    assert "Traceback" not in answer.stderr


def test_a_checkpoint_of_a_location_that_was_removed_is_a_failure(run: Run, stored_log: str, data: Path) -> None:
    assert run("verify", "--checkpoint", stored_log).exit_code == 0
    change(
        data,
        *(f"DELETE FROM {table}" for table in ("personal", "record", "entry", "head", "node", "tally", "location")),
    )
    answer = run("verify", "--checkpoint", stored_log)
    assert (answer.exit_code, "is not in this log: it was removed" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert run("verify", "--checkpoint", stored_log, "--location", "quay").exit_code == ExitCode.TAMPERED
    change(
        data,
        "INSERT INTO location VALUES (1, 'pier', 'Pier', 'UTC', NULL, NULL)",
        "INSERT INTO head VALUES (1, 0, 0, x'')",
    )
    answer = run("verify", "--checkpoint", stored_log)
    assert (answer.exit_code, "is not in this log: it was removed" in answer.stderr) == (ExitCode.TAMPERED, True)


def test_a_checkpoint_of_a_location_that_is_left_out_is_a_failure(
    run: Run, stored_log: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("location", "add", "pier", "--name", "Pier", "--zone", "Europe/London")
    assert run(*words).exit_code == 0
    answer = run("verify", "--location", "pier", "--checkpoint", stored_log)
    assert (answer.exit_code, "which --location leaves out" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert "pier: 0 records" in answer.stdout
    service = EmbeddedService(data / "log.db")
    monkeypatch.setenv("COMMLOG_TOKEN", service.token)
    try:
        answer = run("verify", "--service", service.base_url, "--location", "pier", "--checkpoint", stored_log)
        assert (answer.exit_code, "which --location leaves out" in answer.stderr) == (ExitCode.TAMPERED, True)
    finally:
        service.close()
    assert (
        run("verify", "--checkpoint", stored_log).exit_code
        == run("verify", "--location", "quay", "--checkpoint", stored_log).exit_code
        == 0
    )


def test_a_checkpoint_of_another_log_is_a_failure_on_the_file_and_through_the_service(
    run: Run, stored_log: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.db"
    assert (
        run("location", "add", "quay", "--name", "Q", "--zone", "UTC", "--database", str(other), "--create").exit_code
        == 0
    )
    answer = run("verify", "--database", str(other), "--checkpoint", stored_log)
    assert (answer.exit_code, "of another log" in answer.stderr) == (ExitCode.TAMPERED, True)
    service = EmbeddedService(other)
    monkeypatch.setenv("COMMLOG_TOKEN", service.token)
    try:
        answer = run("verify", "--service", service.base_url, "--checkpoint", stored_log)
    finally:
        service.close()
    assert (answer.exit_code, "of another log" in answer.stderr) == (ExitCode.TAMPERED, True)


def test_a_log_that_is_another_than_its_key_says_is_told_by_verify_and_by_the_service(
    run: Run, stored_log: str, data: Path
) -> None:
    change(data, "UPDATE log SET id = 'other'")
    answer = run("verify")
    assert (answer.exit_code, "the log's id was changed" in answer.stderr) == (ExitCode.TAMPERED, True)
    answer = run("checkpoint", "check", stored_log)
    assert (answer.exit_code, "the log's id was changed" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert "busy" not in answer.stderr
    change(data, "DELETE FROM log")
    answer = run("verify")
    assert (answer.exit_code, "The log's id is missing" in answer.stderr) == (ExitCode.TAMPERED, True)


def test_what_a_redaction_leaves_cannot_be_taken_unnoticed(run: Run, log: list[AppendEntry], data: Path) -> None:
    assert run("redact", log[1].id, "--reason", "asked").exit_code == 0
    assert run("verify").exit_code == 0
    change(data, f"DELETE FROM personal WHERE pk = {pk(5)}")
    answer = run("verify")
    assert (answer.exit_code, "no. 5: its personal data is missing" in answer.stdout) == (ExitCode.TAMPERED, True)


def test_a_key_recorded_twice_is_found_through_the_service_too() -> None:
    rows: list[Row] = []
    for seq, number in ((1, 7), (2, 8), (3, 7)):
        base = {"id": str(UUID(int=number)), "kind": "entry", "location": "quay", "personal": "", "actor": "a"}
        rows.append(
            (seq, canonical({**base, "seq": seq, "recorded_at": 0}), None, None, None, None, None, None, 1, None)
        )
    rows.append((4, b"[", None, None, None, None, None, None, 1, None))
    verifier, known = Verifier("quay"), dict[bytes, int]()
    _look_for_keys_recorded_twice(rows[:2], known, verifier)
    assert verifier.faults == []
    _look_for_keys_recorded_twice(rows[2:], known, verifier)
    assert [(fault.seq, fault.words) for fault in verifier.faults] == [
        (3, "it has the id of no. 1: one key was recorded twice")
    ]


@contextmanager
def guest() -> Iterator[None]:
    """Be somebody who may not write, whom file modes hold: the superuser is held by none."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder that others may read and not write; the ones for tests are their owner's alone."""
    folder = Path(mkdtemp(prefix="commlog-test-"))
    shutil.copyfile(REAL_LAYOUT, folder / "log.db")
    (folder / "log.db").chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="file modes are those of POSIX")
def test_a_folder_that_cannot_be_written_is_no_fault_of_the_log(run: Run, log: list[AppendEntry], shelf: Path) -> None:
    assert run("list").exit_code == 0, "everything that is loaded late is loaded"
    assert run("verify").exit_code == 0
    with guest():
        answer = run("verify", "--database", str(shelf / "log.db"))
        assert (answer.exit_code, "may not write to its folder" in answer.stderr) == (ExitCode.TROUBLE, True), (
            answer.stderr
        )
        answer = run("token", "list", "--database", str(shelf / "log.db"))
        assert (answer.exit_code, "may not write" in answer.stderr) == (ExitCode.TROUBLE, True), answer.stderr
    shelf.chmod(0o755)
    (shelf / "log.db").chmod(0o000)
    with guest():
        answer = run("verify", "--database", str(shelf / "log.db"))
        assert (answer.exit_code, "may not read" in answer.stderr) == (ExitCode.TROUBLE, True), answer.stderr
    (shelf / "log.db").chmod(0o600)
    assert run("verify", "--database", str(shelf / "log.db")).exit_code == 0
    assert run("verify", "--database", str(shelf)).exit_code == ExitCode.TROUBLE


def test_a_log_of_a_newer_version_is_not_said_to_be_tampered_with(run: Run, log: list[AppendEntry], data: Path) -> None:
    change(data, "PRAGMA user_version = 99")
    answer = run("verify")
    assert (answer.exit_code, "newer commlog" in answer.stderr) == (ExitCode.TROUBLE, True)


def test_a_log_that_is_locked_is_not_said_to_be_tampered_with(run: Run, log: list[AppendEntry], data: Path) -> None:
    with closing(apsw.Connection(str(data / "log.db"))) as connection:
        connection.execute("PRAGMA locking_mode = exclusive")
        connection.execute("BEGIN EXCLUSIVE")
        assert run("verify").exit_code == ExitCode.TROUBLE
