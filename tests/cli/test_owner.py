"""``commlog token`` and ``commlog location``, on the log file itself."""

import time
from pathlib import Path

import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.records.entry import AppendEntry
from tests.cli.conftest import Run
from tests.patience import PATIENCE


def test_a_token_is_shown_once_and_kept_as_a_hash(run: Run, log: list[AppendEntry], data: Path) -> None:
    made = run("token", "create", "Front desk", "--role", "manager", "--location", "quay")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert secret.startswith("commlog_")
    assert secret not in made.stderr
    assert all(secret.encode() not in path.read_bytes() for path in data.rglob("*") if path.is_file())
    listed = run("token", "list").stdout
    assert secret not in listed
    assert "manager   in force  quay  Front desk" in listed


def test_a_revoked_token_is_refused(
    run: Run, log: list[AppendEntry], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMLOG_TOKEN", run("token", "create", "Desk").stdout.strip())
    service = EmbeddedService(data / "log.db")
    try:
        before = run("list", "--service", service.base_url)
        token_id = run("token", "list").stdout.split()[0]
        assert run("token", "revoke", token_id).exit_code == 0
        deadline = time.monotonic() + PATIENCE
        while not (
            after := run("list", "--service", service.base_url)
        ).exit_code:  # services look again within half a second
            assert time.monotonic() < deadline
    finally:
        service.close()
    assert (before.exit_code, after.exit_code) == (0, ExitCode.NOT_PERMITTED)
    assert "revoked" in run("token", "list").stdout
    assert run("token", "revoke", "unknown").exit_code == ExitCode.NOTHING


def test_a_token_for_a_place_that_is_not_there_is_not_made(run: Run, log: list[AppendEntry]) -> None:
    refused = run("token", "create", "Desk", "--location", "quay", "--location", "pier")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert run("token", "list").stdout == ""


@pytest.mark.parametrize("name", ["", " ", "a\x1b[31m", "x" * 201])
def test_a_name_that_says_nothing_or_too_much_is_refused(run: Run, log: list[AppendEntry], name: str) -> None:
    assert run("token", "create", name).exit_code == 2
    assert run("token", "list").stdout == ""


def test_the_first_location_makes_the_log(run: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "new" / "log.db")
    words = (
        "location",
        "add",
        "quay",
        "--name",
        "Quay",
        "--zone",
        "Europe/London",
        "--region",
        "GB",
        "--database",
        file,
    )
    mistyped = run(*words)
    assert (mistyped.exit_code, "--create makes a new one" in mistyped.stderr) == (ExitCode.USAGE, True)
    assert not Path(file).parent.exists()
    made = run(*words, "--create")
    assert made.exit_code == 0, made.stderr
    assert run("location", "list", "--database", file).stdout == "quay  Europe/London  Quay\n"
    again = run("location", "add", "quay", "--name", "Other", "--zone", "Europe/Paris", "--database", file)
    assert (again.exit_code, again.stderr) == (5, "There is a location with this id already. Nothing was changed.\n")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["Q uay", "--name", "Q", "--zone", "UTC"], "its id must be lower-case letters"),
        (["quay", "--name", "Q", "--zone", "Europe/Atlantis"], "--zone must be an IANA time zone"),
        (["quay", "--name", "", "--zone", "UTC"], "--name must not be empty"),
        (["quay", "--name", "Q", "--zone", "UTC", "--region", "gb"], "--region"),
    ],
)
def test_a_location_that_is_not_valid_makes_no_log(run: Run, data: Path, words: list[str], text: str) -> None:
    result = run("location", "add", *words)
    assert result.exit_code == 2
    assert text in result.stderr
    assert not data.exists()


def test_looking_at_a_log_that_is_not_there_does_not_make_one(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mistyped.db"
    for words in (["token", "list"], ["token", "create", "Desk"], ["token", "revoke", "1"], ["location", "list"]):
        result = run(*words, "--database", str(file))
        assert (result.exit_code, result.stdout) == (2, "")
        assert "There is no log at" in result.stderr
    assert not file.exists()


def test_a_log_can_be_named_by_its_url(run: Run, log: list[AppendEntry], data: Path) -> None:
    named = run("location", "list", "--database", f"sqlite://{data}/log.db")
    assert (named.exit_code, named.stdout) == (0, run("location", "list").stdout)


@pytest.mark.parametrize("command", [("token", "list"), ("rebuild",), ("serve", "--port", "0"), ("key", "rotate")])
def test_a_database_that_does_not_answer_is_said_so_in_words(run: Run, data: Path, command: tuple[str, ...]) -> None:
    refused = run(*command, "--database", "postgresql://127.0.0.1:1/commlog")
    assert refused.exit_code == ExitCode.TROUBLE
    assert "The database cannot be opened" in " ".join(refused.stderr.split())
    assert not data.exists() or not list(data.glob("*.db"))
