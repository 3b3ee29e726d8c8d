"""A log of an earlier version, as the commands meet it."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

from commlog_tui.cli.exit_codes import ExitCode
from tests.patience import PATIENCE

FILE = Path(__file__).parents[1] / "store" / "files" / "version-2-projections-0.db.gz"


def commlog(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: text for name, text in os.environ.items() if not name.startswith("COMMLOG_")}
    settings = {
        "COMMLOG_MODE": "local",
        "COMMLOG_DATA": str(home / "data"),
        "COMMLOG_CONFIG": str(home / "config.toml"),
    }
    command = [sys.executable, "-m", "commlog_tui", *arguments]
    return subprocess.run(
        command, env=own | settings, cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def test_it_is_left_untouched_by_verify_and_is_found_by_this_versions_rules_once_opened(tmp_path: Path) -> None:
    path = tmp_path / "data" / "log.db"
    path.parent.mkdir()
    path.write_bytes(gzip.decompress(FILE.read_bytes()))
    recorded = path.read_bytes()
    before = commlog(tmp_path, "verify", "--projections")
    assert before.returncode == ExitCode.TROUBLE, before.stderr
    assert "written by an older commlog. It is untouched" in before.stderr
    assert path.read_bytes() == recorded
    found = commlog(tmp_path, "--location", "quay", "list", "--to", "ACME")
    assert found.returncode == 0, found.stderr
    assert "ACME" in found.stdout
    after = commlog(tmp_path, "verify", "--projections")
    assert (after.returncode, "older commlog" in after.stderr) == (0, False)
