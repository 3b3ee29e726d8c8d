"""``commlog ingest`` as a mail server runs it, with the real service."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mail.conftest import Service
from tests.mail.test_incoming import MAIL, RECEIVED

RETRY, DATA_ERROR = 75, 65


def ingest(
    environment: dict[str, str], *words: str, mail: str | bytes = MAIL, **others: str
) -> subprocess.CompletedProcess[bytes]:
    raw = mail.encode() if isinstance(mail, str) else mail
    command = [sys.executable, "-m", "commlog_tui", "ingest", *words]
    return subprocess.run(command, input=raw, env=environment | others, capture_output=True, timeout=120, check=False)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not happen within a minute"
        time.sleep(0.05)


def test_a_message_is_in_the_log_when_the_command_ends_and_a_repeat_adds_nothing(
    service: Service, environment: dict[str, str]
) -> None:
    done = ingest(environment, "-")
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert done.stderr == b"2 entries recorded.\n"
    assert sorted(entry.to for entry in service.entries()) == ["paul@example.org", "rosa@example.org"]
    again = ingest(environment, "-", mail=f"From x\n{MAIL}")
    assert (again.returncode, again.stderr) == (0, b"0 entries recorded, 2 already there.\n")
    edited = ingest(environment, "-", mail=MAIL.replace("confirmed", "canceled"))
    assert edited.returncode == 0
    assert b"with other content, which stays as it is" in edited.stderr
    assert len(service.entries()) == 2


def test_what_a_retry_can_mend_is_75_and_then_goes_in(
    service: Service, environment: dict[str, str], tmp_path: Path
) -> None:
    service.stop()
    down = ingest(environment, "-")
    assert down.returncode == RETRY
    assert b"The message was not accepted; send it again." in down.stderr
    service.start()
    config = tmp_path / "bad.toml"
    config.write_text("[mail]\ncode = '('\n", encoding="utf-8")
    for words, others in (
        (["-"], {"COMMLOG_TOKEN": "none"}),
        (["-"], {"COMMLOG_TOKEN": ""}),
        (["-"], {"COMMLOG_TOKEN": service.desk}),
        (["-"], {"COMMLOG_LOCATION": "pier"}),
        (["-"], {"COMMLOG_MODE": "nonsense"}),
        (["-"], {"COMMLOG_CONFIG": str(config)}),
        (["-"], {"COMMLOG_SERVICE": "", "COMMLOG_MODE": "local"}),
        (["-", "--own", "nobody"], {}),
        (["-", "--watch"], {}),
        (["-", "--recipent", "a@example.org"], {}),
        ([], {}),
    ):
        done = ingest(environment, *words, **others)
        assert done.returncode == RETRY, (words, others, done.stderr)
        assert done.stderr
        assert b"Traceback" not in done.stderr
    assert service.entries() == []
    assert ingest(environment, "-").returncode == 0
    assert len(service.entries()) == 2


@pytest.mark.parametrize("mail", ["", "Subject: Hi\n\nHi\n", "To: rosa\n\nHi\n"])
def test_what_can_never_be_recorded_is_65(environment: dict[str, str], mail: str) -> None:
    done = ingest(environment, "-", mail=mail)
    assert done.returncode == DATA_ERROR
    assert b"Sending it again does not help." in done.stderr


def test_a_recipient_that_can_never_be_recorded_leaves_the_others_recorded(
    service: Service, environment: dict[str, str]
) -> None:
    done = ingest(environment, "-", "--recipient", "a@example.org", "--recipient", "nobody")
    assert done.returncode == DATA_ERROR
    assert b"1 entry recorded." in done.stderr
    assert [entry.to for entry in service.entries()] == ["a@example.org"]


def test_settings_say_what_is_found(service: Service, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        "own_addresses = 'desk@quay.example'\n[mail]\ncode = 'BK-[0-9]+'\n[mail.kinds]\nconfirmation = 'Confirm'\n",
        encoding="utf-8",
    )
    assert (
        ingest(
            environment, "-", "--recipient-header", "X-Original-To", mail=f"X-Original-To: g@example.org\n{MAIL}"
        ).returncode
        == 0
    )
    assert ingest(environment, "-", mail=RECEIVED.replace("<1@", "<2@")).returncode == 0
    received, sent = sorted(service.entries(), key=lambda entry: entry.direction)
    assert (sent.to, sent.code, sent.direction) == ("g@example.org", "BK-7", "outbound")
    assert (received.to, received.direction) == ("rosa@example.org", "inbound")


def test_a_message_larger_than_what_is_read_is_still_recorded(service: Service, environment: dict[str, str]) -> None:
    done = ingest(environment, "-", mail=MAIL.encode() + b"x" * (34 << 20))
    assert done.returncode == 0, done.stderr
    assert len(service.entries()) == 2


def test_help_is_no_failure(environment: dict[str, str]) -> None:
    assert ingest(environment, "--help").returncode == 0


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("tmp", "new", "cur"):
        (tmp_path / "Maildir" / name).mkdir(parents=True)
    return tmp_path / "Maildir"


def deliver(maildir: Path, name: str, mail: str) -> None:
    """Deliver a message as Maildir has it: complete in ``tmp``, then renamed."""
    (maildir / "tmp" / name).write_text(mail, encoding="utf-8")
    (maildir / "tmp" / name).rename(maildir / "new" / name)


def names(maildir: Path, folder: str) -> list[str]:
    return sorted(path.name for path in (maildir / folder).iterdir())


def test_a_maildir_is_taken_once(service: Service, environment: dict[str, str], maildir: Path) -> None:
    for number in range(20):
        deliver(maildir, f"{number:02}.quay", MAIL.replace("<1@", f"<m{number}@"))
    deliver(maildir, "bad.quay", "Subject: Hi\n\nHi\n")
    (maildir / "new" / ".hidden").write_text(MAIL, encoding="utf-8")
    (maildir / "new" / "link").symlink_to("/etc/hostname")
    (maildir / "cur" / "00.quay:2,S").write_text("there already", encoding="utf-8")
    done = ingest(environment, str(maildir))
    assert done.returncode == DATA_ERROR, done.stderr
    assert b"20 recorded, 1 refused, 0 still waiting in new." in done.stderr
    assert len(service.entries()) == 40
    assert names(maildir, "new") == [".hidden", "link"]
    assert "bad.quay:2,F" in names(maildir, "cur")
    assert len(names(maildir, "cur")) == 22
    assert (maildir / "cur" / "00.quay:2,S").read_text(encoding="utf-8") == "there already"
    assert ingest(environment, str(maildir)).returncode == 0
    service.stop()
    deliver(maildir, "21.quay", MAIL)
    assert ingest(environment, str(maildir)).returncode == RETRY
    assert "21.quay" in names(maildir, "new")


def test_watching_goes_on_through_an_outage_and_ends_on_a_signal(
    service: Service, environment: dict[str, str], maildir: Path
) -> None:
    service.stop()
    deliver(maildir, "1.quay", MAIL)
    command = [sys.executable, "-m", "commlog_tui", "ingest", str(maildir), "--watch", "--every", "0.1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Watching")
        assert "The message was not accepted" in process.stderr.readline()
        assert names(maildir, "new") == ["1.quay"]
        service.start()
        wait_for(lambda: names(maildir, "cur") == ["1.quay:2,S"])
        assert len(service.entries()) == 2
        deliver(maildir, "2.quay", MAIL.replace("<1@", "<2@"))
        wait_for(lambda: len(names(maildir, "cur")) == 2)
        assert len(service.entries()) == 4
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may read everything has no such file")
def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(
    service: Service, environment: dict[str, str], maildir: Path
) -> None:
    deliver(maildir, "0.quay", MAIL)
    (maildir / "new" / "0.quay").chmod(0)
    deliver(maildir, "1.quay", MAIL)
    done = ingest(environment, str(maildir))
    assert done.returncode == RETRY
    assert b"0.quay cannot be read: Permission denied." in done.stderr
    assert names(maildir, "new") == ["0.quay"]
    assert len(service.entries()) == 2


def test_a_folder_that_is_no_maildir(environment: dict[str, str], tmp_path: Path) -> None:
    done = ingest(environment, str(tmp_path))
    assert done.returncode == RETRY
    assert b"is no Maildir" in done.stderr
