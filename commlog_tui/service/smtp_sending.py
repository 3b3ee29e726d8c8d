"""Handing one message to a mail server (RFC 5321), so that a lost answer never leads to a second copy.

Everything up to the reply 354 can be tried again. Then the attempt is recorded as begun, and only
then is the message handed over: if no answer comes, it may have been accepted.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.contract.resend import ResendState
from commlog_tui.records.attempt import LOST, Outcome
from commlog_tui.records.rows import EntryRow
from commlog_tui.service.outgoing import LOOPBACK, MailServer

_SECONDS: Final = 30.0
"""For each answer of the server, before the message is handed over."""
_LONG_SECONDS: Final = 120.0
"""For the answer to the message itself; RFC 5321 asks for patience there."""
_GO_ON: Final = 354
_PERMANENT: Final = 500
_OK: Final = 250
_ENHANCED: Final = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")
_HTML: Final = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_LINE_START: Final = re.compile(rb"^\.", re.MULTILINE)
_MAYBE: Final = (
    "The connection was lost after the message was handed over, so it may have been sent. "
    "It is not sent again unless somebody asks for it."
)


class _RefusedError(Exception):
    """The server has answered a command with a refusal."""

    def __init__(self, code: int, reply: bytes, doing: str) -> None:
        super().__init__(doing)
        self.code, self.reply, self.doing = code, reply, doing


def deliver(
    server: MailServer, entry: EntryRow, begin: Callable[[], bool], *, context: ssl.SSLContext | None = None
) -> Outcome | None:
    """Hand an entry to the server and return what became of it.

    ``begin`` records that the message is about to be handed over; where it returns false, another
    worker has done so, nothing is handed over and None is returned.
    """
    is_handed_over = False
    try:
        message = _message(server, entry)
        connection = _connect(server, context)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return _later(error)
    try:
        _introduce(connection, server, context)
        _envelope(connection, server, entry, message)
        if not begin():
            return None
        is_handed_over = True
        return _handed_over(connection, message)
    except _RefusedError as error:
        return _refusal(error)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return lost() if is_handed_over else _later(error)
    finally:
        connection.close()


def lost() -> Outcome:
    """Return the outcome of an attempt whose answer was lost."""
    return Outcome(ResendState.UNCERTAIN, DeliveryKind.FAILED, _MAYBE, LOST)


def _connect(server: MailServer, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if server.is_tls:
        return smtplib.SMTP_SSL(
            server.host, server.port, timeout=_SECONDS, context=context or ssl.create_default_context()
        )
    return smtplib.SMTP(server.host, server.port, timeout=_SECONDS)


def _introduce(connection: smtplib.SMTP, server: MailServer, context: ssl.SSLContext | None) -> None:
    connection.ehlo_or_helo_if_needed()
    if not server.is_tls and connection.has_extn("starttls"):
        connection.starttls(context=context or ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
    if server.user:
        if not isinstance(connection.sock, ssl.SSLSocket) and server.host not in LOOPBACK:
            raise smtplib.SMTPException("The mail server offers no TLS, and a password is never sent without it.")
        connection.login(server.user, server.password)


def _envelope(connection: smtplib.SMTP, server: MailServer, entry: EntryRow, message: bytes) -> None:
    """Say whom the message is from and to, and ask to hand it over. Raises ``_RefusedError``."""
    options = [f"size={len(message)}"] if connection.has_extn("size") else []
    if not entry.to.isascii():
        if not connection.has_extn("smtputf8"):
            raise _RefusedError(550, b"The mail server takes no address with such letters.", "recipient")
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    for doing, answer in (
        ("sender", connection.mail(server.address, options)),
        ("recipient", connection.rcpt(entry.to)),
        ("message", connection.docmd("DATA")),
    ):
        code, reply = answer
        if code not in {_OK, 251, _GO_ON}:
            raise _RefusedError(code, reply, doing)


def _handed_over(connection: smtplib.SMTP, message: bytes) -> Outcome:
    if connection.sock is not None:
        connection.sock.settimeout(_LONG_SECONDS)
    connection.send(_LINE_START.sub(b"..", message) + b".\r\n")
    code, reply = connection.getreply()
    if code != _OK:
        raise _RefusedError(code, reply, "message")
    return Outcome(ResendState.DONE, DeliveryKind.SENT, _words(reply) or "accepted", str(code))


def _refusal(error: _RefusedError) -> Outcome:
    words, code = _words(error.reply), error.code
    found = _ENHANCED.match(words)
    reply = f"{code} {words}".strip()
    if code < _PERMANENT:
        return Outcome(ResendState.WAITING, DeliveryKind.QUEUED, f"Not accepted yet: {reply}", str(code))
    kind = DeliveryKind.BOUNCED if error.doing == "recipient" else DeliveryKind.REJECTED
    return Outcome(ResendState.FAILED, kind, reply, found[1] if found else str(code))


def _later(error: Exception) -> Outcome:
    """Return that nothing was handed over, and that it is tried again."""
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        words = f"{error.smtp_code} {_words(reply if isinstance(reply, bytes) else reply.encode())}"
    elif isinstance(error, smtplib.SMTPServerDisconnected):
        words = "the connection was closed"
    elif isinstance(error, OSError) and error.strerror:
        words = error.strerror
    else:
        words = str(error) or type(error).__name__
    return Outcome(ResendState.WAITING, DeliveryKind.QUEUED, f"The mail server could not be used: {words}")


def _words(reply: bytes) -> str:
    return " ".join(reply.decode(errors="replace").split())


def _message(server: MailServer, entry: EntryRow) -> bytes:
    """Return the message as it is transmitted. Raises ``ValueError`` for what no header can hold."""
    message = EmailMessage(policy=SMTP.clone(utf8=not entry.to.isascii()))
    message["From"] = server.sender
    message["To"] = entry.to
    message["Subject"] = entry.title
    message["Date"] = format_datetime(entry.sent_at)
    if entry.message is not None:
        message["Message-ID"] = f"<{entry.message.id}>"
    text = entry.body or ""
    if _HTML.match(text):
        message.set_content(text, subtype="html")
    else:
        message.set_content(text)
    raw = message.as_bytes()
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"
