"""``commlog list --csv``.

Whole or not at all, without formulas, and read by spreadsheets as UTF-8.
"""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.cli import tables
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.imports.csv_export import cell, values_of
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

BOM = b"\xef\xbb\xbf"


def test_a_csv_that_would_be_cut_is_refused(run: Run, log: list[AppendEntry]) -> None:
    cut = run("list", "--csv", "--limit", "2")
    assert (cut.exit_code, cut.stdout) == (ExitCode.USAGE, "")
    assert cut.stderr == "There are 4 entries, and --csv would hold 2. Give --all. Nothing was written.\n"
    whole = run("list", "--csv", "--limit", "2", "--all")
    assert (whole.exit_code, len([*csv.DictReader(io.StringIO(whole.stdout))])) == (0, 4)
    assert run("list", "--csv", "--limit", "2", "--via", "sms").exit_code == 0, "nothing is cut"


def test_a_byte_order_mark_is_written_on_demand_and_read_back(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with path.open("wb") as file:
        words = [sys.executable, "-m", "commlog_tui", "list", "--csv", "--all", "--bom"]
        done = subprocess.run(words, stdout=file, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr
    written = path.read_bytes()
    assert written.startswith(BOM + b"id,")
    assert written.count(BOM) == 1
    assert b"\r\r\n" not in written
    assert not run("list", "--csv", "--all", "--no-bom").stdout_bytes.startswith(BOM)
    assert not run("list", "--csv", "--all").stdout_bytes.startswith(BOM)
    assert "0 added, 4 already there, 0 refused" in run("import", str(path)).stderr


@pytest.mark.parametrize("option", ["--bom", "--no-bom"])
def test_a_byte_order_mark_is_for_csv(run: Run, log: list[AppendEntry], option: str) -> None:
    assert run("list", option).exit_code == ExitCode.USAGE
    assert run("list", "--json", option).exit_code == ExitCode.USAGE


def test_a_file_on_windows_has_one_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "file.csv").open("w") as file:
        monkeypatch.setattr(sys, "stdout", file)
        assert not tables.is_for_windows()
        monkeypatch.setattr(sys, "platform", "win32")
        assert tables.is_for_windows()
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert not tables.is_for_windows()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "  =1+1",
        "\u00a0=1",
        "\u3000=1",
        "\ufeff=1",
        "\u200b@SUM(1)",
        " \t-1",
        " +1+1",
        "\u202e=1",
        "\x00=1",
        "\u2003\uff1d1",
        " '=1",
    ],
)
def test_a_formula_behind_what_is_passed_over_is_guarded(text: str) -> None:
    assert cell(text) == (text if text == " '=1" else f"'{text}")
    assert values_of({"title": cell(text)}) == {"title": text}


@pytest.mark.parametrize(
    "text", ["a=1", "  plain", "07700 900123", "+44 7700 900123", " +44 7700 900123 x", "5 = five"]
)
def test_what_is_no_formula_is_left_whole(text: str) -> None:
    assert cell(text) == (f"'{text}" if text.lstrip().startswith("+") and text.endswith("x") else text)


@given(st.text())
def test_every_text_comes_back_and_none_begins_as_a_formula(text: str) -> None:
    written = cell(text)
    assert values_of({"title": written}) == {"title": text}
    assert not written.lstrip().startswith(("=", "@", "-"))
