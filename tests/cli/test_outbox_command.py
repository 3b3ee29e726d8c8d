"""``commlog outbox``: what waits is told, sent once, and what is refused says why."""

import json
from datetime import UTC, datetime
from pathlib import Path

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

CALL = {"via": "phone", "title": "Rang in the storm", "source": "manual", "sent_at": "2026-10-28T09:00:00Z"}


def test_what_waits_is_listed_and_sent_once(run: Run, log: list[AppendEntry], data: Path) -> None:
    outbox = Outbox(data / "outbox" / "local")
    outbox.save(OutboxItem(location="quay", content=CALL))
    outbox.save(OutboxItem(location="quay", content={**CALL, "source": "pigeon"}))
    listed = run("outbox", "list", "--json")
    assert {json.loads(line)["state"] for line in listed.stdout.splitlines()} == {"waiting"}
    sent = run("outbox", "send")
    assert sent.exit_code == ExitCode.REFUSED
    assert "Rang in the storm" in sent.stdout
    assert "1 sent, 1 refused, 0 still waiting." in sent.stderr
    assert "refused" in run("outbox", "list").stdout
    assert run("outbox", "send").stdout == ""
    assert run("list", "-q", "storm", "--json").stdout.count('"title": "Rang in the storm"') == 1


def test_an_empty_outbox_says_so(run: Run, log: list[AppendEntry]) -> None:
    result = run("outbox", "list")
    assert (result.exit_code, result.stdout) == (ExitCode.NOTHING, "")
    assert "all was sent" in result.stderr
    assert run("outbox", "send").exit_code == ExitCode.OK


def test_an_item_of_a_newer_version_is_named_and_left_alone(run: Run, log: list[AppendEntry], data: Path) -> None:
    folder = data / "outbox" / "local"
    Outbox(folder).save(OutboxItem(location="quay", content=CALL))
    newer = folder / "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c.json"
    newer.write_text(
        json.dumps({"version": 2, "key": newer.stem, "location": "quay", "action": "task", "content": {"due": 1}})
    )
    before = newer.read_bytes()
    listed = run("outbox", "list")
    assert (listed.exit_code, listed.stdout.count("waiting")) == (ExitCode.TROUBLE, 1)
    assert f"1 item in {folder} saved by a newer commlog, not sent and left alone: {newer.name}" in listed.stderr
    sent = run("outbox", "send")
    assert (sent.exit_code, "1 sent, 0 refused, 0 still waiting." in sent.stderr) == (ExitCode.TROUBLE, True)
    assert newer.name in sent.stderr
    assert (newer.read_bytes(), list(folder.glob("*.json"))) == (before, [newer])


def test_what_names_an_unknown_guest_is_held_back_until_somebody_decides(
    run: Run, log: list[AppendEntry], data: Path
) -> None:
    outbox, named = Outbox(data / "outbox" / "local"), CALL | {"customer": {"id": "c-99"}, "to": "07700 900777"}
    long_ago = datetime(2026, 10, 28, tzinfo=UTC)
    for key, title in (("a", "Storm one"), ("b", "Storm two"), ("c", "Storm three")):
        outbox.save(OutboxItem(key=key, location="quay", content=named | {"title": title}, saved_at=long_ago))
    held = run("outbox", "send")
    assert held.exit_code == ExitCode.REFUSED
    assert held.stderr.count("Held back: The log does not know this guest any more") == 3
    assert run("list", "-q", "storm").exit_code == ExitCode.NOTHING
    assert run("outbox", "release", "a", "--without-guest").stdout.endswith("Storm one\n")
    assert run("outbox", "release", "b").stdout.endswith("Storm two\n")
    assert run("outbox", "discard", "c").exit_code == ExitCode.OK
    assert run("outbox", "list").exit_code == ExitCode.NOTHING
    assert run("outbox", "release", "a").exit_code == ExitCode.NOTHING
    entries = json.loads(run("list", "-q", "storm", "--json").stdout)["entries"]
    found = {one["title"]: one for one in entries}
    assert found.keys() == {"Storm one", "Storm two"}
    assert (found["Storm one"]["to"], found["Storm one"]["customer"]) == ("", None)
    assert found["Storm two"]["customer"]["id"] == "c-99"
