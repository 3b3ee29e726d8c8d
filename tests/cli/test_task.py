"""``commlog task`` and ``commlog handover`` on a real log with its real service."""

import json
from pathlib import Path

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.outbox import Outbox
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("log")


def the_tasks(run: Run, *words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("task", "list", "--json", *words).stdout)
    return found


def test_a_task_is_added_postponed_given_done_and_reopened(run: Run, log: list[AppendEntry]) -> None:
    assert run("task", "list").exit_code == ExitCode.NOTHING
    made = run("task", "add", "Ring back", "--due", "in 20 min", "--for", "Sam", "--to", "07700 900123", "--by", "Noor")
    assert made.exit_code == ExitCode.OK, made.output
    task_id = made.stdout.strip()
    (task,) = the_tasks(run)
    assert (task["id"], task["assignee"], task["to"], task["person"]) == (task_id, "Sam", "07700 900123", "Noor")
    listed = run("task", "list")
    assert task_id in listed.stdout
    assert "Ring back  for Sam  (07700 900123)" in listed.stdout
    assert run("task", "postpone", task_id[:8], "tomorrow 9", "--note", "no answer").exit_code == ExitCode.OK
    assert run("task", "give", task_id).exit_code == ExitCode.OK
    assert the_tasks(run, "--for", "Sam") != []
    assert run("task", "done", task_id, "--note", "she knows").exit_code == ExitCode.OK
    assert the_tasks(run) == []
    (task,) = the_tasks(run, "--done")
    changes = task["changes"]
    assert isinstance(changes, list)
    assert [(one["change"], one["words"]) for one in changes] == [
        ("postponed", "no answer"),
        ("given", None),
        ("done", "she knows"),
    ]
    refused = run("task", "postpone", task_id, "tomorrow 9")
    assert (refused.exit_code, "done already" in refused.stderr) == (ExitCode.REFUSED, True)
    assert run("task", "reopen", task_id[:8]).exit_code == ExitCode.OK
    assert len(the_tasks(run)) == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "Ring", "--due", "yesterday 9"), ExitCode.USAGE),
        (("add", "", "--due", "tomorrow 9"), ExitCode.REFUSED),
        (("add", "Ring", "--entry", "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c"), ExitCode.REFUSED),
        (("add", "Ring", "--entry", "x"), ExitCode.REFUSED),
        (("done", "beef"), ExitCode.NOTHING),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_behind(
    run: Run, data: Path, words: tuple[str, ...], code: ExitCode
) -> None:
    result = run("task", *words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert the_tasks(run) == []
    folders = [path for path in (data / "outbox").iterdir() if path.is_dir()] if (data / "outbox").exists() else []
    assert [item for folder in folders for item in Outbox(folder).items()] == []


def test_a_key_repeats_a_task(run: Run) -> None:
    words = ("task", "add", "Ring back", "--due", "2199-11-04T09:00:00Z", "--key", "ring-1")
    first, again = run(*words), run(*words)
    assert (first.exit_code, first.stdout) == (again.exit_code, again.stdout)
    assert len(the_tasks(run)) == 1


def test_a_shift_is_shown_signed_and_taken(run: Run, tmp_path: Path) -> None:
    run("add", "--via", "phone", "--title", "Asked about the boat", "--notes", "Möwe is back", "--to", "07700 900123")
    run("task", "add", "Ring back")
    shown = run("handover", "show", "--pdf", str(tmp_path / "shift.pdf"))
    assert shown.exit_code == ExitCode.OK, shown.output
    for words in ("Asked about the boat", "Möwe is back", "Ring back"):
        assert words in shown.stdout
    assert (tmp_path / "shift.pdf").read_bytes().startswith(b"%PDF-")
    assert run("handover", "take", "Sam").exit_code == ExitCode.NOTHING
    assert run("handover", "sign", "All quiet", "--by", "Noor").exit_code == ExitCode.OK
    assert run("handover", "take", "Sam", "--note", "thanks").exit_code == ExitCode.OK
    shift = json.loads(run("handover", "show", "--json").stdout)
    assert (shift["last"]["words"], shift["last"]["person"], shift["logged"]) == ("All quiet", "Noor", [])
    assert [(one["name"], one["words"]) for one in shift["last"]["taken"]] == [("Sam", "thanks")]
    assert shift["last"]["counts"] == {"logged": 1, "failed": 0, "overdue": 0, "tasks": 1, "waiting": 0}


def test_a_task_of_one_who_was_here_before_waits_in_the_outbox(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The location and its zone are known from the last time."""
    assert run("task", "add", "First").exit_code == ExitCode.OK
    (data / "log.db").rename(data / "elsewhere.db")
    result = run("task", "add", "Ring back", "--due", "tomorrow 9")
    assert result.exit_code != ExitCode.OK
    assert "saved in the outbox of this machine" in result.stderr
    folders = [path for path in (data / "outbox").iterdir() if path.is_dir()]
    (item,) = [item for folder in folders for item in Outbox(folder).items()]
    assert (item.action, item.content["words"], item.state) == ("task", "Ring back", "waiting")
    (data / "elsewhere.db").rename(data / "log.db")
    assert run("outbox", "send").exit_code == ExitCode.OK
    assert [task["words"] for task in the_tasks(run)] == ["First", "Ring back"]
