"""``commlog import --dry-run``: what would be recorded, with no service, and nothing written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE

CSV = (
    "Phone;What;When;Shoe\n07700 900123;Reminder;2026-11-03 09:14;42\nACME;[/]\x1b]52;2026-11-03 09:15;\n"
    "07700 900125;Reminder;soon;\n;Reminder;2026-11-03 09:14;\n07700 900123;Reminder;2099-11-03 09:14;42\n"
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


def dry_run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it where no service could be: the address answers nothing and there is no log."""
    own = {name: text for name, text in os.environ.items() if not name.startswith("COMMLOG_")}
    settings = {
        "COMMLOG_SERVICE": "http://127.0.0.1:1",
        "COMMLOG_DATA": str(home / "data"),
        "COMMLOG_CONFIG": str(home / "c.toml"),
    }
    command = [sys.executable, "-m", "commlog_tui", "import", "--dry-run", *arguments]
    return subprocess.run(
        command, env=own | settings, cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def test_entries_counts_warnings_and_refusals_are_shown_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text(CSV, encoding="utf-8")
    ran = dry_run(tmp_path, "guests.csv", *MAP, "--zone", "Europe/London")
    assert ran.returncode == 5
    lines = ran.stdout.splitlines()
    assert lines[0] == "guests.csv:2"
    assert "  to        07700 900123" in lines
    assert "  via       sms, outbound, system" in lines
    assert "  sent      2026-11-03 09:14:00 GMT, which is 2026-11-03 09:14:00 UTC" in lines
    assert "\x1b" not in ran.stdout
    assert "3 entries of 2026-11-03 to 2099-11-03 (3 sms outbound) with 0 delivery events; 2 refused." in ran.stderr
    assert "Nothing was recorded" in ran.stderr
    assert "1 entry: its recipient is neither an address nor a number" in ran.stderr
    assert "guests.csv:3" in ran.stderr
    assert "1 entry: its time is in the future (guests.csv:6)" in ran.stderr
    assert "guests.csv:4: the time" in ran.stderr
    assert "guests.csv:5: an automated entry needs the recipient" in ran.stderr
    assert "not used: Shoe" in ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guests.csv"]


def test_mail_is_previewed_with_the_warning_that_its_import_gives(tmp_path: Path) -> None:
    mail = (
        "From a\nTo: ada@example.com\nDate: Fri, 20 Nov 2026 09:15:00 +0000\nMessage-ID: <a@example.com>\nSubject: "
        "Hello\n\nHi\n"
    )
    (tmp_path / "sent.mbox").write_text(mail)
    ran = dry_run(tmp_path, "sent.mbox")
    assert ran.returncode == 0
    assert "own addresses are not set, so only those with its id before the @ are taken for its own" in ran.stderr
    assert "1 entry of 2026-11-20 (1 email outbound)" in ran.stderr
    assert "addresses are not set" not in dry_run(tmp_path, "sent.mbox", "--own", "quay@example.com").stderr


def test_the_first_of_many_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    row = {"via": "sms", "to": "07700 900123", "source": "system", "sent_at": "2026-11-03T09:14:00Z"}
    rows = [row | {"title": f"No. {number % 40}"} for number in range(50)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    ran = dry_run(tmp_path, "a.jsonl")
    assert ran.returncode == 0
    assert ran.stdout.count("  title     No. ") == 5
    assert "40 entries" in ran.stderr
    assert "10 more of the same entries" in ran.stderr


def test_files_that_tell_of_the_same_messages_are_shown_together(tmp_path: Path) -> None:
    event = {"email": "anna@example.com", "timestamp": 1793697240, "event": "processed", "sg_message_id": "a"}
    (tmp_path / "day1.json").write_text(json.dumps([event]), encoding="utf-8")
    (tmp_path / "day2.json").write_text(
        json.dumps([event | {"event": "bounce", "timestamp": 1793783640}]), encoding="utf-8"
    )
    ran = dry_run(tmp_path, "day2.json", "day1.json")
    assert ran.returncode == 0
    assert "  sent      2026-11-03 09:14:00 UTC" in ran.stdout
    assert "  event     bounced 2026-11-04 09:14:00 UTC" in ran.stdout
    assert "day2.json and day1.json (sendgrid-json): 1 entry" in ran.stderr
    alone = dry_run(tmp_path, "day2.json")
    assert "no processed event" in alone.stderr


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("sms", "--value needs a field"), ("via:SMS", "--value needs a field"), ("via:=sms", "--value needs a field"),
        ("shoe:42=43", "field of an entry"), ("status:hard=bouncd", "status is one of logged"),
        ("direction:a=b", "direction is one of"),
        ("source:a=b", "source is one of"),
    ],
)  # fmt: skip
def test_a_value_that_means_nothing_is_refused_at_once(tmp_path: Path, value: str, words: str) -> None:
    (tmp_path / "guests.csv").write_text(CSV, encoding="utf-8")
    ran = dry_run(tmp_path, "guests.csv", *MAP, "--value", value)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert "Nothing was imported" in ran.stderr


def test_a_value_with_two_meanings_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text(CSV, encoding="utf-8")
    ran = dry_run(tmp_path, "guests.csv", *MAP, "--value", "via:SMS=sms", "--value", "via:sms=email")
    assert (ran.returncode, "two meanings" in ran.stderr) == (2, True)


def test_words_of_theirs_are_given_meanings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "via,to,title,source,sent_at,status\nSMS,07700 900123,Hi,system,2026-11-03T09:14:00Z,hard=bounce\n",
        encoding="utf-8",
    )
    ran = dry_run(tmp_path, "a.csv", "--value", "via:sms=sms", "--value", "status:hard=bounce=bounced")
    assert ran.returncode == 0, ran.stderr
    assert "  event     bounced 2026-11-03 09:14:00 UTC" in ran.stdout
