"""``commlog add``: on the disk before it is sent, once under its key."""

import json
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.outbox import Outbox
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import BOOKING, Run


def outbox(data: Path, folder: str = "local") -> Outbox:
    return Outbox(next(path for path in (data / "outbox").iterdir() if path.is_dir() and path.name.startswith(folder)))


def test_an_entry_is_recorded_and_leaves_the_outbox(run: Run, log: list[AppendEntry], data: Path) -> None:
    words = [
        "--via",
        "phone",
        "--title",
        "Rang",
        "--to",
        "07700 900999",
        "--notes",
        "Gate code",
        "--inbound",
        "--customer",
        "c-1",
    ]
    result = run("add", *words, "--reference", BOOKING, "--code", "HB-1", "--when", "2026-10-28 09:14")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "Recorded as no. 5.\n"
    entry = json.loads(run("show", result.stdout.strip(), "--json").stdout)["entry"]
    assert (entry["sent_at"], entry["direction"], entry["body"]) == ("2026-10-28T09:14:00Z", "inbound", "Gate code")
    assert (entry["source"], entry["customer"]["id"], entry["reference"]) == ("manual", "c-1", BOOKING)
    assert outbox(data).items() == ()


def test_the_same_key_adds_nothing_and_gives_the_same_receipt(run: Run, log: list[AppendEntry]) -> None:
    words = ["add", "--via", "phone", "--title", "Rang", "--key", "call-17", "--json"]
    first, again = run(*words), run(*words)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert json.loads(first.stdout) == json.loads(again.stdout)
    other = run("add", "--via", "phone", "--title", "Something else", "--key", "call-17")
    assert (other.exit_code, other.stdout) == (ExitCode.REFUSED, "")
    assert "other content" in other.stderr


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["--title", "x" * 501], ExitCode.REFUSED, "--title is too long; at most 500"),
        (["--via", "Carrier Pigeon"], ExitCode.REFUSED, "--via must be lower-case letters"),
        (["--reference", "sideways"], ExitCode.REFUSED, "--reference must be a UUID"),
        (["--when", "sideways"], ExitCode.USAGE, "--when: This is no time"),
        (["--key", "a\x1bb"], ExitCode.USAGE, "--key: at most 255"),
    ],
)
def test_what_is_not_valid_changes_nothing(
    run: Run, log: list[AppendEntry], data: Path, words: list[str], code: ExitCode, text: str
) -> None:
    given = {"--via": "phone", "--title": "Rang"} | {words[0]: words[1]}
    result = run("add", *(word for pair in given.items() for word in pair))
    assert (result.exit_code, result.stdout) == (code, "")
    assert text in result.stderr
    assert "ideways" not in result.stderr
    assert "Nothing was added" in result.stderr
    assert not (data / "outbox").exists()


def test_a_service_that_is_away_costs_nothing_that_was_said(
    run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = EmbeddedService(data / "log.db")
    monkeypatch.setenv("COMMLOG_TOKEN", service.token)
    words = ["add", "--service", service.base_url, "--via", "phone", "--title", "Rang"]
    try:
        first = run(*words)
        assert first.exit_code == 0, first.stderr
    finally:
        service.close()
    away = run(*words, "--key", "kept", "--when", "2026-10-28 09:14")
    assert (away.exit_code, away.stdout) == (ExitCode.UNREACHABLE, "")
    assert "saved in the outbox" in away.stderr
    (stored,) = outbox(data, "127").items()
    assert (stored.key, stored.state, stored.content["sent_at"]) == ("kept", "waiting", "2026-10-28T09:14:00Z")


def test_a_role_that_may_not_add_is_told_and_nothing_stays_behind(
    run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = run("token", "create", "Accountant", "--role", "auditor").stdout.strip()
    service = EmbeddedService(data / "log.db")
    monkeypatch.setenv("COMMLOG_TOKEN", token)
    try:
        added = run("add", "--service", service.base_url, "--via", "phone", "--title", "Rang")
        exported = run("list", "--service", service.base_url, "--csv")
        listed = run("list", "--service", service.base_url)
        monkeypatch.setenv("COMMLOG_TOKEN", "unknown")
        refused = run("list", "--service", service.base_url)
    finally:
        service.close()
    assert (added.exit_code, exported.exit_code, listed.exit_code) == (4, 4, 0)
    assert "may not add entries by hand.\nNothing was added." in added.stderr
    assert "may not export" in exported.stderr
    assert refused.exit_code == ExitCode.NOT_PERMITTED
    assert outbox(data, "127").items() == ()


def test_a_hint_goes_to_stderr_and_the_name_with_the_entry(run: Run, log: list[AppendEntry]) -> None:
    words = ["--via", "email", "--title", "Asked", "--to", "zoe@gmial.com", "--by", "Noor"]
    result = run("add", *words)
    assert result.exit_code == 0, result.stderr
    assert "--to: Did you mean zoe@gmail.com?\n" in result.stderr
    entry = json.loads(run("show", result.stdout.strip(), "--json").stdout)["entry"]
    assert (entry["to"], entry["person"]) == ("zoe@gmial.com", "Noor")
