"""A new user's first half hour: processes, a terminal and a disk as people have them."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from textual.widgets import Input

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.entry import NewEntry
from commlog_tui.contract.query import EntryQuery
from commlog_tui.desk.app import DeskApp
from commlog_tui.desk.target import Target
from commlog_tui.imports.mbox import as_mbox
from tests.desk.steps import table, until
from tests.e2e.terminal import Terminal, commlog
from tests.patience import PATIENCE

TITLE = "Rang as the power failed"


def mailbox(path: Path) -> int:
    """Write the messages of Python's own test suite as one mailbox, and return how many they are."""
    spec = find_spec("test")
    folders = [Path(place) / "test_email" / "data" for place in (spec.submodule_search_locations or [])] if spec else []
    messages = sorted(path for folder in folders for path in folder.glob("msg_*.txt"))
    if not messages:
        pytest.skip("this interpreter brings no test.test_email data, so no real mailbox was imported")
    contents = [message.read_bytes() for message in messages]
    path.write_bytes(
        b"\n".join(as_mbox(raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw) for raw in contents)
    )
    return len(messages)


@pytest.fixture
def doomed(own_demo: Path, warm_services: None) -> Iterator[EmbeddedService]:
    """Give a second service over the log, which does not outlive the test even if it was stopped."""
    service = EmbeddedService(own_demo)
    yield service
    with suppress(ProcessLookupError):
        os.kill(service.pid, signal.SIGKILL)
    service.close()


def waiting(target: Target) -> list[OutboxItem]:
    """Return what is saved and not yet recorded."""
    return [one for one in Outbox(target.outbox).items() if one.state == "waiting"]


def test_from_nothing_to_a_logged_call_in_a_terminal(tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.see("1, 2 or 3")
        terminal.type("2\r")
        terminal.see("name of your business")
        terminal.type("The Quay\r")
        terminal.see("time zone")
        terminal.type("Europe/London\r")
        terminal.see("No entries yet")
        terminal.type("n")
        terminal.see("New entry")
        terminal.type("p")
        drafts = tmp_path / "data" / "outbox" / "local"
        terminal.until(lambda: any(b'"phone"' in draft.read_bytes() for draft in drafts.glob("*.json")))
        terminal.type("07700 900123\rAsked about parking\r\x13")
        terminal.see("Recorded as no. 1")
        terminal.type("\x11")
        assert terminal.end() == 0
    listed = commlog(tmp_path, "list", "--json")
    assert listed.returncode == 0, listed.stderr
    (entry,) = json.loads(listed.stdout)["entries"]
    assert (entry["via"], entry["to"], entry["title"]) == ("phone", "07700 900123", "Asked about parking")


def test_a_real_mailbox_is_imported_and_listed_as_json(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('mode = "local"\nown_addresses = "desk@example.com"\n', encoding="utf-8")
    made = commlog(tmp_path, "location", "add", "quay", "--name", "The Quay", "--zone", "Europe/London")
    assert made.returncode == 0, made.stderr
    messages = mailbox(tmp_path / "sent.mbox")
    for known in (False, True):
        ran = commlog(tmp_path, "import", "sent.mbox")
        assert ran.returncode == 5  # some of these messages are broken on purpose
        assert "Traceback" not in ran.stderr
        assert (" 0 added" in ran.stderr) is known
    listed = json.loads(commlog(tmp_path, "list", "--all", "--json").stdout)
    assert listed["total"] == {"count": len(listed["entries"]), "exact": True}
    assert messages // 2 < len(listed["entries"])
    assert {(entry["via"], entry["source"]) for entry in listed["entries"]} == {("email", "system")}
    assert {"bbb@zzz.org", "eee@zzz.org"} <= {entry["to"] for entry in listed["entries"]}
    shown = commlog(tmp_path, "show", listed["entries"][0]["id"], "--json")
    assert json.loads(shown.stdout)["receipt"]["leaf_hash"]


@pytest.mark.parametrize("recorded", [False, True], ids=["unheard", "unanswered"])
async def test_a_call_logged_as_the_service_is_killed_is_there_once(
    target: Target, doomed: EmbeddedService, recorded: bool
) -> None:
    mine = Target(doomed.base_url, doomed.token, None, target.outbox, "demo")
    title = f"{TITLE} ({recorded})"
    async with DeskApp(lambda: mine).run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: table(pilot).entry)
        await pilot.press("n", "p", "enter", "enter")
        pilot.app.screen.query_one("#title", Input).value = title
        os.kill(doomed.pid, signal.SIGSTOP)  # it hears, and does not answer
        await pilot.press("ctrl+s")
        await until(pilot, lambda: waiting(mine))
        os.kill(doomed.pid, signal.SIGKILL)
    (call,) = waiting(mine)
    client = LogClient(target.base_url, target.token, timeout=PATIENCE)
    try:
        if recorded:  # as when it was killed between its commit and its answer
            await client.add("demo", call.key, NewEntry.model_validate(call.content))
        async with DeskApp(lambda: target).run_test(size=(140, 40)) as pilot:
            await until(pilot, lambda: not waiting(target))
        page = await client.page("demo", EntryQuery(q=title))
    finally:
        await client.aclose()
    assert [entry.title for entry in page.entries] == [title]
    assert page.entries[0].id == call.key
