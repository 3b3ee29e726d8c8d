"""``commlog status``: whether the log is reached, and whether providers report."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.store.reported import report

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def set_up(run: Run, provider: str) -> None:
    added = run("hook", "add", provider, "quay", "--url", "https://log.example.com", typed="secret\n")
    assert added.exit_code == 0, added.stderr


def test_it_says_how_many_records_there_are(run: Run, log: list[AppendEntry]) -> None:
    result = run("status")
    assert (result.exit_code, result.stdout) == (0, f"quay: {len(log)} records\n")
    assert json.loads(run("status", "--json").stdout) == {"location": "quay", "seq": len(log)}


def test_a_service_that_is_away_has_its_code(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLOG_TOKEN", "secret")
    result = run("status", "--hooks", "--service", "http://127.0.0.1:9")
    assert result.exit_code == ExitCode.UNREACHABLE


@pytest.mark.parametrize("silent", [True, False])
def test_a_silent_provider_is_named_and_has_an_exit_code(
    run: Run, log: list[AppendEntry], data: Path, silent: bool
) -> None:
    hours = range(30 if silent else 0, 28 * 24)
    asyncio.run(report(data / "log.db", [NOW - number * HOUR for number in hours][::-1]))
    assert "No webhook is set up" in run("status", "--hooks").stderr
    set_up(run, "twilio")
    set_up(run, "brevo")
    result = run("status", "--hooks")
    brevo, twilio = result.stdout.splitlines()
    assert brevo == "  Brevo: no report yet"
    if silent:
        assert result.exit_code == ExitCode.SILENT
        assert twilio.startswith("! Twilio: no report since ")
        assert twilio.endswith(", which is longer than usual")
    else:
        assert result.exit_code == 0
        assert twilio.startswith("  Twilio: last report ")
    listed = run("status", "--hooks", "--json")
    assert listed.exit_code == result.exit_code
    assert [hook["provider"] for hook in json.loads(listed.stdout)["hooks"]] == ["brevo", "twilio"]
