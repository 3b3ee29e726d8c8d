"""``commlog why`` and ``commlog expect check`` on a real log with its real service."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.store import SqliteStore
from tests.cli.conftest import BOOKING, Run
from tests.nasty import NASTY, is_harmless
from tests.store.factory import QUAY, accepted, mail

SENT = datetime(2026, 11, 3, 12, tzinfo=UTC)
RULES = """
[[quay]]
kind = "confirmation"
within = "10 minutes"

[[quay]]
kind = "reminder"
before_start = "1 day"
unless = "booked later than that"
"""


def message(kind: str, status: str, minutes: int = 0, **fields: Any) -> AppendEntry:
    at = SENT + timedelta(minutes=minutes)
    event = {"kind": status, "at": at} | {name: fields.pop(name) for name in ("reason", "code_") if name in fields}
    if "code_" in event:
        event["code"] = event.pop("code_")
    return mail(kind=kind, sent_at=at, events=[event], **({"reference": BOOKING, "code": "HB-1"} | fields))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "config" / "expectations.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(RULES, encoding="utf-8")
    return path


def fill(data: Path, monkeypatch: pytest.MonkeyPatch, *entries: AppendEntry) -> None:
    async def work() -> None:
        store = SqliteStore.open(data / "log.db")
        try:
            await store.create_location(QUAY)
            for answer in await store.append("quay", "tests", entries):
                accepted(answer)
        finally:
            await store.close()

    asyncio.run(work())
    monkeypatch.setenv("COMMLOG_MODE", "local")


def test_the_checklist_of_a_booking(run: Run, data: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(
        data,
        monkeypatch,
        message("confirmation", "delivered", starts_at="2199-01-05T09:00:00Z"),
        message("survey", "skipped", 1, reason="no-address"),
        message("refund", "bounced", 2, code_="5.1.1"),
    )
    result = run("why", "HB-1")
    assert result.exit_code == ExitCode.MISSING
    head, *lines = result.stdout.splitlines()
    assert head == "Booking HB-1: starts Sat 5 Jan 2199 09:00:00 GMT"
    assert lines[0].startswith("  Confirmation delivered ")
    assert lines[1] == "  Survey skipped: no e-mail address"
    assert lines[2] == "! Refund notice bounced: the mailbox does not exist"
    assert lines[3].startswith("    ")
    assert lines[4] == "  Reminder due 4 Jan 2199 09:00"
    assert result.stderr == "Times in Europe/London.\n"
    by_reference = run("why", BOOKING, "--json")
    assert by_reference.exit_code == ExitCode.MISSING
    answer = json.loads(by_reference.stdout)
    assert [line["state"] for line in answer["lines"]] == ["delivered", "skipped", "failed", "due"]
    assert [line["open"] for line in answer["lines"]] == [False, False, True, False]


def test_a_booking_without_trouble_ends_with_zero(
    run: Run, data: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(data, monkeypatch, message("confirmation", "delivered"))
    result = run("why", "hb-1")
    assert result.exit_code == ExitCode.OK
    assert "  Reminder unknown: the booking's start is not on record" in result.stdout
    assert "its start is not on record" in result.stdout.splitlines()[0]


def test_what_is_overdue_ends_with_nine(run: Run, data: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(data, monkeypatch, message("offer", "delivered"))
    result = run("why", "HB-1")
    assert result.exit_code == ExitCode.MISSING
    assert "! Confirmation overdue since " in result.stdout


def test_without_rules_it_says_so(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(data, monkeypatch, message("offer", "delivered"))
    result = run("why", "HB-1")
    assert result.exit_code == ExitCode.OK
    assert "Offer delivered" in result.stdout
    assert "No rules say what a booking should get" in result.stderr


def test_a_booking_that_nobody_knows(run: Run, log: list[AppendEntry]) -> None:
    for name in ("NOBODY", "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b00"):
        result = run("why", name)
        assert (result.exit_code, result.stdout) == (ExitCode.NOTHING, "")
        assert result.stderr == "Nothing is on record about this booking.\n"
    assert run("why", "x" * 65).exit_code == ExitCode.USAGE


def test_hostile_texts_reach_no_terminal(run: Run, data: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text.replace("\x00", "").encode(errors="ignore").decode()[:400] or "-" for text in NASTY.values()]
    events = [[{"kind": "failed", "at": SENT, "detail": text}] for text in texts]
    found = [mail(title=text, code="HB-1", sent_at=SENT, events=one) for text, one in zip(texts, events, strict=True)]
    fill(data, monkeypatch, *found)
    for words in (["why", "HB-1"], ["why", "HB-1", "--json"], ["expect", "check"]):
        result = run(*words)
        assert result.exit_code in {ExitCode.OK, ExitCode.MISSING}
        assert all(is_harmless(line) for line in result.output.splitlines())


def test_check_explains_each_rule_and_tries_it(
    run: Run, data: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(
        data,
        monkeypatch,
        message("confirmation", "delivered", starts_at=SENT + timedelta(days=9)),
        message("offer", "delivered", code="HB-2", reference=None),
        message("confirmation", "delivered", 30, code="HB-2", reference=None),
        message("offer", "delivered", code="HB-22", reference=None),
        mail(title="of no booking", sent_at=SENT),
    )
    result = run("expect", "check")
    assert result.exit_code == ExitCode.OK, result.output
    assert result.stdout.splitlines() == [
        "1. Every booking gets Confirmation within 10 minutes of its first record.",
        "   Would have been overdue for 2 of 3: 1 on time, 1 late, 1 missing.",
        "   Missing for HB-22.",
        "2. Every booking gets Reminder until 1 day before its start, unless booked later than that.",
        "   Would have been overdue for 1 of 3: 1 missing, 2 start unknown.",
        "   Missing for HB-1.",
    ]
    assert result.stderr == "Tried on the 3 newest bookings of quay.\n"
    few = run("expect", "check", "--bookings", "1", "--json")
    assert json.loads(few.stdout)[0]["bookings"]["late"] == 1
    none = run("expect", "check", "--bookings", "0")
    assert none.stdout.count("\n") == 2


def test_wrong_rules_are_refused_by_check_and_by_serve(run: Run, log: list[AppendEntry], rules: Path) -> None:
    rules.write_text('[[quay]]\nkind = "a"\nwithn = "1 day"\n', encoding="utf-8")
    for words in (["expect", "check"], ["serve", "--port", "0"]):
        result = run(*words)
        assert result.exit_code == ExitCode.USAGE
        assert f"{rules}, line 3, rule 1 of quay: there is no key withn; did you mean within?" in result.stderr
    result = run("why", "HB-1")
    assert result.exit_code == ExitCode.REFUSED
    assert "line 3, rule 1 of quay" in result.stderr


def test_a_file_that_is_not_there_and_rules_of_other_locations(
    run: Run, log: list[AppendEntry], rules: Path, tmp_path: Path
) -> None:
    result = run("expect", "check", str(tmp_path / "none.toml"))
    assert result.exit_code == ExitCode.USAGE
    assert "There is no file" in result.stderr
    rules.write_text('[[quai]]\nkind = "a"\nwithin = "1 day"\n', encoding="utf-8")
    result = run("expect", "check")
    assert result.exit_code == ExitCode.NOTHING
    assert "This token may see no location quai; did you mean quay?" in result.stderr
    assert "has no rules for quay" in result.stderr


def test_the_setting_names_another_file(
    run: Run, log: list[AppendEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_text(RULES, encoding="utf-8")
    monkeypatch.setenv("COMMLOG_EXPECTATIONS", str(path))
    assert run("expect", "check").exit_code == ExitCode.OK
    result = run("why", "HB-1")
    assert "! Confirmation overdue since " in result.stdout
