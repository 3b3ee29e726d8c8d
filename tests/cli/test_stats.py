"""``commlog stats`` on a real log with its real service; the log's entries are of October 2026."""

import csv
import io
import json

import pytest

from commlog_tui.contract.delivery import Status
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

OCTOBER = ("--since", "2026-10-24", "--until", "2026-10-27")


def test_days_are_those_of_the_location(run: Run, log: list[AppendEntry]) -> None:
    result = run("stats", *OCTOBER)
    assert result.exit_code == 0, result.stderr
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["2026-10-24", "email", "-", "1", "logged", "1"],
        ["2026-10-25", "email", "reminder", "1", "logged", "1"],
        ["2026-10-26", "sms", "-", "1", "logged", "1"],
        ["2026-10-27", "phone", "-", "1", "logged", "1"],
    ]
    assert result.stderr == "4 entries by day from 2026-10-24 to 2026-10-27, days of Europe/London.\n"
    assert len(log) == 4


def test_json_is_the_answer_of_the_service(run: Run, log: list[AppendEntry]) -> None:
    answer = json.loads(run("stats", *OCTOBER, "--by", "week", "--json").stdout)
    assert (answer["zone"], answer["by"]) == ("Europe/London", "week")
    assert [(row["day"], row["via"], row["entries"]) for row in answer["rows"]] == [
        ("2026-10-19", "email", 1), ("2026-10-19", "email", 1), ("2026-10-26", "phone", 1), ("2026-10-26", "sms", 1),
    ]  # fmt: skip
    assert log


def test_csv_has_a_column_for_each_status(run: Run, log: list[AppendEntry]) -> None:
    rows = list(csv.DictReader(io.StringIO(run("stats", *OCTOBER, "--by", "hour", "--csv").stdout)))
    assert list(rows[0]) == ["day", "hour", "via", "kind", "entries", *(status.value for status in Status)]
    assert [(row["day"], row["hour"], row["via"], row["logged"], row["bounced"]) for row in rows] == [
        ("2026-10-24", "23", "email", "1", "0"), ("2026-10-25", "23", "email", "1", "0"),
        ("2026-10-26", "0", "sms", "1", "0"), ("2026-10-27", "9", "phone", "1", "0"),
    ]  # fmt: skip
    assert log


def test_a_span_in_words_is_the_whole_span(run: Run, log: list[AppendEntry]) -> None:
    result = run("stats", "--since", "2026-10", "--json")
    assert sum(row["entries"] for row in json.loads(result.stdout)["rows"]) == len(log)


def test_without_entries_there_is_nothing(run: Run, log: list[AppendEntry]) -> None:
    result = run("stats", "--since", "2025-01-01", "--until", "2025-01-02")
    assert (result.exit_code, result.stdout) == (1, "")
    assert log


@pytest.mark.parametrize(
    "words",
    [("--json", "--csv"), ("--since", "never"), ("--since", "2026-11-03", "--until", "2026-11-01"),
     ("--since", "2020-01-01", "--until", "2026-01-01"), ("--by", "year"),
     ("--since", "2026-01-01", "--until", "2026-03-01", "--by", "hour"), ("--until", "9999-12-31")],
)  # fmt: skip
def test_what_cannot_be_counted_is_said_in_a_sentence(run: Run, log: list[AppendEntry], words: tuple[str, ...]) -> None:
    result = run("stats", *words)
    assert result.exit_code == 2
    assert result.stderr
    assert "Traceback" not in result.output
    assert log
