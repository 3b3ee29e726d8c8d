"""``commlog backup`` and ``restore``.

Nothing acknowledged is lost by putting an old copy back unasked.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.store.tampering import pk, tampered


def rang(run: Run, title: str) -> None:
    assert run("add", "--via", "phone", "--title", title).exit_code == 0


def test_a_copy_of_a_log_in_use_is_verified_and_whole(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    file, service = tmp_path / "copy.db", EmbeddedService(data / "log.db")
    try:
        assert service.base_url
        answer = run("backup", str(file))
    finally:
        service.close()
    assert (answer.exit_code, answer.stdout) == (0, "quay: 4 records, copied and verified\n")
    assert "log.key, is not in the copy" in answer.stderr
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"]
    assert run("verify", "--database", str(file), "--projections").exit_code == 0
    assert run("backup", str(file)).exit_code == ExitCode.USAGE


def test_a_copy_that_lacks_nothing_is_restored_and_the_log_kept_aside(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    assert run("backup", str(file)).exit_code == 0
    before = run("list").stdout
    with tampered(data / "log.db") as connection:
        connection.execute("DELETE FROM entry")
    answer = run("restore", str(file))
    assert (answer.exit_code, "The one before is" in answer.stderr) == (0, True)
    assert run("list").stdout == before
    assert len(list(data.glob("log.db.2*"))) == 1
    (data / "log.db").write_bytes(b"Dear diary, " * 99)
    answer = run("restore", str(file))
    assert (answer.exit_code, "The one before is" in answer.stderr) == (0, True), answer.stderr
    (data / "log.db").unlink()
    assert run("restore", str(file)).exit_code == 0
    assert run("verify").exit_code == 0


def test_an_old_copy_is_refused_unless_told(run: Run, log: list[AppendEntry], data: Path, tmp_path: Path) -> None:
    file, stored = tmp_path / "copy.db", tmp_path / "kept.json"
    assert run("backup", str(file)).exit_code == 0
    rang(run, "Later")
    assert run("checkpoint", "save", str(stored)).exit_code == 0
    answer = run("restore", str(file))
    assert (answer.exit_code, "has had 5 records" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert "Later" in run("list").stdout
    shutil.move(data / "log.db", data / "lost.db")
    answer = run("restore", str(file), "--checkpoint", str(stored))
    assert (answer.exit_code, "has had 5 records" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert not (data / "log.db").exists()
    assert run("restore", str(file), "--checkpoint", str(stored), "--go-back").exit_code == 0
    assert "Later" not in run("list").stdout


def test_a_bad_copy_is_neither_made_nor_restored(run: Run, log: list[AppendEntry], data: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    assert run("backup", str(file)).exit_code == 0
    for path in (file, data / "log.db"):
        with tampered(path) as connection:
            connection.execute("UPDATE personal SET salt = zeroblob(32) WHERE pk = ?", (pk(2),))
        answer = run("restore", str(file)) if path == file else run("backup", str(tmp_path / "other.db"))
        assert (answer.exit_code, "no. 2: its personal data" in answer.stderr) == (ExitCode.TAMPERED, True)
    assert not list(tmp_path.glob("other*"))


def test_a_log_in_use_is_not_replaced(run: Run, log: list[AppendEntry], data: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    assert run("backup", str(file)).exit_code == 0
    service = EmbeddedService(data / "log.db")
    try:
        assert service.base_url
        assert run("list").exit_code == 0
        answer = run("restore", str(file))
    finally:
        service.close()
    assert (answer.exit_code, "is in use" in answer.stderr) == (ExitCode.TROUBLE, True)
    assert run("verify").exit_code == 0


def test_the_log_itself_is_no_copy(run: Run, log: list[AppendEntry], data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.symlink_to(data / "log.db")
    before = run("list").stdout
    for file in (data / "log.db", other):
        assert run("backup", str(file)).exit_code == ExitCode.USAGE
        answer = run("restore", str(file))
        assert (answer.exit_code, "is the log itself" in answer.stderr) == (ExitCode.USAGE, True)
    assert sorted(path.name for path in data.glob("log.db*")) == ["log.db"]
    assert run("list").stdout == before


def test_a_copy_takes_the_place_of_no_file(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    mine = {name: tmp_path / name for name in ("copy.db", "copy.db.tmp", "other.db.tmp")}
    for file in mine.values():
        file.write_text("mine", encoding="utf-8")
    (tmp_path / "dangling.db").symlink_to(tmp_path / "none.db")
    for name in ("copy.db", "dangling.db", "."):
        assert run("backup", str(tmp_path / name)).exit_code == ExitCode.USAGE
    assert run("backup", str(tmp_path / "other.db")).exit_code == 0
    assert {file.read_text(encoding="utf-8") for file in mine.values()} == {"mine"}
    assert not (tmp_path / "none.db").exists()
    assert run("backup", str(tmp_path / "none" / "copy.db")).exit_code == ExitCode.TROUBLE


def test_every_log_that_was_replaced_is_kept(run: Run, log: list[AppendEntry], data: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    assert run("backup", str(file)).exit_code == 0
    for number in range(3):
        answer = run("restore", str(file))
        assert answer.exit_code == 0, answer.stderr
        assert len(list(data.glob("log.db.2*"))) == number + 1
    assert all(run("verify", "--database", str(path)).exit_code == 0 for path in data.glob("log.db.2*"))
    assert not list(data.glob(".*"))


def test_a_full_disk_leaves_nothing_half_written(run: Run, log: list[AppendEntry], data: Path, tmp_path: Path) -> None:
    file, late = tmp_path / "copy.db", tmp_path / "late.db"
    assert run("backup", str(file)).exit_code == 0
    before = run("list").stdout
    for words in (["backup", str(late)], ["restore", str(file)]):
        # A limit on the size of files, which fails as a full disk does, but no other program.
        limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
        limit += "; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))"
        program = f"{limit}; from commlog_tui.cli.app import run; run()"
        done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
        assert (done.returncode, "full" in done.stderr) == (ExitCode.TROUBLE, True), done
    assert not late.exists()
    assert sorted(path.name for path in (*tmp_path.glob("*.db*"), *tmp_path.glob(".*"))) == ["copy.db"]
    assert not list(data.glob(".*"))
    assert run("list").stdout == before


def test_what_is_not_there_is_told(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    assert run("restore", str(tmp_path / "none.db")).exit_code == ExitCode.USAGE
    assert run("backup", str(tmp_path / "copy.db"), "--database", str(tmp_path / "none.db")).exit_code == ExitCode.USAGE
    (tmp_path / "diary").write_bytes(b"Dear diary, " * 99)
    assert run("restore", str(tmp_path / "diary")).exit_code == ExitCode.TROUBLE
