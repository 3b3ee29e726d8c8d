"""``commlog verify``: words, codes, and the same answer on the file and through the service."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.patience import PATIENCE
from tests.store.tampering import pk, tampered

NEVER = "names, zones and retention of locations, tokens, and whether the signing key is the right one"


@pytest.fixture
def served(log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a service over the log, for which the command line has a token."""
    service = EmbeddedService(data / "log.db")
    monkeypatch.setenv("COMMLOG_TOKEN", service.token)
    # It says where it is before it has opened the log, which must not be tampered with meanwhile.
    assert httpx.get(f"{service.base_url}/readyz", timeout=PATIENCE).status_code == 200
    yield service.base_url
    service.close()


def change(data: Path, statement: str) -> None:
    with tampered(data / "log.db") as connection:
        connection.execute(statement)


def test_a_sound_log_is_said_to_be_sound(run: Run, log: list[AppendEntry], data: Path) -> None:
    answer = run("verify", "--projections")
    assert (answer.exit_code, answer.stderr) == (0, f"Not covered: {NEVER}.\n")
    derived = "what is shown, found and counted (--projections compares that)"
    assert run("verify").stderr == f"Not covered: {derived}, {NEVER}.\n"
    assert answer.stdout.startswith("quay: 4 records as they were recorded; root ")
    assert run("verify", "--database", str(data / "log.db"), "--location", "quay").stdout == answer.stdout


def test_the_first_bad_record_is_named_on_the_file_and_through_the_service(
    run: Run, served: str, data: Path, log: list[AppendEntry]
) -> None:
    sound = run("verify", "--service", served)
    assert (sound.exit_code, sound.stdout) == (0, run("verify").stdout)
    change(data, f"UPDATE personal SET data = replaced(data, 'long', 'last') WHERE pk = {pk(2)}")
    words = "quay: 4 records; 1 fault, the first at no. 2\nquay: no. 2: its personal data is not what was recorded\n"
    for answer in (run("verify"), run("verify", "--service", served)):
        assert (answer.exit_code, answer.stdout) == (ExitCode.TAMPERED, words)


def test_through_the_service_a_root_that_was_signed_must_be_that_of_the_records(
    run: Run, served: str, data: Path
) -> None:
    change(data, f"UPDATE record SET recorded_at = recorded_at + 1 WHERE pk = {pk(1)}")
    answer = run("verify", "--service", served)
    assert answer.exit_code == ExitCode.TAMPERED, answer.output
    assert "do not have the root that the service has signed" in answer.stdout


def test_a_missing_record_is_told_from_a_redacted_one(run: Run, log: list[AppendEntry], data: Path) -> None:
    assert run("redact", log[1].id, "--reason", "asked").exit_code == 0
    answer = run("verify")
    assert (answer.exit_code, "5 records as they were recorded, 1 without the data" in answer.stdout) == (0, True)
    change(data, f"DELETE FROM record WHERE pk = {pk(3)}")
    answer = run("verify")
    assert answer.exit_code == ExitCode.TAMPERED, answer.output
    assert "quay: no. 3: it is missing\n" in answer.stdout


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE tally SET entries = entries + 1", "counts by day"),
        ("UPDATE statistic SET entries = entries + 1", "the statistics"),
        ("INSERT INTO worklist SELECT pk, location, 0, 0, 0, NULL, NULL FROM entry", "the list of what did not arrive"),
    ],
)
def test_what_is_derived_is_compared_when_asked(
    run: Run, log: list[AppendEntry], data: Path, sql: str, words: str
) -> None:
    change(data, sql)
    assert run("verify").exit_code == 0
    answer = run("verify", "--projections")
    assert (answer.exit_code, words in answer.stderr) == (ExitCode.TAMPERED, True)
    assert run("rebuild").exit_code == 0
    assert run("verify", "--projections").exit_code == 0


def test_an_old_copy_put_back_is_found_by_who_kept_a_checkpoint(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    stored, path = tmp_path / "kept.json", data / "log.db"
    shutil.copy(path, tmp_path / "old.db")
    assert run("add", "--via", "phone", "--title", "Rang").exit_code == 0
    assert run("checkpoint", "save", str(stored)).stdout.startswith("quay: 5 records, root ")
    assert run("verify", "--checkpoint", str(stored)).exit_code == 0
    assert run("checkpoint", "check", str(stored)).exit_code == 0
    shutil.copy(tmp_path / "old.db", path)
    answer = run("checkpoint", "check", str(stored))
    assert (answer.exit_code, "rolled back: it has had 5 records and has 4; 1 are gone" in answer.stderr) == (
        ExitCode.TAMPERED,
        True,
    )
    assert "rolled back" in run("verify", "--checkpoint", str(stored)).stdout
    for title in ("Another", "And one more"):
        assert run("add", "--via", "phone", "--title", title).exit_code == 0
    answer = run("checkpoint", "check", str(stored))
    assert (answer.exit_code, "forked" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert "forked: its first 5 records" in run("verify", "--checkpoint", str(stored)).stdout
    assert run("checkpoint", "save", str(stored)).exit_code == ExitCode.TAMPERED


def test_a_rotated_key_is_followed_and_a_strange_one_is_not(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    stored = tmp_path / "kept.json"
    assert run("checkpoint", "save", str(stored)).exit_code == 0
    assert run("key", "rotate").stdout.startswith("commlog/")
    answer = run("checkpoint", "check", str(stored))
    assert (answer.exit_code, "introduced by the one it had" in answer.stderr) == (0, True)
    (data / "log.key").unlink()
    answer = run("checkpoint", "check", str(stored))
    assert (answer.exit_code, "another key" in answer.stderr) == (ExitCode.TAMPERED, True)


def test_another_log_in_the_place_of_this_one_is_found(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    stored = tmp_path / "kept.json"
    assert run("checkpoint", "save", str(stored)).exit_code == 0
    change(data, "UPDATE log SET id = 'other'")
    (data / "log.key").unlink()
    answer = run("checkpoint", "check", str(stored))
    assert (answer.exit_code, "another log" in answer.stderr) == (ExitCode.TAMPERED, True)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"note":"x\\n1\\nx\\n\\n","key":"k"}', b"\xff"])
def test_what_is_no_checkpoint_is_told(run: Run, log: list[AppendEntry], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept.json").write_bytes(content)
    for words in (("checkpoint", "check"), ("verify", "--checkpoint")):
        answer = run(*words, str(tmp_path / "kept.json"))
        assert (answer.exit_code, "is no checkpoint" in answer.stderr) == (ExitCode.USAGE, True)
    assert "cannot be read" in run("checkpoint", "check", str(tmp_path / "none.json")).stderr


def test_a_checkpoint_that_was_changed_is_no_checkpoint(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    stored = tmp_path / "kept.json"
    assert run("checkpoint", "save", str(stored)).exit_code == 0
    stored.write_text(stored.read_text(encoding="utf-8").replace("\\n4\\n", "\\n3\\n"), encoding="utf-8")
    assert "was changed since" in run("checkpoint", "check", str(stored)).stderr


def test_what_is_no_log_is_told_and_nothing_is_made(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "none.db"
    assert run("verify", "--database", str(missing)).exit_code == ExitCode.USAGE
    assert not missing.exists()
    other = tmp_path / "other.db"
    sqlite3.connect(other).close()
    other.write_bytes(b"Dear diary, " * 99)
    assert run("verify", "--database", str(other)).exit_code == ExitCode.TAMPERED
    assert run("verify", "--location", "pier").exit_code == ExitCode.USAGE
    change(data, "DELETE FROM location")
    assert run("verify").exit_code != 0
