"""Whatever comes, a provider answers with events or with one of two errors."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.contract.base import LATEST
from commlog_tui.providers.errors import HookError, MalformedHookError
from commlog_tui.providers.provider import Provider
from commlog_tui.providers.registry import PROVIDERS
from commlog_tui.providers.request import HookRequest
from tests.providers.asking import NOW, URL, request_of

WORDS = [
    "event", "email", "timestamp", "sg_message_id", "RecordType", "Bounce", "Type", "HardBounce", "MessageID", "ID",
    "BouncedAt", "2026-11-03T08:14:00Z", "event-data", "failed", "severity", "temporary", "message", "headers", "id",
    "message-id", "signature", "token", "type", "email.sent", "data", "to", "created_at", "Message", "Notification",
    "mail", "messageId", "destination", "bounce", "bouncedRecipients", "eventType", "delivered", "ts_epoch", "entry",
    "changes", "value", "statuses", "status", "errors", "code", "recipient_id", "Recipient", "DeliveredAt", "recipient",
]  # fmt: skip
KEYS = st.sampled_from(WORDS) | st.text(max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=20)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6))
BODIES = st.binary(max_size=300) | VALUES.map(lambda value: json.dumps(value).encode())
HEADERS = st.dictionaries(
    st.sampled_from([
        "authorization", "content-type", "x-twilio-signature", "svix-id", "svix-timestamp", "svix-signature",
        "x-hub-signature-256", "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp",
    ]),
    st.text(max_size=40) | st.sampled_from(["Basic Og==", "v1,AAAA", "1600112502", "application/json"]),
)  # fmt: skip
URLS = st.just(URL) | st.text(max_size=60) | st.sampled_from(["https://[", "http://a:b", "https://x:99999/?bodySHA256"])
QUERIES = st.dictionaries(KEYS, st.text(max_size=20))
BYTE_LIMIT = (1 << 20) + 1


def examine(provider: Provider, request: HookRequest, secret: str) -> None:
    for call in (
        lambda: provider.verify(request, secret, NOW),
        lambda: provider.handshake(request, secret),
        lambda: provider.certificate_url(request, secret),
        lambda: provider.replay_key(request),
    ):
        with suppress(HookError):
            call()
    try:
        events = provider.parse(request)
    except MalformedHookError:
        return
    for event in events:
        assert 0 < len(event.message_id) <= 998
        assert 0 < len(event.event_id) <= 255
        assert len(event.code) <= 100
        assert len(event.detail) <= 2000
        assert len(event.to) <= 320
        assert event.at < LATEST
        assert event.at.utcoffset() == timedelta(0)
        text = f"{event.message_id}{event.event_id}{event.code}{event.detail}{event.to}"
        assert "\x00" not in text
        assert text.encode()


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
@given(
    body=BODIES,
    headers=HEADERS,
    query=st.dictionaries(KEYS, st.text(max_size=20)),
    url=URLS,
    secret=st.text(max_size=40),
)
def test_any_request(
    provider: Provider, body: bytes, headers: dict[str, str], query: dict[str, str], url: str, secret: str
) -> None:
    for method in ("POST", "GET"):
        examine(provider, request_of(body, headers, query=query, url=url, method=method), secret)


TEMPLATES: dict[str, Any] = {
    "sendgrid": [{"event": "bounce", "email": "a@b.c", "timestamp": 1600112492, "sg_message_id": "m.1"}],
    "postmark": {"RecordType": "Delivery", "MessageID": "m", "Recipient": "a@b.c",
                 "DeliveredAt": "2026-11-03T08:14:00Z"},
    "mailgun": {"event-data": {"event": "failed", "id": "e", "timestamp": 1.5,
                               "message": {"headers": {"message-id": "m"}}}},
    "resend": {"type": "email.sent", "created_at": "2026-11-03T08:14:00Z", "data": {"email_id": "m", "to": ["a@b.c"]}},
    "brevo": {"event": "delivered", "email": "a@b.c", "ts_epoch": 1520363423000, "message-id": "<m>"},
    "whatsapp": {"entry": [{"changes": [{"value": {"statuses": [{"id": "m", "status": "read", "timestamp": "1"}]}}]}]},
    "twilio": {"MessageSid": "SM1", "MessageStatus": "read", "To": "+1", "ErrorCode": "30003"},
    "ses": {"Type": "Notification", "MessageId": "1", "Timestamp": "2026-11-03T08:14:00Z", "Message": json.dumps(
        {"eventType": "Bounce", "mail": {"messageId": "m", "destination": ["a@b.c"]}})},
}  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(leaf for key, inner in items for leaf in leaves(inner, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], other)
    return copy


@pytest.mark.parametrize("slug", TEMPLATES)
@given(data=st.data(), other=VALUES)
def test_a_valid_request_with_any_one_value_replaced(slug: str, data: st.DataObject, other: object) -> None:
    template = TEMPLATES[slug]
    body = replaced(template, data.draw(st.sampled_from(leaves(template))), other)
    headers = {"content-type": "application/json"}
    examine(PROVIDERS[slug], request_of(json.dumps(body), headers), "secret")


@pytest.mark.parametrize("slug", TEMPLATES)
def test_the_templates_are_valid_and_a_repeat_is_the_same(slug: str) -> None:
    body = urlencode(TEMPLATES[slug]) if slug == "twilio" else json.dumps(TEMPLATES[slug])
    events = PROVIDERS[slug].parse(request_of(body))
    assert events
    assert events == PROVIDERS[slug].parse(request_of(body))


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" + b'"' + b"\\" * 200_000,
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'"\xff"',
        b"x" * BYTE_LIMIT,
        b"&" * 100_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_hostile_body_is_malformed(provider: Provider, body: bytes) -> None:
    with pytest.raises(MalformedHookError):
        provider.parse(request_of(body))


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
def test_every_provider_says_how_it_is_set_up(provider: Provider) -> None:
    steps = provider.steps("https://log.example.org/v1/hooks/x/boats", "s3cret")
    assert any("https://log.example.org" in step for step in steps)
    assert all(step.endswith(".") and "{" not in step for step in steps)
    assert provider.setup.events
    assert provider.setup.retries
    assert provider.setup.secret
    assert any("s3cret" in step for step in steps) is not provider.is_signed
    assert "s3cret" not in repr(request_of(b"s3cret", {"authorization": "s3cret"}, query={"key": "s3cret"}))


def test_the_providers_of_the_issue_are_all_there() -> None:
    assert set(PROVIDERS) == {"twilio", "sendgrid", "postmark", "mailgun", "resend", "ses", "brevo", "whatsapp"}
    assert {slug for slug, provider in PROVIDERS.items() if not provider.is_signed} == {"postmark", "brevo"}
