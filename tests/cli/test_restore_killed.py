"""``commlog restore`` that is killed at any step, or fails at it, leaves the old log or the new one, whole."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite import auditing
from tests.cli.conftest import Run
from tests.cli.test_backup import rang

ROOT = Path(__file__).parents[2]


def size_of(run: Run, file: Path) -> set[str]:
    """What the log in a file holds, once every record of it was verified."""
    done = run("verify", "--database", str(file))
    assert done.exit_code == 0, done.output
    return {word for word in ("5 records", "4 records") if word in done.stdout}


@pytest.mark.parametrize("state", ["closed", "with a write-ahead log", "damaged", "missing"])
def test_whenever_it_is_killed_there_is_a_whole_log(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    before = tmp_path / "kill" / "before"
    (before / "data").mkdir(parents=True)
    assert run("backup", str(before / "copy.db")).exit_code == 0
    rang(run, "Only in the old one")
    old = {"5 records"}
    for end in ("", "-wal", "-shm"):
        if (data / f"log.db{end}").exists():
            shutil.copy(data / f"log.db{end}", before / "data" / f"log.db{end}")
    if state == "with a write-ahead log":
        with closing(
            sqlite3.connect(data / "log.db")
        ) as connection:  # open still, so what is written stays in the write-ahead log
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("UPDATE location SET name = 'In the write-ahead log'")
            connection.commit()
            for end in ("", "-wal"):
                shutil.copy(data / f"log.db{end}", before / "data" / f"log.db{end}")
            assert (before / "data" / "log.db-wal").stat().st_size
    elif state == "damaged":
        (before / "data" / "log.db").write_bytes(b"Dear diary, " * 99)
        (before / "data" / "log.db-wal").write_bytes(b"of which more")
        old = set()
    elif state == "missing":
        (before / "data" / "log.db").unlink()
        old = set()
    words = [sys.executable, "-m", "tests.cli.killed_restore", "restore", "copy.db", "--go-back"]
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run(words, cwd=before.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kills, code = map(int, done.stdout.split())
    assert (kills > 4, code) == (True, ExitCode.OK), done
    seen = []
    for step in range(kills + 1):
        file = before.parent / f"after-{step}" / "data" / "log.db"
        if (state == "missing" and not file.exists()) or (state == "damaged" and file.read_bytes().startswith(b"Dear")):
            seen.append(old)
        else:
            seen.append(size_of(run, file))
            if seen[-1] == old and state == "with a write-ahead log":
                with auditing.opened(file) as reader:
                    assert reader.execute("SELECT name FROM location").fetchall() == [("In the write-ahead log",)]
    assert seen[0] == old
    assert seen[-1] == {"4 records"}
    assert all(one in (old, {"4 records"}) for one in seen)
    assert seen == sorted(seen, key=lambda one: one == {"4 records"}), "once the new one is there, it stays"
