"""``commlog add`` needs no answer from anybody.

Whatever is wrong with the log, what was said is on the disk.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commlog_tui.cli.adding import _Adding
from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.log_client import LogClient
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.location import Me
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.patience import PATIENCE

RANG = ("--via", "phone", "--title", "Rang in the storm")


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def closed_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def outbox_items(data: Path) -> tuple[OutboxItem, ...]:
    folders = [path for path in (data / "outbox").iterdir() if path.is_dir()]
    return tuple(item for folder in folders for item in Outbox(folder).items())


def said_where(stderr: str, data: Path) -> bool:
    return "The entry is saved in the outbox of this machine, as " in stderr and "commlog outbox send" in stderr


@pytest.mark.parametrize("location", ["", "quay"])
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{closed}", "https://127.0.0.1:{closed}", "https://no-such-host.invalid"]
)
def test_a_service_that_was_never_reached(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, closed_port: int, address: str, location: str
) -> None:
    monkeypatch.setenv("COMMLOG_TOKEN", "secret")
    monkeypatch.setenv("COMMLOG_SERVICE", address.format(closed=closed_port))
    monkeypatch.setenv("COMMLOG_MODE", "service")
    result = run("add", *RANG, *(["--location", location] if location else []))
    assert (result.exit_code, result.stdout) == (ExitCode.UNREACHABLE, "")
    assert said_where(result.stderr, data)
    (item,) = outbox_items(data)
    assert (item.state, item.location, item.content["title"]) == ("waiting", location, "Rang in the storm")
    listed = run("outbox", "list")
    assert listed.exit_code == 0
    assert "Rang in the storm" in listed.stdout


def test_no_token_at_all(run: Run, data: Path, closed_port: int) -> None:
    result = run("add", "--service", f"http://127.0.0.1:{closed_port}", *RANG)
    assert result.exit_code == ExitCode.NOT_PERMITTED
    assert said_where(result.stderr, data)
    assert len(outbox_items(data)) == 1


def test_a_revoked_token(run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = EmbeddedService(data / "log.db")
    monkeypatch.setenv("COMMLOG_TOKEN", "revoked")
    try:
        result = run("add", "--service", service.base_url, *RANG)
        assert result.exit_code == ExitCode.NOT_PERMITTED
        assert said_where(result.stderr, data)
        assert len(outbox_items(data)) == 1
        monkeypatch.setenv("COMMLOG_TOKEN", service.token)
        sent = run("outbox", "send", "--service", service.base_url)
        assert sent.exit_code == 0, sent.stderr
        assert "Rang in the storm" in sent.stdout
        assert outbox_items(data) == ()
    finally:
        service.close()


@pytest.mark.parametrize("state", ["damaged", "missing"])
def test_a_local_log_that_cannot_be_used(
    run: Run, data: Path, log: list[AppendEntry], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (data / "log.db").read_bytes()
    for path in data.glob("log.db*"):
        path.unlink()
    if state == "damaged":
        (data / "log.db").write_bytes(b"no database at all" * 500)
    result = run("add", *RANG)
    assert result.exit_code in {ExitCode.UNREACHABLE, ExitCode.USAGE, ExitCode.TAMPERED}
    assert said_where(result.stderr, data)
    assert len(outbox_items(data)) == 1
    for path in data.glob("log.db*"):
        path.unlink()
    (data / "log.db").write_bytes(whole)
    assert run("outbox", "send").exit_code == 0
    assert outbox_items(data) == ()
    (entry,) = json.loads(run("list", "-q", "storm", "--json").stdout)["entries"]
    assert (entry["title"], entry["direction"]) == ("Rang in the storm", "inbound")


def test_a_local_time_waits_for_the_zone_of_its_location(
    run: Run, log: list[AppendEntry], data: Path, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMLOG_TOKEN", "secret")
    result = run("add", "--service", f"http://127.0.0.1:{closed_port}", *RANG, "--when", "2026-07-03 09:14")
    assert result.exit_code == ExitCode.UNREACHABLE
    (item,) = outbox_items(data)
    assert (item.location, item.content["sent_at"]) == ("", "2026-07-03T09:14:00")
    Outbox(data / "outbox" / "local").save(item)
    monkeypatch.delenv("COMMLOG_TOKEN")
    assert run("outbox", "send").exit_code == 0
    (entry,) = json.loads(run("list", "-q", "storm", "--json").stdout)["entries"]
    assert entry["sent_at"] == "2026-07-03T08:14:00Z", "summer time in London"


@pytest.mark.parametrize(
    ("when", "text"),
    [("sideways", "This is no time"), ("25:00", "no such time of day"), ("2026-02-30 09:00", "has 28 days")],
)
def test_a_wrong_time_is_refused_without_an_answer(
    run: Run, data: Path, closed_port: int, when: str, text: str
) -> None:
    result = run("add", "--service", f"http://127.0.0.1:{closed_port}", *RANG, "--when", when)
    assert result.exit_code == ExitCode.USAGE
    assert text in result.stderr
    assert not (data / "outbox").exists()


def test_several_locations_need_one_to_be_named(
    run: Run, log: list[AppendEntry], data: Path, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox(data / "outbox" / "local")
    assert run("location", "add", "pier", "--name", "Pier", "--zone", "Europe/London").exit_code == 0
    refused = run("add", *RANG)
    assert refused.exit_code == ExitCode.USAGE
    assert "pier, quay" in refused.stderr
    assert "Nothing was added." in refused.stderr
    assert outbox.items() == ()
    monkeypatch.setenv("COMMLOG_TOKEN", "secret")
    assert run("add", "--service", f"http://127.0.0.1:{closed_port}", *RANG).exit_code == ExitCode.UNREACHABLE
    monkeypatch.delenv("COMMLOG_TOKEN")
    (item,) = outbox_items(data)
    outbox.save(item)
    unnamed = run("outbox", "send")
    assert unnamed.exit_code == ExitCode.REFUSED
    assert "pier, quay" in unnamed.stderr
    (refused_item,) = outbox.items()
    outbox.save(refused_item.model_copy(update={"state": "waiting"}))
    assert run("outbox", "send", "--location", "pier").exit_code == 0
    assert "Rang in the storm" in run("list", "--location", "pier").stdout


def test_a_full_disk_claims_nothing(
    run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = run("add", *RANG)
    assert result.exit_code == ExitCode.TROUBLE
    assert result.stderr == "The disk is full. Nothing was saved and nothing was sent.\n"
    assert outbox_items(data) == ()


def test_what_a_desk_has_sent_meanwhile_is_done(
    run: Run, log: list[AppendEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = _Adding._check

    async def send_first(adding: _Adding, client: LogClient, me: Me) -> None:
        await check(adding, client, me)
        assert (await adding._outbox.send(client)).sent

    monkeypatch.setattr(_Adding, "_check", send_first)
    added = run("add", *RANG)
    assert (added.exit_code, added.stderr) == (0, "It was sent by a desk that is open here, or by another command.\n")
    assert "Rang in the storm" in run("show", added.stdout.strip()).stdout


def test_ctrl_c_while_the_service_is_silent(data: Path, silent: int, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "commlog_tui", "add", "--service", f"http://127.0.0.1:{silent}", *RANG]
    # SIGINT is let through, whatever the shell that runs the tests does with it.
    child = subprocess.Popen(
        words,
        env=os.environ | {"COMMLOG_TOKEN": "secret"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - the child is single-threaded here
    )
    try:
        while not [*data.glob("outbox/*/*.json")]:
            assert child.poll() is None, child.communicate()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
    finally:
        child.kill()
        child.wait()
    assert out == ""
    assert said_where(err, data)
    assert child.returncode == 130
    assert len(outbox_items(data)) == 1


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        (["--via", "phone"], "inbound"),
        (["--via", "in-person"], "inbound"),
        (["--via", "email"], "outbound"),
        (["--via", "sms"], "outbound"),
        (["--via", "phone", "--outbound"], "outbound"),
        (["--via", "email", "--inbound"], "inbound"),
    ],
)
def test_calls_and_conversations_are_inbound_unless_said(
    run: Run, log: list[AppendEntry], words: list[str], direction: str
) -> None:
    added = run("add", "--title", "Rang", *words)
    assert added.exit_code == 0, added.stderr
    assert json.loads(run("show", added.stdout.strip(), "--json").stdout)["entry"]["direction"] == direction


def test_a_channel_that_was_never_used_is_asked_for(run: Run, log: list[AppendEntry], data: Path) -> None:
    refused = run("add", "--via", "fax", "--title", "Directions")
    assert refused.exit_code == ExitCode.USAGE
    assert "has never used the channel fax" in refused.stderr
    assert "--new-channel" in refused.stderr
    assert "Nothing was added." in refused.stderr
    assert outbox_items(data) == ()
    assert run("add", "--via", "fax", "--title", "Directions", "--new-channel").exit_code == 0
    assert run("add", "--via", "fax", "--title", "Directions, again").exit_code == 0, "now it is known"
    assert run("add", "--via", "whatsapp", "--title", "Hello").exit_code == 0, "what the form offers needs no flag"


@pytest.mark.parametrize("to", ["p07700 900123", "seven", "12", "07700 900123 Anna"])
def test_what_is_no_number_is_refused(run: Run, log: list[AppendEntry], data: Path, to: str) -> None:
    result = run("add", "--via", "phone", "--title", "Rang", "--to", to)
    assert (result.exit_code, result.stdout) == (ExitCode.REFUSED, "")
    assert "--to " in result.stderr
    assert "number" in result.stderr
    assert "Nothing was added." in result.stderr


@pytest.mark.parametrize(
    "to", ["07700 900123", "+44 (0)7700-900.123", "tel:+447700900123", "01632 960123 ext 4", "\u202a07700900123\u202c"]
)
def test_numbers_as_people_write_them_are_taken(run: Run, log: list[AppendEntry], to: str) -> None:
    result = run("add", "--via", "phone", "--title", "Rang", "--to", to)
    assert result.exit_code == 0, result.stderr
