"""``commlog list --output FILE``: one file for each format, whole or not at all."""

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

FORMATS = (".csv", ".txt", ".pdf", ".json")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("fields", [(), ("--every-field",)])
def test_every_format_is_written_privately_and_never_over_a_file(
    run: Run, log: list[AppendEntry], tmp_path: Path, suffix: str, fields: tuple[str, ...]
) -> None:
    path = tmp_path / f"october{suffix}"
    done = run("list", "--output", str(path), *fields)
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    assert done.stderr == f"4 entries were written to {path}.\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert before.startswith(b"%PDF") == (suffix == ".pdf")
    again = run("list", "--output", str(path), *fields)
    assert again.exit_code == ExitCode.TROUBLE
    assert "is there already. Nothing was written" in again.stderr
    assert (path.read_bytes(), [*tmp_path.glob(".*")]) == (before, [])


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_every_field_is_imported_again_unchanged(run: Run, log: list[AppendEntry], tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"all{suffix}"
    assert run("list", "--output", str(path), "--every-field").exit_code == 0
    assert "0 added, 4 already there, 0 refused" in run("import", str(path)).stderr


def test_the_head_names_log_filters_zone_and_time(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    path = tmp_path / "sms.txt"
    assert run("list", "--via", "sms", "--since", "2026-10-01", "--output", str(path)).exit_code == 0
    lines = path.read_text().splitlines()
    assert lines[0].startswith("Communication log of ")
    assert lines[1] == "Filters: since 2026-10-01, via sms"
    assert lines[2].startswith("Times: ")
    assert lines[2].endswith("; newest first")
    assert lines[3].startswith("Exported: ")
    assert sum("HYPERLINK" in line for line in lines) == 1


def test_no_cell_of_the_table_is_a_formula_or_an_escape_sequence(
    run: Run, log: list[AppendEntry], tmp_path: Path
) -> None:
    path = tmp_path / "all.csv"
    assert run("list", "--output", str(path)).exit_code == 0
    rows = [*csv.reader(io.StringIO(path.read_text()))]
    assert rows[4] == ["Date", "Via", "To", "Title", "Customer", "Status", "Ref"]
    titles = [row[3] for row in rows[5:]]
    assert "'=HYPERLINK(1)" in titles
    assert not any("\x1b" in title or "\u202e" in title for title in titles)


def test_json_says_what_it_is_an_export_of(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    assert run("list", "-q", "long day", "--output", str(path), "--every-field").exit_code == 0
    document = json.loads(path.read_bytes())
    assert document["export"]["filters"] == "q long day"
    assert [entry["title"] for entry in document["entries"]] == ["On the long day"]


def test_what_finds_nothing_writes_its_heading_and_says_so(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    done = run("list", "--via", "fax", "--output", str(tmp_path / "none.csv"))
    assert done.exit_code == ExitCode.NOTHING
    assert "Nothing was found" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--output", "file.doc"),
        ("--output", "file"),
        ("--output", "a.csv", "--csv"),
        ("--output", "a.csv", "--at", "today"),
        ("--every-field",),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    run: Run, log: list[AppendEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("list", *words).exit_code == ExitCode.USAGE
    assert not [*tmp_path.glob("*.*")]


def test_a_folder_that_cannot_be_written_is_named(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = run("list", "--output", str(tmp_path / "file" / "all.csv"))
    assert done.exit_code == ExitCode.TROUBLE
    assert "Nothing was kept" in done.stderr


COLUMNS = ("actor", "title:20", "recorded", "kind", "date", "source")
NAMES = ["Actor", "Title", "Recorded", "Kind", "Date", "Source"]


def test_chosen_columns_are_those_of_csv_json_and_text_in_their_order(
    run: Run, log: list[AppendEntry], tmp_path: Path
) -> None:
    for suffix in FORMATS:
        path = tmp_path / f"chosen{suffix}"
        assert run("list", "--output", str(path), "--columns", " ".join(COLUMNS)).exit_code == 0
    assert [*csv.reader(io.StringIO((tmp_path / "chosen.csv").read_text()))][4] == NAMES
    assert [*json.loads((tmp_path / "chosen.json").read_bytes())["entries"][0]] == NAMES
    assert (tmp_path / "chosen.txt").read_text().splitlines()[5].split() == NAMES


def test_all_columns_have_room_in_plain_text(run: Run, log: list[AppendEntry], tmp_path: Path) -> None:
    path = tmp_path / "all.txt"
    names = "date via to title customer status ref kind source actor recorded"
    assert run("list", "--output", str(path), "--columns", names).exit_code == 0
    assert path.read_text().splitlines()[5].lower().split() == names.split()


def test_the_table_has_the_chosen_columns(run: Run, log: list[AppendEntry]) -> None:
    first = run("list", "--columns", "date,source,title").stdout.splitlines()[0]
    assert first.split() == ["Date", "Source", "Title", "Id"]


@pytest.mark.parametrize("words", [("--json",), ("--csv",), ("--every-field", "--output", "a.csv")])
def test_columns_exclude_every_field(
    run: Run, log: list[AppendEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("list", "--columns", "date", *words).exit_code == ExitCode.USAGE
    assert not [*tmp_path.glob("*.*")]


def test_an_unknown_column_is_named_with_the_nearest(run: Run, log: list[AppendEntry]) -> None:
    done = run("list", "--columns", "date titel")
    assert done.exit_code == ExitCode.USAGE
    assert "There is no column titel; did you mean title?" in done.stderr
