"""``commlog import`` as people run it: a process, a service of its own, words on standard error."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commlog_tui.cli.import_ import FORMATS
from commlog_tui.imports.formats import Format
from commlog_tui.store.sqlite.store import SqliteStore
from tests.cli.conftest import Run
from tests.patience import PATIENCE
from tests.store.factory import QUAY

Command = Callable[..., subprocess.CompletedProcess[str]]
CSV = (
    "Phone;What;When;Shoe\n07700 900123;Reminder;2026-11-03 09:14;42\n07700 900124;[/]\x1b]52;2026-11-03 09:15;\n"
    "07700 900125;Reminder;soon;\n;Reminder;2026-11-03 09:14;\n"
)
MAP = [
    "--map",
    "to=Phone",
    "--map",
    "title=What",
    "--map",
    "sent_at=When",
    "--set",
    "via=sms",
    "--set",
    "source=system",
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    async def make() -> None:
        store = SqliteStore.open(tmp_path / "data" / "log.db")
        await store.create_location(QUAY)
        await store.close()

    asyncio.run(make())
    return tmp_path


def commlog(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: text for name, text in os.environ.items() if not name.startswith("COMMLOG_")}
    settings = {
        "COMMLOG_MODE": "local",
        "COMMLOG_DATA": str(home / "data"),
        "COMMLOG_CONFIG": str(home / "config.toml"),
    }
    command = [sys.executable, "-m", "commlog_tui", *arguments]
    return subprocess.run(
        command, env=own | settings, cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture
def here(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run commands in this process, which needs no process of its own for each."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("COMMLOG_MODE", "local")
    monkeypatch.setenv("COMMLOG_CONFIG", str(home / "config.toml"))

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = run(*arguments)
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)

    return command


def test_a_table_is_imported_mended_and_imported_again(home: Path, here: Command) -> None:
    path = home / "guests.csv"
    path.write_text(CSV, encoding="utf-8")
    first = here("import", str(path), *MAP, "--zone", "Europe/London")
    assert first.returncode == 5
    assert first.stdout == ""
    assert "2 added, 0 already there, 2 refused" in first.stderr
    assert "guests.csv:4: the time must be" in first.stderr
    assert "guests.csv:5: an automated entry needs the recipient" in first.stderr
    assert "not used: Shoe" in first.stderr
    mended = home / "guests.refused.csv"
    assert str(mended) in first.stderr
    content = mended.read_text(encoding="utf-8")
    mended.write_text(
        content.replace("soon", "2026-11-03 09:16").replace(";;Reminder", ";07700 900126;Reminder"), encoding="utf-8"
    )
    second = here("import", str(mended), *MAP, "--zone", "Europe/London")
    assert (second.returncode, "2 added, 0 already there, 0 refused" in second.stderr) == (0, True)
    third = here("import", str(path), str(mended), *MAP, "--zone", "Europe/London")
    assert "0 added, 2 already there, 2 refused" in third.stderr
    assert "0 added, 2 already there, 0 refused" in third.stderr
    assert (home / "guests.refused-2.csv").exists()


def test_a_mailbox_is_imported_and_listed(home: Path) -> None:
    message = (
        "From a Tue Nov  3 09:14:00 2026\nTo: a@example.org, b@example.org\nDate: Tue, 03 Nov 2026 09:14:00 +0100\n"
        "Subject: =?utf-8?q?M=C3=B6we?=\n\nHi\n"
    )
    (home / "sent").write_text(message, encoding="utf-8")
    ran = commlog(home, "import", "sent")
    assert (ran.returncode, "2 added" in ran.stderr) == (0, True)
    listed = commlog(home, "list", "--json")
    assert listed.stdout.count("Möwe") == 2
    (home / "again.json").write_text(listed.stdout, encoding="utf-8")
    again = commlog(home, "import", "again.json")
    assert "0 added, 2 already there, 0 refused" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv"], "cannot be read"), (["a.csv", "--format", "xls"], "--format"),
        (["a.csv", "--zone", "Mars/Olympus"], "--zone"), (["a.csv", "--zone", "../etc/passwd"], "--zone"),
        (["a.csv", "--map", "whom=Phone"], "--map"), (["a.csv", "--map", "to"], "--map"),
        (["a.csv", "--set", "source=guess"], "--set"), (["a.csv", "--set", "id=5"], "--set"),
        (["a.csv", "--encoding", "klingon"], "--encoding"), (["a.csv", "--encoding", "base64"], "--encoding"),
        (["a.csv", "--refused", "a.csv"], "--refused"), (["a.csv", "--format", "maildir"], "Maildir"),
        (["a.csv", "--format", "mbox", "--map", "to=x"], "--map"), ([".", "--format", "csv"], "Maildir"),
        (["."], "neither cur nor new"), (["a.csv", "--date-format", "iso"], "--date-format"),
        (["a.csv", "--fold", "both"], "--fold"), (["a.csv", "--received"], "--received"),
        (["a.csv", "--own", "quay"], "--own"),
        (["a.csv", "--set", "sent_at.time=09:14"], "--set"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_told_before_anything_is_sent(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("via\n", encoding="utf-8")
    ran = run("import", *arguments)
    assert ran.exit_code == 2
    assert words in ran.stderr
    assert "Nothing was imported." in ran.stderr
    assert "Traceback" not in ran.stderr


def test_received_mail_is_refused_until_it_is_said_to_be(home: Path, here: Command) -> None:
    mail = "From: guest@example.net\nTo: Quay@example.com, us@example.com\nDate: Tue, 3 Nov 2026 09:14:00 +0000\n\nHi\n"
    (home / "in").mkdir()
    (home / "in" / "1.eml").write_text(mail, encoding="utf-8")
    first = here("import", "in")
    assert (first.returncode, "--received imports mail" in first.stderr) == (5, True)
    assert "X-Commlog-Refused: it was sent to this location" in (home / "in.refused.mbox").read_text(encoding="utf-8")
    second = here("import", "in", "--received")
    assert (second.returncode, "1 added" in second.stderr) == (0, True)
    assert "not set" in first.stderr
    assert "not set" not in second.stderr
    listed = here("list", "--json").stdout
    assert '"to": "guest@example.net"' in listed
    assert '"direction": "inbound"' in listed
    (home / "config.toml").write_text('own_addresses = "desk@example.com, us@example.com"\n', encoding="utf-8")
    third = here("import", "in/1.eml")
    assert (third.returncode, "--received imports mail" in third.stderr) == (5, True)


def test_times_that_are_odd_are_told_with_their_rows(home: Path, here: Command) -> None:
    rows = ("25/10/2026 01:30", "25/10/2026 02:30", "03/11/2099 9:14 PM")
    (home / "a.csv").write_text(
        "to;What;Day;Clock\n" + "".join(f"07700 900123;x;{row.replace(' ', ';', 1)}\n" for row in rows)
    )
    options = ["--map", "title=What", "--map", "sent_at.date=Day", "--map", "sent_at.time=Clock", "--set", "via=sms"]
    options += ["--set", "source=system", "--zone", "Europe/London", "--date-format", "dmy"]
    ran = here("import", "a.csv", *options)
    assert ran.returncode == 0, ran.stderr
    assert "2 warnings" in ran.stderr
    assert "a.csv:2: clocks showed its time twice" in ran.stderr
    assert "a.csv:4: its time is in the future" in ran.stderr
    assert "10-25 01:30 BST" in here("list").stdout
    (home / "b.csv").write_text("to;What;Day;Clock\n07700 900123;y;25/10/2026;01:30\n", encoding="utf-8")
    again = here("import", "b.csv", *options, "--fold", "second")
    assert (again.returncode, "warning" in again.stderr) == (0, False)
    assert "10-25 01:30 GMT" in here("list").stdout


def test_hostile_text_does_not_reach_the_terminal(home: Path) -> None:
    name = "a\x1b]52;c;AA==\x07[bold].csv"
    (home / name).write_text(
        "via,to,title,source,sent_at,\x1b[31mred\nsms,\x1b[31m,x,system,soon,1\n", encoding="utf-8"
    )
    ran = commlog(home, "import", name)
    assert ran.returncode == 5
    assert "\x1b" not in ran.stderr


def test_the_help_names_every_format() -> None:
    assert tuple(kind.value for kind in Format) == FORMATS
