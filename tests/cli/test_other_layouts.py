"""Every command refuses a log of a newer version untouched, and says so.

A log of an older version is migrated.
"""

import gzip
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.schema import VERSION
from tests.cli.conftest import Run

ENTRY = "00000000-0000-4000-8000-000000000001"
COMMANDS: dict[str, list[str]] = {
    "list": ["list"],
    "show": ["show", ENTRY],
    "add": ["add", "--via", "phone", "--title", "Rang"],
    "customers": ["customers", "a"],
    "tail": ["tail"],
    "verify": ["verify"],
    "redact": ["redact", ENTRY, "--reason", "asked"],
    "rebuild": ["rebuild"],
    "backup": ["backup", "copy.db"],
    "serve": ["serve", "--port", "0"],
    "token list": ["token", "list"],
    "token create": ["token", "create", "Desk"],
    "token revoke": ["token", "revoke", "x"],
    "location list": ["location", "list"],
    "location add": ["location", "add", "pier", "--name", "Pier", "--zone", "Europe/London"],
    "retention show": ["retention", "show", "quay"],
    "retention set": ["retention", "set", "quay", "--months", "12"],
    "retention run": ["retention", "run"],
    "key show": ["key", "show"],
    "key rotate": ["key", "rotate"],
    "checkpoint save": ["checkpoint", "save", "seen.json"],
    "proof": ["proof", "entry", ENTRY, "--json", "proof.json"],
}
NEWER = {"records": f"PRAGMA user_version = {VERSION + 1}", "projections": "UPDATE projection SET layout = 99"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("layout", NEWER)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_log_of_a_newer_version_is_refused_untouched(
    run: Run, log: list[AppendEntry], data: Path, command: str, layout: str
) -> None:
    file = data / "log.db"
    with closing(apsw.Connection(str(file))) as connection:
        connection.execute("CREATE TABLE call_back (due INTEGER) STRICT")
        connection.execute(NEWER[layout])
    before, key = file.read_bytes(), (data / "log.key").exists()
    result = run(*COMMANDS[command])
    assert "written by a newer commlog. It is untouched; update commlog." in result.stderr, result.output
    assert result.exit_code in {ExitCode.TROUBLE, ExitCode.UNREACHABLE}
    assert (file.read_bytes(), (data / "log.key").exists()) == (before, key)


def test_a_copy_of_a_newer_version_is_not_restored(
    run: Run, log: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    assert run("backup", "copy.db").exit_code == 0
    with closing(apsw.Connection("copy.db")) as connection:
        connection.execute(NEWER["records"])
    before = (data / "log.db").read_bytes()
    result = run("restore", "copy.db")
    assert (result.exit_code, "newer commlog" in result.stderr) == (ExitCode.TROUBLE, True)
    assert (data / "log.db").read_bytes() == before


@pytest.fixture
def earlier(data: Path) -> Path:
    data.mkdir(parents=True, exist_ok=True)
    path = Path(__file__).parents[1] / "store" / "files" / "version-1.db.gz"
    (data / "log.db").write_bytes(gzip.decompress(path.read_bytes()))
    return data / "log.db"


def test_an_earlier_log_is_migrated_by_the_first_command_that_uses_it(run: Run, earlier: Path) -> None:
    for command in ("verify", "backup"):
        result = run(*COMMANDS[command], "--database", str(earlier))
        assert (result.exit_code, "older commlog. It is untouched. Open it once" in result.stderr) == (
            ExitCode.TROUBLE,
            True,
        )
    result = run("location", "list", "--database", str(earlier))
    (backup,) = earlier.parent.glob("log.db.2*.layout-1")
    assert f"It is kept as it was in {backup}." in result.stderr
    assert result.stdout.splitlines() == ["pier  Europe/London  Pier Hotel", "quay  Europe/London  Quay Boats"]
    assert run("verify", "--database", str(earlier), "--projections").exit_code == 0


def test_a_copy_of_an_earlier_log_is_restored_as_this_version_writes_it(
    run: Run, earlier: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    earlier.rename(copy)
    before = copy.read_bytes()
    result = run("restore", str(copy), "--database", str(earlier), "--create")
    assert result.exit_code == 0, result.output
    assert copy.read_bytes() == before
    assert [path.name for path in earlier.parent.iterdir()] == ["log.db"]
    assert run("verify", "--database", str(earlier), "--projections").exit_code == 0


def test_the_desk_s_own_service_migrates_an_earlier_log(
    run: Run, earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMLOG_MODE", "local")
    result = run("list", "--location", "quay")
    assert (result.exit_code, result.stdout.count("\n2026-11-03")) == (0, 2), result.output
    assert list(earlier.parent.glob("log.db.2*.layout-1"))
