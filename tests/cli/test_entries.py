"""``commlog list``, ``show``, ``customers`` and ``tail`` on a real log with its real service."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import BOOKING, Run
from tests.nasty import is_harmless
from tests.patience import PATIENCE


def test_the_newest_come_first_with_ids_and_the_zone_is_named(run: Run, log: list[AppendEntry]) -> None:
    result = run("list")
    assert result.exit_code == 0
    header, *rows = result.stdout.splitlines()
    assert header.startswith("Date")
    assert [row.split()[-1] for row in rows] == [entry.id for entry in reversed(log)]
    assert rows[-1].startswith("2026-10-24 23:30")
    assert result.stderr == "4 of 4; times in Europe/London.\n"
    assert all(is_harmless(row) for row in rows)


def test_a_search_names_what_matched_and_a_similar_word(run: Run, log: list[AppendEntry]) -> None:
    result = run("list", "-q", "second")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "    matched text: -1 [second]"
    result = run("list", "-q", "angstrm")
    assert result.exit_code == ExitCode.NOTHING
    assert "Nothing was found. Similar: angstrom." in result.stderr


def test_json_is_one_document_that_no_terminal_obeys(run: Run, log: list[AppendEntry]) -> None:
    result = run("list", "--json", "--all", "--limit", "1")
    output = json.loads(result.stdout)
    assert output["total"] == {"count": 4, "exact": True}
    assert [entry["title"] for entry in output["entries"]] == [entry.entry.title for entry in reversed(log)]
    assert all(is_harmless(line) for line in result.stdout.splitlines())
    assert "Zoë Ångström" in result.stdout


def test_csv_is_whole_and_holds_no_formula(run: Run, log: list[AppendEntry]) -> None:
    result = run("list", "--csv", "--all", "--limit", "2")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["id"] for row in rows] == [entry.id for entry in reversed(log)]
    assert rows[1]["title"] == "'=HYPERLINK(1)"
    assert rows[1]["to"] == "+44 7700 900123"
    assert rows[0]["body"] == "'-1\nsecond"
    assert rows[3]["customer.name"] == "Zoë Ångström"


def test_an_exported_log_is_imported_as_what_it_is_and_adds_nothing(
    run: Run, log: list[AppendEntry], tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(run("list", "--csv", "--all").stdout_bytes)
    result = run("import", str(path))
    assert result.exit_code == 0, result.stderr
    assert "0 added, 4 already there, 0 refused" in result.stderr


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--since", "2026-10-25", "--until", "2026-10-25"], [1]),
        (["--since", "2026-10-25T23:30:00Z", "--until", "2026-10-26T00:30:00Z"], [1]),
        (["--until", "2026-10-24"], [0]),
        (["--via", "sms", "--via", "phone"], [3, 2]),
        (["--reference", BOOKING.upper()], [1]),
        (["--customer", "c-1"], [0, 1]),
        (["--source", "manual"], [3]),
        (["-q", "900123"], [2]),
        (["--to", "+44 7700 900123"], [2]),
        (["--status", "bounced"], []),
        (["--kind", "reminder"], [1]),
        (["--kind", "survey"], []),
        (["--not-via", "email"], [3, 2]),
        (["--not-source", "manual", "--not-kind", "reminder"], [0, 2]),
        (["--not-status", "did-not-arrive", "--not-to", "07700 900123", "--not-day", "2026-10-24"], [3, 1]),
        (["--not-title", "nothing like it", "--not-code", "ZZ", "--since", "2026-10-25", "--until", "2026-10-25"], [1]),
        (["--not-reference", BOOKING, "--source", "workflow", "--not-via", "sms"], [0]),
        (["--not-customer", "c-1", "--via", "phone"], [3]),
    ],
)
def test_filters_are_those_of_the_api_in_the_locations_days(
    run: Run, log: list[AppendEntry], filters: list[str], found: list[int]
) -> None:
    result = run("list", "--json", *filters)
    output = {entry["id"] for entry in json.loads(result.stdout)["entries"]}
    assert {log[at].id for at in found} <= output
    if "--customer" not in filters:
        assert len(output) == len(found)
    assert result.exit_code == (0 if found else 1)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (["--since", "neverday"], "--since: This is no day"),
        (["--status", "sideways"], "--status must be 'logged'"),
        (["--reference", "sideways"], "--reference must be a UUID"),
        (["--not-kind", "Side ways"], "--not-kind must be lower-case letters"),
        (["--not-customer", "sideways", *["--not-customer", "c"] * 20], "--not-customer is too long; at most 20"),
        (["--not-day", "neverday"], "--not-day: This is no day"),
        (["--not-day", "last year"], "--not-day is too long; at most 20"),
        (["--kind", "Side ways"], "--kind must be lower-case letters"),
        (["--via", "Side ways"], "--via must be lower-case letters"),
        (["--since", "2026-10-26", "--until", "2026-10-24"], "since must not be later than until"),
        (["--json", "--csv"], "not both"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(run: Run, log: list[AppendEntry], filters: list[str], words: str) -> None:
    result = run("list", *filters)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
    assert "ideways" not in result.stderr


def test_show_tells_everything_and_an_unknown_id_is_nothing(run: Run, log: list[AppendEntry]) -> None:
    shown = run("show", log[3].id)
    assert shown.exit_code == 0
    assert "second" in shown.stdout
    assert "GMT" in shown.stdout
    assert all(is_harmless(line) for line in shown.stdout.splitlines())
    assert json.loads(run("show", log[1].id, "--json").stdout)["entry"]["reference"] == BOOKING
    unknown = run("show", BOOKING)
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    assert unknown.stderr.startswith("There is no such thing")


def test_customers_are_found_by_a_part_of_their_name(run: Run, log: list[AppendEntry]) -> None:
    assert run("customers", "angstrom").stdout.startswith("c-1  Zoë Ångström")
    assert json.loads(run("customers", "zoe", "--json").stdout)["customers"][0]["id"] == "c-1"
    assert run("customers", "nobody").exit_code == 1


def test_the_target_may_be_named_before_or_after_the_command(run: Run, log: list[AppendEntry]) -> None:
    for words in (["--location", "quay", "list"], ["list", "--location", "quay"]):
        assert run(*words).exit_code == 0
    elsewhere = run("list", "--location", "pier")
    assert elsewhere.exit_code == 2
    assert "your token may see: quay" in elsewhere.stderr
    assert "not both" in run("list", "--demo", "--service", "https://log.example.com").stderr


def test_a_reader_that_has_seen_enough_ends_it_quietly(log: list[AppendEntry]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "commlog_tui", "list", "--csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait(PATIENCE) == 0
    assert "Traceback" not in told
    assert "rror" not in told


def test_output_that_is_no_utf8_loses_nothing_of_the_rest(log: list[AppendEntry]) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "TERM": "dumb"}
    answer = subprocess.run(
        [sys.executable, "-m", "commlog_tui", "list", "--json"],
        capture_output=True,
        env=environment,
        check=True,
        timeout=PATIENCE,
    )
    assert b"\\xeb" in answer.stdout
    assert b"\x1b" not in answer.stdout + answer.stderr


def test_tail_tells_what_was_written_since_and_what_comes(log: list[AppendEntry]) -> None:
    command = [sys.executable, "-m", "commlog_tui", "tail", "--json", "--after", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["entry"]["id"] == log[3].id
        added = subprocess.run(
            [sys.executable, "-m", "commlog_tui", "add", "--via", "phone", "--title", "New"],
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        output = json.loads(process.stdout.readline())
        assert (output["seq"], output["kind"], output["entry"]["id"]) == (5, "entry", added.stdout.strip())
        process.send_signal(2)
        _, words = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    assert "Traceback" not in words


def test_a_log_that_is_not_there_is_told_and_not_made(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("list").exit_code == 2
    monkeypatch.setenv("COMMLOG_MODE", "local")
    result = run("list")
    assert result.exit_code == 2
    assert "commlog location add" in result.stderr
    assert not data.exists()
