"""``commlog proof``: made of a real log through its real service, checked without either."""

import asyncio
import json
import shutil
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.log_client import LogClient
from commlog_tui.evidence.extras import has_proof_extra
from commlog_tui.evidence.watch import Watch
from commlog_tui.evidence.witness import write_checkpoint_file
from commlog_tui.ledger.bundle import Bundle
from commlog_tui.ledger.note import Signer
from commlog_tui.ledger.witness import SavedCheckpoint
from commlog_tui.records.entry import AppendEntry
from commlog_tui.records.kind import Item
from commlog_tui.store.sqlite.store import SqliteStore
from tests.cli.conftest import BOOKING, Run
from tests.patience import PATIENCE
from tests.store.factory import accepted, correction, event


@pytest.fixture
def told(log: list[AppendEntry], data: Path) -> list[AppendEntry]:
    """The log's entries, of which something was said since."""

    async def say() -> None:
        store = SqliteStore.open(data / "log.db")
        items: list[Item] = [event(log[1], "sent", detail="queued as 4F1"), event(log[0], "sent")]
        items += [
            event(log[1], "bounced", detail="550 no such user", to="ada@example.com"),
            correction(log[3], title="Rang about a canoe"),
        ]
        try:
            for answer in await store.append("quay", "mailer", items):
                accepted(answer)
        finally:
            await store.close()

    asyncio.run(say())
    return log


def made(run: Run, folder: Path, *words: str) -> Path:
    file = folder / f"{words[1]}.json"
    done = run("proof", *words, "--json", str(file))
    assert done.exit_code == 0, done.stderr
    return file


def seqs(file: Path) -> list[int]:
    return [record.seq for record in Bundle.read(file.read_bytes()).records]


def test_an_entry_is_proved_with_all_that_was_said_of_it(run: Run, told: list[AppendEntry], tmp_path: Path) -> None:
    pdf, file = tmp_path / "sheet.pdf", tmp_path / "sheet.json"
    done = run("proof", "entry", told[1].id, "--pdf", str(pdf), "--json", str(file))
    assert (done.exit_code, done.stdout) == (0, f"1 entry, 3 records: {file}, {pdf}\n")
    assert "personal data" in done.stderr
    assert seqs(file) == [2, 5, 7]
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (pdf, file)} == {0o600}
    sheets = sorted(path.name for path in tmp_path.iterdir() if path.suffix in {".pdf", ".json"})
    assert sheets == ["sheet.json", "sheet.pdf"]


@pytest.mark.parametrize("booking", [BOOKING, BOOKING.upper(), "HB-1", "hb-1"])
def test_a_booking_is_proved_by_its_reference_or_its_code(
    run: Run, told: list[AppendEntry], tmp_path: Path, booking: str
) -> None:
    assert seqs(made(run, tmp_path, "booking", booking)) == [2, 5, 7]


