"""One signed request to the booking system, for every way in which it can end."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.resend import RESEND
from commlog_tui.records.rows import CustomerRow, ResendRow
from commlog_tui.service.hook_sending import call, signature
from commlog_tui.service.outgoing import Hook, secret_bytes
from commlog_tui.store.resends import Outgoing
from tests.hook_sink import HookSink, hook_sink
from tests.providers.asking import request_of
from tests.service.test_smtp_sending import entry

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def sink() -> Iterator[HookSink]:
    with hook_sink() as made:
        yield made


def outgoing(**fields: Any) -> Outgoing:
    made = entry(resend_of="original", customer=CustomerRow("c-1", "Ada"), **fields)
    row = ResendRow(
        id="r", seq=2, original="original", entry=made.id, to=made.to, why="typo", route="webhook",
        actor="Desk (Noor)", recorded_at=NOON,
    )  # fmt: skip
    return Outgoing("quay", 3, made, row, is_begun=False, attempts=0)


# Vectors: Standard Webhooks, the specification's example; svix-webhooks, go/webhook_test.go
@pytest.mark.parametrize(
    ("secret", "message_id", "timestamp", "body", "expected"),
    [
        (
            "plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", "1731705121",
            b'{"event_type":"ping","data":{"success":true}}', "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
        (
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
            b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ],
)  # fmt: skip
def test_signatures_are_those_that_were_published(
    secret: str, message_id: str, timestamp: str, body: bytes, expected: str
) -> None:
    assert signature(base64.b64decode(secret), message_id, timestamp, body) == expected


def test_a_request_says_what_to_send_and_verifies(sink: HookSink) -> None:
    made = call(Hook(sink.url, secret_bytes(SECRET)), outgoing(), NOON)
    assert (made.step.value, made.kind.value, made.code) == ("done", "queued", "202")
    ((headers, body),) = sink.requests
    request: HookRequest = request_of(body, headers)
    RESEND.verify(request, SECRET, NOON)
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == entry().id
    content = msgspec.json.decode(body)
    assert (content["type"], content["timestamp"]) == ("message.resend", "2026-11-03T12:00:00Z")
    assert content["data"] == {
        "location": "quay", "entry": entry().id, "resend_of": "original", "via": "email", "to": "ada@example.com",
        "title": "Booking Confirmation", "text": entry().body, "kind": None, "code": None, "reference": None,
        "customer_id": "c-1", "why": "typo", "by": "Desk (Noor)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "step", "kind", "code"),
    [
        (200, "done", "queued", "200"),
        (204, "done", "queued", "204"),
        (400, "waiting", "queued", "400"),
        (404, "waiting", "queued", "404"),
        (410, "failed", "failed", "410"),
        (429, "waiting", "queued", "429"),
        (500, "waiting", "queued", "500"),
        (0, "waiting", "queued", None),
    ],
)
def test_each_answer_has_its_outcome(sink: HookSink, status: int, step: str, kind: str, code: str | None) -> None:
    sink.statuses = [status]
    made = call(Hook(sink.url, secret_bytes(SECRET)), outgoing(), NOON)
    assert (made.step.value, made.kind.value, made.code) == (step, kind, code)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(sink: HookSink, status: int) -> None:
    with hook_sink() as other:
        sink.statuses, sink.location = [status], other.url
        made = call(Hook(sink.url, secret_bytes(SECRET)), outgoing(), NOON)
        assert (made.step.value, made.code, other.requests) == ("waiting", str(status), [])


def test_a_booking_system_that_is_away_is_asked_again() -> None:
    with hook_sink() as gone:
        url = gone.url
    assert call(Hook(url, secret_bytes(SECRET)), outgoing(), NOON).step.value == "waiting"
