"""One attempt to hand a message to a mail server, for every way in which it can end."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from commlog_tui.records.attempt import LOST, Outcome
from commlog_tui.records.rows import EntryRow, MessageRow
from commlog_tui.service import smtp_sending
from commlog_tui.service.outgoing import MailServer, Ways
from commlog_tui.service.smtp_sending import deliver
from tests.certificates import certificate
from tests.mail_sink import MailSink, mail_sink
from tests.patience import PATIENCE

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def entry(**fields: Any) -> EntryRow:
    known: dict[str, Any] = {
        "id": "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4c", "location": "quay", "seq": 3, "via": "email",
        "to": "ada@example.com", "title": "Booking Confirmation", "reference": None, "code": None, "customer": None,
        "source": "system", "actor": "Desk", "direction": "outbound", "body": "Dear Ada\n.\n.. dots\nGrüße",
        "sent_at": NOON, "recorded_at": NOON, "status": "queued", "corrected": False, "redacted": False,
        "message": MessageRow("mail", "7d3a1c9e@quay.example"),
    }  # fmt: skip
    return EntryRow(**(known | fields))


def server(sink: MailSink, **fields: Any) -> MailServer:
    made = MailServer("127.0.0.1", sink.port, False, "", "", "Quay Boats <desk@quay.example>")
    return replace(made, **fields)


class Begin:
    """Says whether the message may be handed over, and counts how often that was asked."""

    def __init__(self, answer: bool = True) -> None:
        self.answer, self.calls = answer, 0

    def __call__(self) -> bool:
        self.calls += 1
        return self.answer


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as made:
        yield made


def outcome(made: Outcome | None) -> tuple[str, str, str | None]:
    assert made is not None
    return made.step.value, made.kind.value, made.code


def test_an_accepted_message_is_the_original_to_the_letter(sink: MailSink) -> None:
    begin = Begin()
    made = deliver(server(sink), entry(), begin)
    assert (outcome(made), begin.calls) == (("done", "sent", "250"), 1)
    (message,) = sink.messages
    assert message.get_content().replace("\r\n", "\n") == "Dear Ada\n.\n.. dots\nGrüße\n"
    heads = {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "Date")}
    assert heads == {
        "From": "Quay Boats <desk@quay.example>",
        "To": "ada@example.com",
        "Subject": "Booking Confirmation",
        "Message-ID": "<7d3a1c9e@quay.example>",
        "Date": "Tue, 03 Nov 2026 12:00:00 +0000",
    }


def test_html_is_sent_as_html(sink: MailSink) -> None:
    deliver(server(sink), entry(body="<!DOCTYPE html><html><p>Dear Ada</p></html>"), Begin())
    assert sink.messages[0].get_content_type() == "text/html"


@pytest.mark.parametrize(
    ("answers", "expected", "begun"),
    [
        ({"data": "421 4.3.2 closing"}, ("waiting", "queued", "421"), 1),
        ({"data": "451 4.3.0 later"}, ("waiting", "queued", "451"), 1),
        ({"data": "550 5.7.1 spam"}, ("failed", "rejected", "5.7.1"), 1),
        ({"data": "554 no"}, ("failed", "rejected", "554"), 1),
        ({"rcpt": "421 4.3.2 closing"}, ("waiting", "queued", "421"), 0),
        ({"rcpt": "450 4.2.1 greylisted"}, ("waiting", "queued", "450"), 0),
        ({"rcpt": "550 5.1.1 no such user"}, ("failed", "bounced", "5.1.1"), 0),
        ({"rcpt": "250 OK", "drop": "before"}, ("waiting", "queued", None), 0),
        ({"drop": "after"}, ("uncertain", "failed", LOST), 1),
    ],
)
def test_each_answer_has_its_outcome(
    sink: MailSink, answers: dict[str, str], expected: tuple[str, str, str | None], begun: int
) -> None:
    for name, answer in answers.items():
        setattr(sink, name, answer)
    begin = Begin()
    made = deliver(server(sink), entry(), begin)
    assert (outcome(made), begin.calls) == (expected, begun)
    assert made is not None
    assert made.detail


def test_nothing_is_handed_over_that_another_worker_has_begun(sink: MailSink) -> None:
    assert deliver(server(sink), entry(), Begin(answer=False)) is None
    assert (sink.attempts, sink.accepted) == (0, [])


def test_nothing_is_handed_over_when_the_beginning_cannot_be_recorded(sink: MailSink) -> None:
    def fail() -> bool:
        raise LookupError("the log is away")

    with pytest.raises(LookupError):
        deliver(server(sink), entry(), fail)
    assert (sink.attempts, sink.accepted) == (0, [])


def test_an_answer_that_takes_too_long_is_lost_and_not_repeated(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_sending, "_LONG_SECONDS", 0.05)
    sink.held.clear()
    assert outcome(deliver(server(sink), entry(), Begin())) == ("uncertain", "failed", LOST)
    assert len(sink.accepted) == 1


def test_a_slow_answer_is_waited_for(sink: MailSink) -> None:
    sink.held.clear()
    made: list[Outcome | None] = []
    done = Event()

    def run() -> None:
        made.append(deliver(server(sink), entry(), Begin()))
        done.set()

    Thread(target=run, daemon=True).start()
    assert sink.arrived.wait(PATIENCE)
    assert not done.is_set()
    sink.held.set()
    assert done.wait(PATIENCE)
    assert outcome(made[0]) == ("done", "sent", "250")


def test_a_server_that_is_away_is_tried_again(sink: MailSink) -> None:
    with mail_sink() as gone:
        port = gone.port
    assert outcome(deliver(server(sink, port=port), entry(), Begin())) == ("waiting", "queued", None)


@pytest.mark.parametrize("first", [False, True], ids=["STARTTLS", "smtps"])
def test_messages_and_passwords_go_by_tls(tmp_path: Path, first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path, "127.0.0.1")
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(cert, key)
    theirs = ssl.create_default_context(cafile=cert)
    with mail_sink(tls=ours, first=first, login=True) as sink:
        named = server(sink, is_tls=first, user="quay", password="s3cret:@/")
        assert outcome(deliver(named, entry(), Begin(), context=theirs)) == ("done", "sent", "250")
        assert sink.logins == [("quay", "s3cret:@/")]
        monkeypatch.setattr(smtp_sending, "_SECONDS", 1)  # this server says nothing to a wrong password
        wrong = deliver(replace(named, password="no"), entry(), Begin(), context=theirs)
        assert outcome(wrong) == ("waiting", "queued", None)
        unknown = deliver(named, entry(), Begin())
        assert outcome(unknown) == ("waiting", "queued", None)
    assert len(sink.accepted) == 1
    assert "s3cret" not in repr(named) + str(wrong)


def test_a_password_is_never_sent_in_the_clear_to_another_machine(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_sending, "LOOPBACK", frozenset())
    made = deliver(server(sink, user="quay", password="x"), entry(), Begin())
    assert outcome(made) == ("waiting", "queued", None)
    assert (made and "no TLS" in made.detail, sink.logins) == (True, [])


@pytest.mark.parametrize("field", ["to", "title"])
def test_a_line_break_adds_no_header(sink: MailSink, field: str) -> None:
    made = deliver(server(sink), entry(**{field: "ada@example.com\r\nBcc: eve@example.com"}), Begin())
    assert outcome(made)[0] != "done"
    assert sink.accepted == []


@pytest.mark.parametrize("to", ["zoë@example.com", "ada@bücher.example"])
def test_addresses_with_other_letters_go_where_the_server_takes_them(sink: MailSink, to: str) -> None:
    assert outcome(deliver(server(sink), entry(to=to), Begin())) == ("done", "sent", "250")
    assert sink.rcpts == [to]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 587, False, "", "")),
        ("smtps://u%40x:p%3Aq%2F@mail.example", ("mail.example", 465, True, "u@x", "p:q/")),
        ("smtp://[::1]:25", ("::1", 25, False, "", "")),
    ],
)
def test_the_url_says_where_and_who(url: str, expected: tuple[object, ...]) -> None:
    made = Ways.of(smtp_url=url, smtp_from="Quay <desk@quay.example>", webhook="", secret="").smtp
    assert made is not None
    assert (made.host, made.port, made.is_tls, made.user, made.password) == expected
    assert (made.address, made.domain) == ("desk@quay.example", "quay.example")


@pytest.mark.parametrize("given", [{"smtp_url": "smtp://x"}, {"smtp_from": "a@b"}, {"webhook": "https://x"}])
def test_half_a_way_is_refused(given: dict[str, str]) -> None:
    none: dict[str, str] = {"smtp_url": "", "smtp_from": "", "webhook": "", "secret": ""}
    make: Callable[..., Ways] = Ways.of
    with pytest.raises(ValueError, match="go together"):
        make(**(none | given))
