"""The documented exit codes of what keeps, checks and sends.

Each is what the commands really end with.
"""

import json
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import MEANINGS, ExitCode
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.location import Role
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import BOOKING, Run
from tests.cli.test_outbox_command import CALL
from tests.store.tampering import pk, tampered

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def prepared_folder(run: Run, log: list[AppendEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a checkpoint, a key, a bundle and a copy of the log, and files that are none of these."""
    folder = tmp_path / "kept"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert run("checkpoint", "save", "seen.json").exit_code == 0
    Path("key.txt").write_text(run("key", "show").stdout, encoding="utf-8")
    assert run("proof", "entry", log[1].id, "--json", "sheet.json").exit_code == 0
    assert run("backup", "copy.db").exit_code == 0
    Path("diary").write_bytes(b"Dear diary, " * 99)
    bad = Path("sheet.json").read_text(encoding="utf-8").replace("ada@", "eva@")
    Path("bad.json").write_text(bad, encoding="utf-8")
    assert bad != Path("sheet.json").read_text(encoding="utf-8")
    return folder


OK = ExitCode.OK
CASES: list[tuple[str, ExitCode]] = [
    ("proof check sheet.json --key key.txt", OK),
    ("proof check sheet.json --key seen.json", OK),
    ("proof check sheet.json", ExitCode.UNKNOWN_KEY),
    ("proof check bad.json --key key.txt", ExitCode.TAMPERED),
    ("proof check diary", ExitCode.TAMPERED),
    ("proof check none.json", ExitCode.USAGE),
    ("proof check .", ExitCode.USAGE),
    ("proof check sheet.json --key none.txt", ExitCode.USAGE),
    ("proof check sheet.json --key diary", ExitCode.USAGE),
    ("proof check", ExitCode.USAGE),
    (f"proof entry {BOOKING} --json new.json", ExitCode.NOTHING),
    ("proof booking HB-9 --json new.json", ExitCode.NOTHING),
    ("proof booking HB-1", ExitCode.USAGE),
    ("proof booking HB-1 --json sheet.json", ExitCode.USAGE),
    ("proof booking HB-1 --json none/new.json", ExitCode.TROUBLE),
    ("proof booking HB-1 --json new.json --location pier", ExitCode.USAGE),
    (f"proof booking HB-1 --json new.json --service {NOWHERE}", ExitCode.NOT_PERMITTED),
    ("proof nonsense", ExitCode.USAGE),
    ("verify", OK),
    ("verify --checkpoint seen.json", OK),
    ("verify --checkpoint none.json", ExitCode.USAGE),
    ("verify --checkpoint diary", ExitCode.USAGE),
    ("verify --location pier", ExitCode.USAGE),
    ("verify --database none.db", ExitCode.USAGE),
    ("checkpoint check seen.json", OK),
    ("checkpoint check none.json", ExitCode.USAGE),
    ("checkpoint check diary", ExitCode.USAGE),
    ("checkpoint save seen.json", OK),
    ("checkpoint save none/seen.json", ExitCode.TROUBLE),
    ("checkpoint save diary", ExitCode.USAGE),
    (f"checkpoint check seen.json --service {NOWHERE}", ExitCode.NOT_PERMITTED),
    ("backup new.db", OK),
    ("backup copy.db", ExitCode.USAGE),
    ("backup none/new.db", ExitCode.TROUBLE),
    ("backup other.db --database none.db", ExitCode.USAGE),
    ("backup other.db --database diary", ExitCode.TROUBLE),
    ("restore copy.db", OK),
    ("restore none.db", ExitCode.USAGE),
    ("restore diary", ExitCode.TROUBLE),
    ("restore .", ExitCode.TROUBLE),
    ("restore copy.db --checkpoint diary", ExitCode.USAGE),
    ("restore copy.db --database none.db", ExitCode.USAGE),
    ("outbox list", ExitCode.NOTHING),
    ("outbox send", OK),
    ("outbox nonsense", ExitCode.USAGE),
    ("outbox list --database x", ExitCode.USAGE),
    ("token list --database diary", ExitCode.TAMPERED),
]


@pytest.mark.parametrize("group", sorted({words.split()[0] for words, _ in CASES}))
@pytest.mark.usefixtures("prepared_folder")
def test_what_a_command_ends_with(run: Run, group: str) -> None:
    for words, code in CASES:
        if words.split()[0] == group:
            done = run(*words.split())
            assert (done.exit_code, "Traceback" in done.output) == (code, False), f"{words}: {done.output}"


def test_every_code_is_in_the_table_and_met_here_or_in_the_tests_of_its_command() -> None:
    assert set(MEANINGS) == set(ExitCode)
    elsewhere = {ExitCode.UNREACHABLE, ExitCode.REFUSED}  # below, with an outbox
    elsewhere |= {ExitCode.DATA_ERROR, ExitCode.RETRY}  # tests/mail/test_ingest.py
    elsewhere |= {ExitCode.MISSING, ExitCode.SILENT}  # tests/cli/test_why.py, tests/cli/test_status.py
    assert {code for _, code in CASES} | elsewhere == set(ExitCode)


@pytest.mark.usefixtures("prepared_folder")
def test_a_log_that_was_changed_ends_with_7(run: Run, data: Path) -> None:
    with tampered(data / "log.db") as connection:
        connection.execute("UPDATE personal SET salt = zeroblob(32) WHERE pk = ?", (pk(2),))
    for words in ("verify", "backup new.db", "restore copy.db --database new.db --create"):
        done = run(*words.split())
        assert done.exit_code == (OK if "restore" in words else ExitCode.TAMPERED), done.output
    assert run("proof", "booking", "HB-1", "--json", "new.json").exit_code == ExitCode.TAMPERED
    assert run("restore", "copy.db").exit_code == OK
    assert run("add", "--via", "phone", "--title", "Later").exit_code == OK
    assert run("checkpoint", "save", "later.json").exit_code == OK
    assert run("restore", "copy.db").exit_code == ExitCode.TAMPERED
    assert run("restore", "copy.db", "--go-back").exit_code == OK
    assert run("checkpoint", "check", "later.json").exit_code == ExitCode.TAMPERED
    assert run("checkpoint", "save", "later.json").exit_code == ExitCode.TAMPERED
    assert run("verify", "--checkpoint", "later.json").exit_code == ExitCode.TAMPERED


@pytest.mark.usefixtures("prepared_folder")
def test_a_service_that_does_not_answer_ends_with_3(
    run: Run, log: list[AppendEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMLOG_TOKEN", "sesame")
    for words in (f"proof entry {log[1].id} --json new.json", "checkpoint check seen.json", "key show", "verify"):
        assert run(*words.split(), "--service", NOWHERE).exit_code == ExitCode.UNREACHABLE
    assert not Path("new.json").exists()


def test_an_outbox_that_was_not_all_sent_never_ends_with_0(run: Run, log: list[AppendEntry], data: Path) -> None:
    folder = data / "outbox" / "local"
    outbox = Outbox(folder)
    outbox.save(OutboxItem(location="quay", content=CALL))
    strange = folder / "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c.json"
    strange.write_text("{", encoding="utf-8")
    sent = run("outbox", "send")
    assert (sent.exit_code, "1 sent" in sent.stderr, "cannot be read" in sent.stderr) == (ExitCode.TROUBLE, True, True)
    again = run("outbox", "send")
    assert (again.exit_code, "cannot be read" in again.stderr) == (ExitCode.TROUBLE, True)
    listed = run("outbox", "list")
    assert (listed.exit_code, "all was sent" in listed.stderr) == (ExitCode.TROUBLE, False)
    outbox.save(OutboxItem(location="quay", content={**CALL, "source": "pigeon"}))
    assert run("outbox", "send").exit_code == ExitCode.REFUSED
    assert run("outbox", "send").exit_code == ExitCode.TROUBLE
    (damaged,) = outbox.damaged()
    assert damaged.read_text(encoding="utf-8") == "{"
    damaged.unlink()
    assert run("outbox", "list").exit_code == OK


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"\xff", b'{"key": "x"}', b"[" * 100_000])
def test_whatever_a_file_of_the_outbox_holds_it_is_told(
    run: Run, log: list[AppendEntry], data: Path, content: bytes
) -> None:
    folder = data / "outbox" / "local"
    folder.mkdir(parents=True)
    (folder / "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c.json").write_bytes(content)
    assert run("outbox", "send").exit_code == ExitCode.TROUBLE
    assert [path.read_bytes() for path in folder.glob("*.damaged")] == [content]


def test_an_item_under_another_name_is_told(run: Run, log: list[AppendEntry], data: Path) -> None:
    folder = data / "outbox" / "local"
    folder.mkdir(parents=True)
    item = OutboxItem(location="quay", content=CALL).model_dump(mode="json")
    (folder / "copied by hand.json").write_text(json.dumps(item), encoding="utf-8")
    assert run("outbox", "send").exit_code == ExitCode.TROUBLE


def test_an_outbox_that_cannot_be_opened_is_not_empty(run: Run, log: list[AppendEntry], data: Path) -> None:
    (data / "outbox").mkdir(parents=True)
    (data / "outbox" / "local").write_text("no folder", encoding="utf-8")
    for words in ("send", "list"):
        done = run("outbox", words)
        assert (done.exit_code, "cannot be opened" in done.stderr) == (ExitCode.TROUBLE, True), done.output


def test_a_sender_may_not_prove(run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLOG_TOKEN", run("token", "create", "Mailer", "--role", Role.SENDER.value).stdout.strip())
    service = EmbeddedService(data / "log.db")
    try:
        done = run("key", "show", "--service", service.base_url)
    finally:
        service.close()
    assert done.exit_code == ExitCode.NOT_PERMITTED
