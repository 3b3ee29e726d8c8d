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
    assert run("preference", "list", "--to", "07700 900888").stdout.startswith(
        "no texts to 07700 900888 (STOP by letter"
    )
    again = run("preference", "import", str(file))
    assert again.stdout == done.stdout
    found = json.loads(run("preference", "list", "--to", "07700 900888", "--json").stdout)
    assert len(found) == 1


def start(run: Run, at: str) -> None:
    inbound = ("--inbound", "--via", "sms", "--to", "+44 7700 900888", "--title", "START", "--when", at)
    assert run("add", *inbound).exit_code == ExitCode.OK


def test_a_row_that_was_ended_meanwhile_is_named_and_recorded_anew_only_if_it_is_later(
    run: Run, tmp_path: Path
) -> None:
    file, rows = tmp_path / "opt-outs.csv", "to,via,said_at\n{},sms,2026-10-01T12:00:00Z\n".format
    undated = tmp_path / "undated.csv"
    undated.write_text("to,via\n07700 900888,sms\n", encoding="utf-8")
    file.write_text(rows("07700 900888"), encoding="utf-8")
    for one in (file, undated):
        assert run("preference", "import", str(one)).stdout == "1 recorded, or there already; 0 refused.\n"
    start(run, "2026-10-02T12:00:00Z")
    for one in (file, undated):
        again = run("preference", "import", str(one))
        assert again.stdout == "1 recorded, or there already; 1 of them ended since; 0 refused.\n"
        assert again.exit_code == ExitCode.OK
        assert f"{one}:2: already recorded, and ended since: texts allowed" in again.stderr
        assert "(opted in by START, 2 Oct), recorded by" in again.stderr
    assert "texts allowed" in run("preference", "list", "--to", "07700 900888").stdout


def test_an_earlier_start_that_is_recorded_later_ends_nothing_that_is_imported_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "opt-outs.csv"
    file.write_text("to,via,said_at\n07700 900888,sms,2026-10-03T12:00:00Z\n", encoding="utf-8")
    run("preference", "import", str(file))
    start(run, "2026-10-02T12:00:00Z")
    for _ in range(2):
        assert run("preference", "import", str(file)).stdout == "1 recorded, or there already; 0 refused.\n"
    assert run("preference", "list", "--to", "07700 900888").stdout.startswith("no texts")


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    result = run("preference", "import", str(tmp_path / "gone.csv"))
    assert result.exit_code == ExitCode.USAGE
    assert "gone.csv cannot be read: No such file or directory." in result.stderr