def test_a_customers_history_is_proved(run: Run, told: list[AppendEntry], tmp_path: Path) -> None:
    assert seqs(made(run, tmp_path, "customer", "c-1")) == [1, 2, 5, 6, 7]  # no. 2 went to an address of theirs


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("booking", "HB-9", "--json", "x.json"), ExitCode.NOTHING),
        (("booking", "H", "--json", "x.json"), ExitCode.NOTHING),
        (("booking", "", "--json", "x.json"), ExitCode.NOTHING),
        (("customer", "c-9", "--json", "x.json"), ExitCode.NOTHING),
        (("entry", BOOKING, "--json", "x.json"), ExitCode.NOTHING),
        (("entry", "..", "--json", "x.json"), ExitCode.NOTHING),
        (("entry", BOOKING), ExitCode.USAGE),
        (("entry", BOOKING, "--json", "there.json"), ExitCode.USAGE),
    ],
)
def test_where_there_is_nothing_to_prove_nothing_is_written(
    run: Run,
    log: list[AppendEntry],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: ExitCode,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.json").write_text("mine", encoding="utf-8")
    done = run("proof", *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr.rstrip().endswith((".", "see it."))
    assert not Path("x.json").exists()
    assert Path("there.json").read_text(encoding="utf-8") == "mine"


def test_where_one_file_cannot_be_written_none_is_kept(run: Run, told: list[AppendEntry], tmp_path: Path) -> None:
    pdf, file = tmp_path / "none" / "sheet.pdf", tmp_path / "sheet.json"
    done = run("proof", "entry", told[1].id, "--pdf", str(pdf), "--json", str(file))
    assert (done.exit_code, "Nothing was kept" in done.stderr, file.exists()) == (ExitCode.TROUBLE, True, False)


def test_a_bundle_under_a_key_that_nobody_knows_says_so(run: Run, told: list[AppendEntry], tmp_path: Path) -> None:
    done = run("proof", "check", str(made(run, tmp_path, "booking", "HB-1")))
    assert done.exit_code == ExitCode.UNKNOWN_KEY
    second = done.stdout.splitlines()[1]
    assert second == "no. 2: 2026-10-25 23:30:00 UTC, email to ada@example.com, On the long day, bounced"
    assert "  Stage reached: bounced: sent back by the receiving server" in done.stdout.splitlines()
    assert any(line.startswith("  Asserted by: ") for line in done.stdout.splitlines())
    assert done.stdout.splitlines()[-1].startswith("signed by commlog/")
    assert "This is not a qualified service" in done.stdout
    assert "nobody here knows this key" in done.stderr


def test_the_key_is_that_of_a_saved_checkpoint_or_of_the_log_itself(
    run: Run, told: list[AppendEntry], tmp_path: Path
) -> None:
    file, seen, key = made(run, tmp_path, "booking", "HB-1"), tmp_path / "seen.json", tmp_path / "key.txt"
    assert run("checkpoint", "save", str(seen)).exit_code == 0
    key.write_text(run("key", "show").stdout, encoding="utf-8")
    for known in (seen, key):
        done = run("proof", "check", str(file), "--key", str(known))
        assert (done.exit_code, done.stderr) == (0, f"This is the key in {known}.\n")
    key.write_text(Signer.new("commlog/x/quay").verifier.vkey, encoding="utf-8")
    done = run("proof", "check", str(file), "--key", str(key))
    assert (done.exit_code, "This is not the key" in done.stderr) == (ExitCode.TAMPERED, True)
    for wrong in ("", "commlog/x+00000000+AAAA", "{}", '{"note":"x","key":"y"}'):
        key.write_text(wrong, encoding="utf-8")
        assert run("proof", "check", str(file), "--key", str(key)).exit_code == ExitCode.USAGE


def test_the_key_is_one_that_this_machine_has_seen_or_another(
    run: Run, told: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    seen, memory = tmp_path / "seen.json", data / "desk" / "local" / "seen-quay.json"
    assert run("checkpoint", "save", str(seen)).exit_code == 0
    memory.parent.mkdir(parents=True)
    memory.write_bytes(seen.read_bytes())
    file = made(run, tmp_path, "booking", "HB-1")
    done = run("proof", "check", str(file))
    assert (done.exit_code, done.stderr) == (0, "This machine has seen the log sign with this key.\n")
    assert run("key", "rotate").exit_code == 0
    later = made(run, tmp_path, "customer", "c-1")
    assert run("proof", "check", str(later)).exit_code == 0
    assert run("proof", "check", str(later), "--key", str(seen)).stderr.endswith("by way of keys that it introduced.\n")
    (data / "log.key").unlink()
    strange = made(run, tmp_path, "entry", told[0].id)
    done = run("proof", "check", str(strange))
    assert (done.exit_code, "with another key" in done.stderr) == (ExitCode.UNKNOWN_KEY, True)


def test_an_old_bundle_is_known_by_the_key_that_came_after(
    run: Run, told: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    seen, key, memory = tmp_path / "seen.json", tmp_path / "key.txt", data / "desk" / "local" / "seen-quay.json"
    old = made(run, tmp_path, "booking", "HB-1")
    assert run("key", "rotate").exit_code == 0
    rotated = made(run, tmp_path, "customer", "c-1")
    assert run("key", "rotate").exit_code == 0
    assert run("checkpoint", "save", str(seen)).exit_code == 0
    key.write_text(run("key", "show").stdout, encoding="utf-8")
    alone = key.read_text(encoding="utf-8").partition("\n")[0]
    for file in (old, rotated):
        for known in (seen, key):
            done = run("proof", "check", str(file), "--key", str(known))
            assert (done.exit_code, done.stderr) == (
                0,
                f"This is the key in {known}, by way of an earlier key of the log, which it vouches for.\n",
            )
    memory.parent.mkdir(parents=True)
    memory.write_bytes(seen.read_bytes())
    done = run("proof", "check", str(old))
    assert (done.exit_code, "an earlier key of the log" in done.stderr) == (0, True)
    key.write_text(alone, encoding="utf-8")
    done = run("proof", "check", str(old), "--key", str(key))
    assert (done.exit_code, "give all that commlog key show prints" in done.stderr) == (ExitCode.TAMPERED, True)


def test_a_desk_remembers_what_ties_the_keys_to_one_another(
    run: Run, told: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    async def look() -> None:
        client = LogClient(service.base_url, service.token, timeout=PATIENCE)
        try:
            await Watch(data / "desk" / "local", "quay").check(client, "quay")
        finally:
            await client.aclose()

    old = made(run, tmp_path, "booking", "HB-1")
    for expected in ("sees the log for the first time", "held it to what it saw before"):
        assert run("key", "rotate").exit_code == 0
        with closing(EmbeddedService(data / "log.db")) as service:
            asyncio.run(look())
        assert run("proof", "check", str(old)).exit_code == 0, expected
    shutil.rmtree(data / "desk")
    assert run("proof", "check", str(old)).exit_code == ExitCode.UNKNOWN_KEY


def test_keys_that_0_1_0_rotated_are_known_once_this_version_has_the_log(
    run: Run, told: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    old, key = made(run, tmp_path, "booking", "HB-1"), tmp_path / "key.txt"
    for _ in range(2):
        assert run("key", "rotate").exit_code == 0
    file = data / "log.key"
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["introductions"] = ["".join(note.splitlines(keepends=True)[:-1]) for note in kept["introductions"]]
    file.write_text(json.dumps(kept), encoding="utf-8")
    for _ in range(2):
        key.write_text(run("key", "show").stdout, encoding="utf-8")
        assert run("proof", "check", str(old), "--key", str(key)).exit_code == 0
        assert run("key", "rotate").exit_code == 0


def test_another_root_than_the_one_seen_is_a_fork(
    run: Run, told: list[AppendEntry], data: Path, tmp_path: Path
) -> None:
    file = made(run, tmp_path, "booking", "HB-1")
    bundle = Bundle.read(file.read_bytes())
    signer = Signer.new(bundle.key.partition("/quay")[0])
    origin, size = bundle.checkpoint.split("\n")[:2]
    note = signer.named(origin).sign(f"{origin}\n{size}\n{'A' * 43}=\n")
    memory = data / "desk" / "local" / "seen-quay.json"
    memory.parent.mkdir(parents=True)
    write_checkpoint_file(memory, SavedCheckpoint(note, signer.verifier.named(origin).vkey))
    done = run("proof", "check", str(file))
    assert (done.exit_code, "was forked" in done.stderr) == (ExitCode.TAMPERED, True)


def test_what_was_changed_is_said_with_its_record(run: Run, told: list[AppendEntry], tmp_path: Path) -> None:
    file = made(run, tmp_path, "booking", "HB-1")
    document = json.loads(file.read_bytes())
    document["records"][2]["personal"] = document["records"][2]["personal"].replace("550", "250")
    file.write_text(json.dumps(document), encoding="utf-8")
    done = run("proof", "check", str(file))
    assert (done.exit_code, done.stdout) == (ExitCode.TAMPERED, "")
    assert done.stderr == "no. 7 (event): its personal data is not what was recorded.\n"


def test_a_redacted_entry_still_verifies_and_says_so(run: Run, told: list[AppendEntry], tmp_path: Path) -> None:
    before = made(run, tmp_path, "entry", told[1].id)
    assert run("redact", told[1].id, "--reason", "asked").exit_code == 0
    pdf, file = tmp_path / "after.pdf", tmp_path / "after.json"
    assert run("proof", "booking", "HB-1", "--json", str(file)).exit_code == ExitCode.NOTHING
    assert run("proof", "entry", told[1].id, "--json", str(file), "--pdf", str(pdf)).exit_code == 0
    assert b"ada@" not in file.read_bytes()
    done = run("proof", "check", str(file))
    assert done.exit_code == ExitCode.UNKNOWN_KEY
    assert "no. 2: 2026-10-25 23:30:00 UTC, email, Redacted, bounced" in done.stdout
    assert run("proof", "check", str(before)).exit_code == ExitCode.UNKNOWN_KEY


def test_hostile_text_reaches_no_terminal(run: Run, told: list[AppendEntry], tmp_path: Path) -> None:
    done = run("proof", "check", str(made(run, tmp_path, "entry", told[3].id)))
    assert "Rang about a canoe" in done.stdout
    file = tmp_path / "evil.json"
    file.write_text(json.dumps({"format": "\x1b]52;c;aGk=\x07"}), encoding="utf-8")
    assert "\x1b" not in run("proof", "check", str(file)).output


def test_what_is_no_bundle_is_told(run: Run, data: Path, tmp_path: Path) -> None:
    assert run("proof", "check", str(tmp_path / "none.json")).exit_code == ExitCode.USAGE
    (tmp_path / "x.json").write_bytes(b"Dear diary")
    done = run("proof", "check", str(tmp_path / "x.json"))
    assert (done.exit_code, "no proof bundle" in done.stderr) == (ExitCode.TAMPERED, True)


def test_without_the_extra_a_sheet_says_what_to_install_and_a_bundle_is_made(
    run: Run, told: list[AppendEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdf, file = tmp_path / "sheet.pdf", tmp_path / "sheet.json"
    has_proof_extra.cache_clear()
    monkeypatch.setitem(sys.modules, "fpdf", None)
    try:
        done = run("proof", "entry", told[1].id, "--pdf", str(pdf), "--json", str(file))
        assert done.exit_code == ExitCode.TROUBLE
        assert "pip install 'commlog[proof,cjk]'" in " ".join(done.stderr.split())
        assert not (pdf.exists())
        assert not (file.exists())
        assert seqs(made(run, tmp_path, "entry", told[1].id)) == [2, 5, 7]
    finally:
        has_proof_extra.cache_clear()
