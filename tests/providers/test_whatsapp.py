import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from commlog_tui.contract.delivery import Status, status_of
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.provider import Challenge
from commlog_tui.providers.whatsapp import WHATSAPP, verify_token
from tests.providers.asking import NOW, request_of

SECRET = "app secret"
# Vector of the same scheme and header: GitHub, Validating webhook deliveries
GITHUB = ("It's a Secret to Everybody", b"Hello, World!")
GITHUB_SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def body_of(*statuses: object) -> dict[str, Any]:
    value = {"messaging_product": "whatsapp", "statuses": list(statuses)}
    entry = {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def status(word: str, **more: object) -> dict[str, object]:
    return {"id": "wamid.1", "status": word, "timestamp": "1750030073", "recipient_id": "4915112345678", **more}


def test_the_published_signature_is_valid() -> None:
    WHATSAPP.verify(request_of(GITHUB[1], {"x-hub-signature-256": GITHUB_SIGNATURE}), GITHUB[0], NOW)


@pytest.mark.parametrize(
    ("body", "signature", "secret"),
    [
        (b"Hello, World", GITHUB_SIGNATURE, GITHUB[0]),
        (GITHUB[1], "", GITHUB[0]),
        (GITHUB[1], GITHUB_SIGNATURE.removeprefix("sha256="), GITHUB[0]),
        (GITHUB[1], "sha256=ü", GITHUB[0]),
        (GITHUB[1], GITHUB_SIGNATURE, "another"),
        (GITHUB[1], GITHUB_SIGNATURE, ""),
    ],
)
def test_every_other_request_is_refused(body: bytes, signature: str, secret: str) -> None:
    with pytest.raises(SignatureError):
        WHATSAPP.verify(request_of(body, {"x-hub-signature-256": signature}), secret, NOW)


def test_the_signature_is_over_the_raw_bytes() -> None:
    raw = b'{"a": "\\u00e4/"}'
    signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    WHATSAPP.verify(request_of(raw, {"x-hub-signature-256": signature}), SECRET, NOW)
    with pytest.raises(SignatureError):
        WHATSAPP.verify(request_of('{"a": "ä/"}', {"x-hub-signature-256": signature}), SECRET, NOW)


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        ("sent", ["sent"]),
        ("delivered", ["delivered"]),
        ("read", ["delivered", "opened"]),
        ("failed", ["failed"]),
        ("deleted", []),
    ],
)
def test_every_status_becomes_our_event(word: str, kinds: list[str]) -> None:
    events = WHATSAPP.parse(request_of(body_of(status(word))))
    assert [event.kind for event in events] == kinds
    assert all(event.at == datetime(2025, 6, 15, 23, 27, 53, tzinfo=UTC) for event in events)
    assert all((event.message_id, event.to) == ("wamid.1", "+4915112345678") for event in events)


def test_delivered_after_failed_is_delivered() -> None:
    events = WHATSAPP.parse(request_of(body_of(status("failed"), status("delivered"))))
    assert status_of(event.kind for event in events) is Status.DELIVERED
    assert len({event.event_id for event in events}) == 2


def test_a_repeat_has_the_same_identity() -> None:
    events = WHATSAPP.parse(request_of(body_of(status("delivered"), status("read"), status("delivered"))))
    assert [event.event_id for event in events] == [
        "wamid.1:delivered", "wamid.1:delivered", "wamid.1:read", "wamid.1:delivered",
    ]  # fmt: skip


def test_a_failure_has_code_and_words() -> None:
    error = {"code": 131026, "title": "Message undeliverable", "error_data": {"details": "No account."}}
    (event,) = WHATSAPP.parse(request_of(body_of(status("failed", errors=[error]))))
    assert (event.code, event.detail) == ("131026", "Message undeliverable; No account.")


def test_messages_of_guests_are_no_delivery_events() -> None:
    assert WHATSAPP.parse(request_of(body_of())) == []


@pytest.mark.parametrize("body", [{}, [], body_of({"status": "sent"}), body_of(status("sent", timestamp="x"))])
def test_what_is_no_status_is_malformed(body: object) -> None:
    with pytest.raises(MalformedHookError):
        WHATSAPP.parse(request_of(body))


QUERY = {"hub.mode": "subscribe", "hub.verify_token": verify_token(SECRET), "hub.challenge": "1158201444"}


def test_the_challenge_is_answered_for_the_verify_token_only() -> None:
    assert WHATSAPP.handshake(request_of(method="GET", query=QUERY), SECRET) == Challenge("1158201444")
    assert WHATSAPP.handshake(request_of(method="POST", query=QUERY), SECRET) is None
    for secret in ("another", ""):
        with pytest.raises(SignatureError):
            WHATSAPP.handshake(request_of(method="GET", query=QUERY), secret)


@pytest.mark.parametrize("challenge", ["", "<script>", "1" * 300])
def test_a_challenge_that_is_none_of_metas_is_not_answered(challenge: str) -> None:
    with pytest.raises(MalformedHookError):
        WHATSAPP.handshake(request_of(method="GET", query=QUERY | {"hub.challenge": challenge}), SECRET)


def test_the_verify_token_is_among_the_steps() -> None:
    assert any(verify_token(SECRET) in step for step in WHATSAPP.steps("https://log.example.org", SECRET))
