"""``commlog journal`` as a child process, and its clients: smtplib, and one that sends raw bytes."""

import re
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from tests.mail.test_incoming import MAIL

SENDER = "desk@quay.example"
RECIPIENTS = ["rosa@example.org", "paul@example.org"]


class Journal:
    """``commlog journal`` as a child process."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port

    def client(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="client.example", timeout=60)

    def send(self, mail: str | bytes = MAIL, recipients: list[str] | None = None, **options: list[str]) -> None:
        with self.client() as client:
            client.sendmail(SENDER, recipients or RECIPIENTS, mail, **options)

    def raw(self) -> "Raw":
        return Raw(self.port)


class Raw:
    """A connection on which every byte is ours."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def answer(self) -> bytes:
        """Return the next answer, its last line; empty at the end of the connection."""
        while True:
            line = self.file.readline()
            if not line or line[3:4] == b" ":
                return line

    def ask(self, raw: bytes) -> bytes:
        self.socket.sendall(raw)
        return self.answer()

    def until_data(self) -> None:
        """Go on to where the message is expected."""
        assert self.answer().startswith(b"220 ")
        assert self.ask(b"EHLO client.example\r\n").startswith(b"250 ")
        assert self.ask(b"MAIL FROM:<desk@quay.example>\r\n").startswith(b"250 ")
        assert self.ask(b"RCPT TO:<rosa@example.org>\r\n").startswith(b"250 ")
        assert self.ask(b"DATA\r\n").startswith(b"354 ")


@contextmanager
def running(environment: dict[str, str], *words: str) -> Iterator[Journal]:
    command = [sys.executable, "-m", "commlog_tui", "journal", "--port", "0", *words]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r"smtp://127\.0\.0\.1:(\d+)", line)
            assert found, line
            yield Journal(process, int(found[1]))
        finally:
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=60)
        assert (process.returncode, rest) == (0, "")


def crlf(mail: str) -> bytes:
    return mail.replace("\n", "\r\n").encode()
