"""``commlog resend`` on a real log with its real service, which sends to a real mail server."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.cli.exit_codes import ExitCode
from commlog_tui.client.outbox import Outbox
from tests.cli.conftest import Run
from tests.mail_sink import MailSink, mail_sink

pytestmark = pytest.mark.usefixtures("log")


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailSink]:
    with mail_sink() as made:
        monkeypatch.setenv("COMMLOG_SMTP_URL", f"smtp://127.0.0.1:{made.port}")
        monkeypatch.setenv("COMMLOG_SMTP_FROM", "Quay Boats <desk@quay.example>")
        yield made


@pytest.fixture
def letter(run: Run) -> str:
    """Id of a manual e-mail whose text was kept."""
    words = ("--via", "email", "--to", "ada@gmial.com", "--title", "Directions", "--notes", "Dear Ada")
    made = run("add", *words)
    assert made.exit_code == ExitCode.OK, made.output
    return str(made.stdout.strip())


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("resend", "list", "--json", *words).stdout or "[]")
    return found


def test_a_preview_names_text_way_and_typo_and_sends_nothing(run: Run, letter: str, sink: MailSink) -> None:
    preview = run("resend", letter[:8], "--dry-run")
    assert preview.exit_code == ExitCode.OK, preview.output
    assert "To: ada@gmial.com" in preview.stdout
    assert "Way: by the mail server" in preview.stdout
    assert "Dear Ada" in preview.stdout
    assert "Did you mean ada@gmail.com?" in preview.stderr
    assert (listed(run, "--state", "all"), sink.ids) == ([], [])


def test_a_message_is_sent_again_to_the_corrected_address(run: Run, letter: str, sink: MailSink) -> None:
    made = run("resend", letter[:8], "--to", "ada@gmail.com", "--why", "typo", "--by", "Noor")
    assert made.exit_code == ExitCode.OK, made.output
    (one,) = listed(run, "--state", "all")
    assert (one["id"], one["original"], one["to"], one["person"]) == (
        made.stdout.strip(),
        letter,
        "ada@gmail.com",
        "Noor",
    )
    while listed(run, "--state", "all")[0]["state"] != "done":  # each command's service sends for a moment
        pass
    assert [str(message["To"]) for message in sink.messages] == ["ada@gmail.com"]
    assert "; 1 attempt, typo" in run("resend", "list", "--state", "all").stdout
    shown = run("show", letter).stdout
    assert "to ada@gmail.com, sent" in shown
    again = run("resend", letter, "--to", "ADA@gmail.com", "--why", "typo")
    assert (again.exit_code, "sent again to this address before" in again.stderr) == (ExitCode.REFUSED, True)
    assert run("resend", "list").exit_code == ExitCode.NOTHING
    rows = run("list").stdout
    assert "↻ Directions" in rows


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("--to", "nobody"), "This"),
        (("--to", "a@xb@y"), "This"),
        (("--to", "x" * 400), "not valid"),
        (("--to", "07700 900123"), "Nothing here can send it"),
        (("--to", "07700 900123", "--by-hand"), ""),
        (("--to", "ada@example.com"), ""),
    ],
)
@pytest.mark.usefixtures("sink")
def test_a_preview_refuses_what_the_real_one_refuses(
    run: Run, letter: str, words: tuple[str, ...], refused: str
) -> None:
    preview = run("resend", letter, "--dry-run", "--why", "typo", *words)
    real = run("resend", letter, "--why", "typo", *words)
    assert preview.exit_code == real.exit_code == (ExitCode.REFUSED if refused else ExitCode.OK), real.output
    assert refused in preview.stderr
    again = run("resend", letter, "--dry-run", "--why", "typo", *words)
    repeated = run("resend", letter, "--why", "typo", *words)
    assert again.exit_code == repeated.exit_code == ExitCode.REFUSED
    if not refused:
        assert "--again sends it all the same" in again.stderr
        assert run("resend", letter, "--dry-run", "--again", "--why", "typo", *words).exit_code == ExitCode.OK


def test_a_preview_names_what_the_guest_does_not_want(run: Run, letter: str, sink: MailSink) -> None:
    assert (
        run("preference", "add", "--to", "ada@gmail.com", "--via", "email", "--words", "STOP").exit_code == ExitCode.OK
    )
    preview = run("resend", letter, "--dry-run", "--to", "ada@gmail.com", "--why", "typo")
    assert "does not want this: STOP" in preview.stderr
    assert (preview.exit_code, sink.ids) == (ExitCode.OK, [])


def test_what_waits_is_called_off(run: Run, letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLOG_SMTP_URL", "smtp://127.0.0.1:1")  # where nobody answers
    monkeypatch.setenv("COMMLOG_SMTP_FROM", "desk@quay.example")
    nothing = run("resend", letter, "--call-off")
    assert (nothing.exit_code, "Nothing of it waits" in nothing.stderr) == (ExitCode.NOTHING, True)
    assert run("resend", letter, "--to", "ada@gmail.com", "--why", "typo").exit_code == ExitCode.OK
    (one,) = listed(run, "--state", "all")
    off = run("resend", one["entry"][:13], "--call-off", "--why", "she found it", "--by", "Noor")
    assert off.exit_code == ExitCode.OK, off.output
    (one,) = listed(run, "--state", "called-off")
    assert one["status"] == "canceled"
    assert "Not sent again to ada@gmail.com" in run("show", letter).stdout
    shown = run("show", one["entry"]).stdout
    assert "she found it" in shown


def test_by_hand_is_recorded_where_nothing_can_be_sent(run: Run, letter: str) -> None:
    refused = run("resend", letter, "--to", "ada@gmail.com", "--why", "typo")
    assert (refused.exit_code, "no way to send" in refused.stderr) == (ExitCode.REFUSED, True)
    assert run("resend", letter, "--to", "07700 900123", "--why", "typo", "--by-hand").exit_code == ExitCode.OK
    (one,) = listed(run, "--state", "all")
    assert (one["route"], one["state"]) == ("by-hand", "done")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("beef", "--to", "a@b.example", "--why", "x"), ExitCode.NOTHING),
        (("7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "--to", "a@b.example", "--why", "x"), ExitCode.REFUSED),
        (("7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "--to", "a@b.example"), ExitCode.USAGE),
        (("list", "--state", "lost"), ExitCode.USAGE),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_behind(
    run: Run, data: Path, words: tuple[str, ...], code: ExitCode
) -> None:
    result = run("resend", *words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    folders = [path for path in (data / "outbox").iterdir() if path.is_dir()] if (data / "outbox").exists() else []
    assert [item for folder in folders for item in Outbox(folder).items()] == []


def test_passwords_and_secrets_are_not_displayed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLOG_SMTP_URL", "smtps://quay:s3cret%40x@mail.example.com")
    monkeypatch.setenv("COMMLOG_SMTP_FROM", "desk@quay.example")
    monkeypatch.setenv("COMMLOG_RESEND_WEBHOOK", "https://bookings.example.com/hook")
    monkeypatch.setenv("COMMLOG_RESEND_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    for words in (("config",), ("config", "--json")):
        shown = run(*words)
        assert shown.exit_code == ExitCode.OK, shown.output
        assert "smtps://quay:(hidden)@mail.example.com" in shown.stdout
        assert "s3cret" not in shown.output
        assert "MfKQ" not in shown.output
    assert os.environ["COMMLOG_RESEND_SECRET"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "mail.example.com"),
        ("SMTP_URL", "ftp://mail.example.com"),
        ("SMTP_FROM", "Quay Boats"),
        ("RESEND_WEBHOOK", "http://bookings.example.com/hook"),
        ("RESEND_WEBHOOK", "https://user:pw@bookings.example.com/hook"),
        ("RESEND_SECRET", "whsec_short"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"COMMLOG_{name}", value)
    refused = run("config")
    assert (refused.exit_code, name.lower() in refused.output) == (ExitCode.USAGE, True), refused.output
