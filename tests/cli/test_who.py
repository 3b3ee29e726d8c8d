"""``commlog who``: from a number that rings to the guest, the last messages and the open tasks."""

import json

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run


def test_a_guest_is_named_with_messages_and_open_tasks(run: Run, log: list[AppendEntry]) -> None:
    assert run("task", "add", "Ring back", "--customer", "c-1", "--due", "in 20 min").exit_code == 0
    found = run("who", "ångström")
    assert found.exit_code == 0, found.stderr
    first, *rest = found.stdout.splitlines()
    assert first.startswith("Zoë Ångström  c-1")
    assert "On the long day" in rest[0], "the same address"
    assert "Summer time's last evening" in rest[1]
    assert "Ring back" in rest[2]


@pytest.mark.parametrize("number", ["07700 900456", "+44 7700 900456", "900456"])
def test_a_number_of_nobody_named_shows_what_was_said(run: Run, log: list[AppendEntry], number: str) -> None:
    found = run("who", number)
    assert found.exit_code == 0, found.stderr
    assert found.stdout.startswith("Unnamed\n")
    assert "hostile" in found.stdout
    assert "\x1b" not in found.stdout


def test_json_has_the_same(run: Run, log: list[AppendEntry]) -> None:
    (caller,) = json.loads(run("who", "Zoë", "--json").stdout)
    assert caller["customer"]["id"] == "c-1"
    assert [entry["title"] for entry in caller["entries"]] == ["On the long day", "Summer time's last evening"]
    assert caller["tasks"] == []


@pytest.mark.parametrize(("number", "code"), [("020 7946 0000", ExitCode.NOTHING), ("  ", ExitCode.USAGE)])
def test_who_is_not_known_is_said(run: Run, log: list[AppendEntry], number: str, code: ExitCode) -> None:
    assert run("who", number).exit_code == code
