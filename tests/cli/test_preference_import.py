"""``commlog preference import``: a list of opt-outs, recorded once."""

import json
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("log")
LIST = "to,via,words\n07700 900888,sms,STOP by letter\n,sms,nobody\nzoe@example.com,,\n"


def test_a_list_is_recorded_once_and_says_what_was_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "opt-outs.csv"
    file.write_text(LIST, encoding="utf-8")
    tried = run("preference", "import", str(file), "--dry-run")
    assert (tried.exit_code, tried.stdout) == (ExitCode.REFUSED, "2 would be recorded; 1 refused.\n")
    assert run("preference", "list", "--to", "07700 900888").exit_code == ExitCode.NOTHING
    done = run("preference", "import", str(file))
    assert (done.exit_code, done.stdout) == (ExitCode.REFUSED, "2 recorded, or there already; 1 refused.\n")
    assert f"{file}:3: needs a customer_id" in done.stderr
    assert run("preference", "list", "--to", "07700 900888").stdout.startswith("no texts (STOP by letter")
    again = run("preference", "import", str(file))
    assert again.stdout == done.stdout
    found = json.loads(run("preference", "list", "--to", "07700 900888", "--json").stdout)
    assert len(found) == 1


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    result = run("preference", "import", str(tmp_path / "gone.csv"))
    assert result.exit_code == ExitCode.USAGE
    assert "gone.csv cannot be read: No such file or directory." in result.stderr
