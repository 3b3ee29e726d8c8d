"""A redaction on this machine leaves none of what was said in any file that the program wrote, or names the file."""

import json
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.outbox import Outbox, OutboxItem
from commlog_tui.contract.identity import id_of_key
from commlog_tui.desk.filters import Filters
from commlog_tui.desk.saved_views import SavedView, SavedViews
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

SECRET = "Rosalind Quiver"
NUMBER = "07700 900777"
SAID = ("--via", "phone", "--title", f"{SECRET} rang", "--to", NUMBER, "--notes", f"{SECRET} is ill")


@pytest.fixture
def proofs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMMLOG_PROOF_FOLDER", str(tmp_path / "proofs"))
    return tmp_path / "proofs"


def holding(data: Path, *texts: str) -> list[Path]:
    """Return the files, except the database, that hold one of the texts, raw or as JSON."""
    wanted = [form.encode() for text in texts for form in (text, json.dumps(text)[1:-1])]
    files = [path for path in data.rglob("*") if path.is_file() and not path.name.startswith("log.db")]
    return [path for path in files if any(form in path.read_bytes() for form in wanted)]


def add(run: Run, key: str, *more: str) -> str:
    added = run("add", *SAID, "--key", key, *more)
    assert added.exit_code == 0, added.stderr
    return added.stdout.strip()


def leave_copies(data: Path, entry_id: str, key: str) -> Outbox:
    """Leave every kind of copy behind that desks and commands of any version may have left."""
    folder = data / "outbox" / "local"
    outbox = Outbox(folder)
    fields = {"title": f"{SECRET} rang", "body": SECRET}
    for state in ("draft", "waiting", "refused"):
        content = {"fields": fields} if state == "draft" else {"changes": fields}
        outbox.save(OutboxItem(location="quay", action="correction", entry_id=entry_id, content=content, state=state))
    outbox.save(OutboxItem(key=key, location="quay", content=fields, state="refused", reason="Other content."))
    half = json.dumps({"location": "quay", "entry_id": entry_id, "content": fields})[:-2].encode()
    (folder / f"{id_of_key('x')}.00ff.damaged").write_bytes(half)
    (folder / f"{entry_id}.00ff.damaged").write_bytes(SECRET.encode())
    (folder / f"{entry_id}.00ee.tmp").write_bytes(SECRET.encode())
    (folder / f"{id_of_key('y')}.json").write_bytes(half)
    saved = SavedViews(data / "desk" / "local")
    saved.save("hers", SavedView(Filters(q=SECRET)))
    saved.save("her number", SavedView(Filters(q=NUMBER, via=("sms",))))
    return outbox


def test_no_file_holds_what_was_redacted(run: Run, log: list[AppendEntry], data: Path, proofs: Path) -> None:
    entry_id = add(run, "call-1")
    outbox = leave_copies(data, entry_id, "call-1")
    other = OutboxItem(location="quay", content={"fields": {"title": "Another draft"}}, state="draft")
    outbox.save(other)
    SavedViews(data / "desk" / "local").save("long day", SavedView(Filters(q="long day")))
    assert len(holding(data, SECRET, NUMBER)) >= 9
    answer = run("redact", entry_id, "--reason", "asked to be forgotten")
    assert answer.exit_code == 0, answer.stderr
    assert holding(data, SECRET, NUMBER) == []
    assert "8 files of the outbox, with what was typed about it, were removed." in answer.stderr
    assert "Saved views that find nothing any more were removed: “her number”, “hers”." in answer.stderr
    assert outbox.items() == (other,)
    assert [*SavedViews(data / "desk" / "local").load()] == ["long day"]


def test_what_another_entry_still_says_stays(run: Run, log: list[AppendEntry], data: Path) -> None:
    first, second = add(run, "call-1"), add(run, "call-2")
    outbox = leave_copies(data, first, "call-1")
    correction = OutboxItem(
        location="quay", action="correction", entry_id=second, content={"fields": {"title": SECRET}}, state="draft"
    )
    outbox.save(correction)
    assert run("redact", first, "--reason", "asked").exit_code == 0
    assert outbox.items() == (correction,)
    assert set(SavedViews(data / "desk" / "local").load()) == {"hers", "her number"}, "they find the other entry"


def test_all_of_a_customer(run: Run, log: list[AppendEntry], data: Path) -> None:
    ids = [add(run, key, "--customer", "c-77") for key in ("call-1", "call-2")]
    leave_copies(data, ids[0], "call-2")
    SavedViews(data / "desk" / "local").save("customer", SavedView(Filters(customer="c-77", customer_name=SECRET)))
    assert run("redact", "--customer", "c-77", "--reason", "asked").exit_code == 0
    assert holding(data, SECRET, NUMBER) == []


def test_proof_sheets_are_named_and_kept(run: Run, log: list[AppendEntry], data: Path, proofs: Path) -> None:
    entry_id = add(run, "call-1")
    proofs.mkdir()
    for name, text in (("proof-a", entry_id), ("proof-b", "other")):
        (proofs / f"{name}.json").write_text(text)
        (proofs / f"{name}.pdf").write_text("paper")
    answer = run("redact", entry_id, "--reason", "asked")
    assert f"still show it: {proofs / 'proof-a.pdf'}, {proofs / 'proof-a.json'}." in answer.stderr
    assert "proof-b" not in answer.stderr
    assert len([*proofs.iterdir()]) == 4


def test_what_cannot_be_removed_is_named(
    run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry_id = add(run, "call-1")
    leave_copies(data, entry_id, "call-1")

    def fail(self: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", fail)
    answer = run("redact", entry_id, "--reason", "asked")
    assert answer.exit_code == ExitCode.OK
    assert "The outbox may still hold a copy: The outbox cannot be written (Permission denied)." in answer.stderr
