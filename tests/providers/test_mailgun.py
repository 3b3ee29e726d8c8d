import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.mailgun import MAILGUN
from commlog_tui.providers.request import HookRequest
from tests.providers.asking import NOW, request_of

KEY = "TEST_WEBHOOK_SIGNING_KEY"
# Key, token and payload: django-anymail, tests/test_mailgun_webhooks.py
TOKEN = "651869375b9df3c98fc15c4889b102119add1235c38fc92824"
AT = 1534108637
THEN = datetime.fromtimestamp(AT + 60, UTC)
EVENT: dict[str, Any] = {
    "timestamp": 1534108637.153125,
    "id": "hTWCTD81RtiDN-...",
    "message": {"headers": {"message-id": "20180812211713.1.DF5966851B4BAA99@example.org"}},
    "recipient": "recipient@example.com",
    "event": "delivered",
    "delivery-status": {"code": 250, "message": "OK"},
}


def signed(event: object = EVENT, **block: str) -> HookRequest:
    signature = hmac.new(KEY.encode(), f"{AT}{TOKEN}".encode(), hashlib.sha256).hexdigest()
    return request_of({"signature": {"timestamp": str(AT), "token": TOKEN, "signature": signature, **block},
                       "event-data": event})  # fmt: skip


def test_a_signature_of_the_documented_form_is_valid() -> None:
    MAILGUN.verify(signed(), KEY, THEN)


@pytest.mark.parametrize(
    "block", [{"token": "other"}, {"timestamp": str(AT + 1)}, {"signature": ""}, {"signature": "ü"}, {"token": ""}]
)
def test_every_other_signature_is_refused(block: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        MAILGUN.verify(signed(**block), KEY, THEN)


@pytest.mark.parametrize("key", ["", "another key"])
def test_a_wrong_key_is_refused(key: str) -> None:
    with pytest.raises(SignatureError):
        MAILGUN.verify(signed(), key, THEN)


@pytest.mark.parametrize("distance", [timedelta(hours=10), -timedelta(minutes=6)])
def test_an_old_or_future_timestamp_is_refused(distance: timedelta) -> None:
    with pytest.raises(SignatureError, match="too long ago"):
        MAILGUN.verify(signed(), KEY, datetime.fromtimestamp(AT, UTC) + distance)


def test_the_body_is_not_signed_so_that_the_token_is_the_replay_key() -> None:
    MAILGUN.verify(signed({**EVENT, "event": "failed"}), KEY, THEN)
    assert MAILGUN.replay_key(signed()) == TOKEN
    assert MAILGUN.replay_window > timedelta(hours=9)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"event": "accepted"}, "queued"),
        ({"event": "delivered"}, "delivered"),
        ({"event": "failed", "severity": "temporary"}, "deferred"),
        ({"event": "failed", "severity": "permanent"}, "bounced"),
        ({"event": "rejected"}, "rejected"),
        ({"event": "opened"}, "opened"),
        ({"event": "clicked"}, "clicked"),
        ({"event": "complained"}, "complained"),
    ],
)
def test_every_event_becomes_ours(changes: dict[str, str], kind: str) -> None:
    (event,) = MAILGUN.parse(signed({**EVENT, **changes}))
    assert (event.kind, event.event_id, event.to) == (kind, "hTWCTD81RtiDN-...", "recipient@example.com")
    assert event.message_id == "20180812211713.1.DF5966851B4BAA99@example.org"
    assert event.at == datetime(2018, 8, 12, 21, 17, 17, 153125, tzinfo=UTC)


def test_a_suppressed_address_has_its_reason_and_code() -> None:
    suppressed = {
        **EVENT,
        "event": "failed",
        "severity": "permanent",
        "reason": "suppress-bounce",
        "delivery-status": {"code": 605, "message": "", "description": "Not delivering to previously bounced address"},
    }
    (event,) = MAILGUN.parse(signed(suppressed))
    assert (event.code, event.reason) == ("605", "suppressed")
    assert event.detail == "Not delivering to previously bounced address"


def test_a_failure_has_the_words_of_the_server() -> None:
    words = "5.1.1 The email account that you tried to reach does not exist."
    failed = {**EVENT, "event": "failed", "delivery-status": {"code": 550, "message": words}}
    (event,) = MAILGUN.parse(signed(failed))
    assert (event.code, event.detail) == ("550", words)


def test_subscriptions_are_no_delivery_events() -> None:
    assert MAILGUN.parse(signed({**EVENT, "event": "unsubscribed"})) == []


@pytest.mark.parametrize("event", [{}, [], {**EVENT, "id": ""}, {**EVENT, "message": 1}, {**EVENT, "timestamp": "x"}])
def test_what_is_no_event_is_malformed(event: object) -> None:
    with pytest.raises(MalformedHookError):
        MAILGUN.parse(request_of(json.dumps({"event-data": event})))


def test_a_body_without_signature_is_refused() -> None:
    with pytest.raises(SignatureError):
        MAILGUN.verify(request_of({"event-data": EVENT}), KEY, NOW)
