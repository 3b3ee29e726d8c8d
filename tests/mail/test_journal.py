"""``commlog journal`` over real sockets, with smtplib and with raw bytes, and the real service."""

import smtplib
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.certificates import certificate
from tests.mail.conftest import Service
from tests.mail.smtp_client import RECIPIENTS, SENDER, Journal, crlf, running
from tests.mail.test_incoming import MAIL


def test_a_message_is_in_the_log_when_it_is_answered_and_a_repeat_adds_nothing(
    service: Service, journal: Journal
) -> None:
    with journal.raw() as client:
        client.until_data()
        assert client.ask(crlf(MAIL) + b".\r\n") == b"250 2.0.0 1 entry recorded.\r\n"
        assert [entry.to for entry in service.entries()] == ["rosa@example.org"]
        assert client.ask(b"QUIT\r\n").startswith(b"221 ")
    journal.send()
    journal.send()
    assert sorted(entry.to for entry in service.entries()) == ["paul@example.org", "rosa@example.org"]


def test_a_log_that_is_down_is_451_until_it_is_back(service: Service, journal: Journal) -> None:
    service.stop()
    with journal.client() as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(SENDER, RECIPIENTS, MAIL)
        assert refused.value.smtp_code == 451
        assert b"The message was not accepted; send it again." in refused.value.smtp_error
        service.start()
        client.sendmail(SENDER, RECIPIENTS, MAIL)
    assert len(service.entries()) == 2


def test_a_message_that_can_never_be_recorded_is_554(journal: Journal) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        journal.send("Return-Path: <>\nFrom: a@b.example, c@d.example\n\nHi\n")
    assert refused.value.smtp_code == 554


@pytest.mark.parametrize(
    "end",
    [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"x\ny\r\n.\r\n", b"\r\n.\n\r\n.\r\n"],
)
def test_a_bare_lf_ends_the_connection_and_nothing_is_recorded(service: Service, journal: Journal, end: bytes) -> None:
    smuggled = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n" + crlf(MAIL) + b".\r\n"
    with journal.raw() as client:
        client.until_data()
        assert client.ask(crlf(MAIL).removesuffix(b"\r\n") + end + smuggled).startswith(b"521 5.5.2 ")
        assert client.answer() == b""
    assert service.entries() == []


def test_a_bare_lf_is_found_in_commands_and_between_packets(service: Service, journal: Journal) -> None:
    with journal.raw() as client:
        assert client.answer().startswith(b"220 ")
        assert client.ask(b"EHLO client.example\n").startswith(b"521 5.5.2 ")
    with journal.raw() as client:
        client.until_data()
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in crlf(MAIL) + b".\r":
            client.socket.sendall(bytes([byte]))
        assert client.ask(b"\n").startswith(b"250 ")
        assert len(service.entries()) == 1


def test_bare_cr_ends_no_message(service: Service, journal: Journal) -> None:
    with journal.raw() as client:
        client.until_data()
        assert client.ask(crlf(MAIL) + b"a\r.\rb\r\n.\r\n").startswith(b"250 ")
    (entry,) = service.entries()
    assert "." in (entry.body or "")


def test_dots_at_the_beginning_of_lines_are_as_they_were(service: Service, journal: Journal) -> None:
    body = ".\n..\n.a\n...b\nend"
    journal.send(MAIL.replace("Dear Rosa,\nyour booking is confirmed.\n", body), ["rosa@example.org"])
    (entry,) = service.entries()
    assert entry.body == body


def test_eight_bits_and_utf8_addresses(service: Service, journal: Journal) -> None:
    mail = MAIL.replace("Dear Rosa", "Querida Rosalía").replace("\n\n", "\nContent-Type: text/plain; charset=utf-8\n\n")
    journal.send(crlf(mail), ["rosa@example.org"], mail_options=["BODY=8BITMIME"])
    with journal.client() as client:
        client.ehlo()
        assert {"8bitmime", "smtputf8", "size"} <= set(client.esmtp_features)
        assert "auth" not in client.esmtp_features
        options = ["SMTPUTF8", "BODY=8BITMIME"]
        second = crlf(mail.replace("<1@", "<2@"))
        client.sendmail("desk@quay.example", ["josé@exämple.org"], second, mail_options=options)
    entries = service.entries()
    assert {entry.to for entry in entries} == {"rosa@example.org", "josé@exämple.org"}
    assert all("Querida Rosalía" in (entry.body or "") for entry in entries)


def test_a_message_that_is_too_large(service: Service, environment: dict[str, str]) -> None:
    with running(environment, "--max-size", "1") as journal:
        with journal.client() as client:
            client.ehlo()
            assert client.esmtp_features["size"] == str(1 << 20)
        with pytest.raises(smtplib.SMTPSenderRefused) as announced:
            journal.send(MAIL + "x" * 70 + "\n" + ("x" * 70 + "\n") * (1 << 14))
        assert announced.value.smtp_code == 552
        with journal.raw() as client_:
            client_.until_data()
            lines = (b"x" * 70 + b"\r\n") * (1 << 14)
            assert client_.ask(crlf(MAIL) + lines + b".\r\n").startswith(b"552 ")
        assert service.entries() == []
        journal.send()
    assert len(service.entries()) == 2


def test_too_many_recipients_are_left_for_another_message(service: Service, environment: dict[str, str]) -> None:
    people = [f"guest{number}@example.org" for number in range(5)]
    with running(environment, "--max-recipients", "3") as journal:
        for _ in range(2):
            with journal.client() as client:
                refused = client.sendmail(SENDER, people, MAIL)
            assert {code for code, _ in refused.values()} <= {452}
            people = list(refused)
    assert people == []
    assert len(service.entries()) == 5


@pytest.mark.parametrize("address", ["rosa", "@example.org", "a@b@c.example", "<a@b.example>"])
def test_a_recipient_that_is_no_address(journal: Journal, address: str) -> None:
    with journal.client() as client:
        client.ehlo()
        client.mail(SENDER)
        assert client.docmd(f"RCPT TO:<{address}>")[0] in {501, 553, 555}


def test_too_many_connections(environment: dict[str, str]) -> None:
    with running(environment, "--max-connections", "2") as journal:
        with journal.raw() as first, journal.raw() as second:
            assert first.answer().startswith(b"220 ")
            assert second.answer().startswith(b"220 ")
            with journal.raw() as third:
                assert third.answer().startswith(b"421 4.7.0 ")
                assert third.answer() == b""
            assert first.ask(b"QUIT\r\n").startswith(b"221 ")
            assert first.answer() == b""
        journal.send()


def test_a_slow_client_is_cut(environment: dict[str, str], service: Service) -> None:
    with running(environment, "--timeout", "1") as journal, journal.raw() as idle, journal.raw() as slow:
        slow.until_data()
        slow.socket.sendall(b"Subject: Hi\r\n")
        assert slow.answer() == b""
        assert idle.answer().startswith(b"220 ")
        assert idle.answer() == b""
    assert service.entries() == []


def test_only_allowed_networks_are_let_in(environment: dict[str, str]) -> None:
    with (
        running(environment, "--allow", "192.0.2.0/24", "--allow", "2001:db8::/32") as journal,
        journal.raw() as client,
    ):
        assert client.answer().startswith(b"554 5.7.1 ")
        assert client.answer() == b""


def test_with_a_certificate_nothing_is_taken_in_the_clear(
    service: Service, environment: dict[str, str], tmp_path: Path
) -> None:
    cert, key = certificate(tmp_path, "127.0.0.1")
    with running(environment, "--tls-cert", str(cert), "--tls-key", str(key)) as journal:
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            journal.send()
        assert refused.value.smtp_code == 530
        with journal.client() as client:
            client.starttls(context=ssl.create_default_context(cafile=str(cert)))
            client.sendmail(SENDER, RECIPIENTS, MAIL)
            client.sendmail(SENDER, RECIPIENTS, MAIL.replace("<1@", "<2@"))
        with journal.raw() as raw:  # what follows STARTTLS in the clear is not taken for a command of the TLS session
            assert raw.answer().startswith(b"220 ")
            assert raw.ask(b"EHLO client.example\r\n").startswith(b"250 ")
            assert raw.ask(b"STARTTLS\r\nMAIL FROM:<a@b.example>\r\n").startswith(b"220 ")
    assert len(service.entries()) == 4


COMMANDS = [
    b"EHLO x\r\n", b"HELO x\r\n", b"MAIL FROM:<a@b.example>\r\n", b"MAIL FROM:<>\r\n", b"RCPT TO:<c@d.example>\r\n",
    b"DATA\r\n", b".\r\n", b"To: c@d.example\r\n", b"\r\n", b"RSET\r\n", b"STARTTLS\r\n", b"AUTH PLAIN AA==\r\n",
    b"BDAT 9 LAST\r\n", b"RCPT TO:<\xff@\xfe>\r\n", b"MAIL FROM:<a@b.example> SIZE=x\r\n",
    b"MAIL FROM:<\xc3\xa9@b.example> SMTPUTF8\r\n", b"VRFY a\r\n", b"HELP\r\n", b"\x00\r\n", b"\xff" * 600, b"\r",
]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(COMMANDS), st.binary(max_size=40)), max_size=25))
def test_any_bytes_leave_the_journal_standing(journal: Journal, pieces: list[bytes]) -> None:
    with journal.raw() as client, suppress(ConnectionError):
        client.socket.sendall(b"".join(pieces) + b"\r\n.\r\nQUIT\r\n")
        client.socket.shutdown(socket.SHUT_WR)
        while client.file.readline():
            pass
    with journal.raw() as client:
        assert client.answer().startswith(b"220 ")


def test_what_is_logged_names_nobody(service: Service, journal: Journal) -> None:
    with journal.client() as client:
        client.docmd("ROSA rosa@example.org")
        client.docmd("VRFY rosa@example.org")
        client.sendmail(SENDER, RECIPIENTS, MAIL)
    # The fixture compares what the process wrote to standard error with nothing.
    assert len(service.entries()) == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--host", "0.0.0.0"], "Give --tls-cert, --tls-key and who may send"),
        (["--host", "0.0.0.0", "--allow", "10.0.0.0/8"], "Give --tls-cert, --tls-key and who may send"),
        (["--allow", "example.org"], "--allow takes an address or a network"),
        (["--tls-cert", "CERT"], "both --tls-cert and --tls-key"),
        (["--tls-cert", "CERT", "--tls-key", "CERT"], "are no pair"),
        (["--own", "nobody"], "must be e-mail addresses"),
    ],
)
def test_options_that_cannot_be_used(
    environment: dict[str, str], tmp_path: Path, words: list[str], expected: str
) -> None:
    (tmp_path / "cert").write_text("none", encoding="utf-8")
    words = [str(tmp_path / "cert") if word == "CERT" else word for word in words]
    command = [sys.executable, "-m", "commlog_tui", "journal", "--port", "0", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr


def test_without_the_extra_the_command_says_which(environment: dict[str, str]) -> None:
    script = "import sys; sys.modules['aiosmtpd'] = None; from commlog_tui.cli.app import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", script, "journal"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "commlog journal needs the extra journal: pip install 'commlog[journal]'\n"
