"""Postmark and Brevo: a shared secret instead of a signature."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from commlog_tui.providers.brevo import BREVO
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.postmark import POSTMARK
from commlog_tui.providers.provider import Provider
from tests.providers.asking import NOW, request_of

SECRET = "b6c1f0"
# Payloads: django-anymail, tests/test_postmark_webhooks.py and tests/test_brevo_webhooks.py
BOUNCE: dict[str, Any] = {
    "RecordType": "Bounce",
    "ID": 901542550,
    "Type": "HardBounce",
    "MessageID": "2706ee8a-737c-4285-b032-ccd317af53ed",
    "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
    "Email": "bounce@example.com",
    "BouncedAt": "2016-04-27T16:28:50.3963933-04:00",
}
DELIVERY = {
    "RecordType": "Delivery",
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
    "Recipient": "Recipient@example.com",
    "DeliveredAt": "2014-08-01T13:28:10.2735393-04:00",
    "Details": "Test delivery webhook details",
}
BREVO_EVENT = {
    "event": "delivered",
    "email": "recipient@example.com",
    "id": 9999999,
    "ts_epoch": 1520363423000,
    "message-id": "<201803011158.9876543210@smtp-relay.mailin.fr>",
}


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize("provider", [POSTMARK, BREVO])
def test_the_secret_is_a_password_a_bearer_token_or_in_the_query(provider: Provider) -> None:
    assert not provider.is_signed
    provider.verify(request_of(headers=basic(f"commlog:{SECRET}")), SECRET, NOW)
    provider.verify(request_of(headers={"authorization": f"bearer {SECRET}"}), SECRET, NOW)
    provider.verify(request_of(query={"key": SECRET}), SECRET, NOW)


@pytest.mark.parametrize("provider", [POSTMARK, BREVO])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("commlog:wrong"),
        basic(f"other:{SECRET}"),
        basic("commlog:"),
        {"authorization": "Basic !"},
        {"authorization": "Bearer"},
        {"authorization": f"Digest {SECRET}"},
    ],
)
def test_every_other_request_is_refused(provider: Provider, headers: dict[str, str]) -> None:
    for secret in (SECRET, ""):
        with pytest.raises(SignatureError):
            provider.verify(request_of(headers=headers), secret, NOW)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"Type": "HardBounce"}, "bounced"),
        ({"Type": "SoftBounce"}, "bounced"),
        ({"Type": "Transient"}, "deferred"),
        ({"Type": "Blocked"}, "rejected"),
        ({"Type": "BadEmailAddress"}, "rejected"),
        ({"Type": "SMTPApiError"}, "failed"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complained"),
    ],
)
def test_every_bounce_of_postmark_becomes_ours(changes: dict[str, str], kind: str) -> None:
    (event,) = POSTMARK.parse(request_of(BOUNCE | changes))
    assert (event.kind, event.to, event.code) == (kind, "bounce@example.com", (BOUNCE | changes)["Type"])
    assert event.at == datetime(2016, 4, 27, 20, 28, 50, 396393, tzinfo=UTC)
    assert "5.1.1" in event.detail


def test_a_delivery_and_an_open_of_postmark() -> None:
    (event,) = POSTMARK.parse(request_of(DELIVERY))
    assert (event.kind, event.event_id) == ("delivered", "delivered:recipient@example.com")
    (opened,) = POSTMARK.parse(
        request_of(DELIVERY | {"RecordType": "Open", "ReceivedAt": "2016-04-27T16:21:41.2493688-04:00"})
    )
    assert opened.kind == "opened"
    assert opened.event_id != event.event_id


def test_a_suppressed_address_of_postmark_has_its_reason() -> None:
    details = "You tried to send to a recipient that has been marked as inactive."
    (event,) = POSTMARK.parse(request_of(BOUNCE | {"Type": "SMTPApiError", "Details": details}))
    assert (event.kind, event.reason) == ("failed", "suppressed")


@pytest.mark.parametrize("record", [{"RecordType": "SubscriptionChange"}, BOUNCE | {"Type": "AutoResponder"}])
def test_what_says_nothing_of_delivery_is_ignored(record: dict[str, Any]) -> None:
    assert POSTMARK.parse(request_of(record)) == []


@pytest.mark.parametrize(
    "body", [{}, {"RecordType": "Inbound"}, [], BOUNCE | {"MessageID": ""}, {**BOUNCE, "BouncedAt": 1}]
)
def test_what_is_no_record_of_postmark_is_malformed(body: object) -> None:
    with pytest.raises(MalformedHookError):
        POSTMARK.parse(request_of(body))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("request", "queued"),
        ("deferred", "deferred"),
        ("soft_bounce", "deferred"),
        ("delivered", "delivered"),
        ("hard_bounce", "bounced"),
        ("blocked", "rejected"),
        ("invalid_email", "rejected"),
        ("error", "failed"),
        ("opened", "opened"),
        ("unique_opened", "opened"),
        ("click", "clicked"),
        ("spam", "complained"),
        ("complaint", "complained"),
    ],
)
def test_every_event_of_brevo_becomes_ours(name: str, kind: str) -> None:
    (event,) = BREVO.parse(request_of(BREVO_EVENT | {"event": name}))
    assert (event.kind, event.message_id) == (kind, "201803011158.9876543210@smtp-relay.mailin.fr")
    assert event.at == datetime(2018, 3, 6, 19, 10, 23, tzinfo=UTC)


def test_the_identity_of_brevos_events_is_event_address_and_time() -> None:
    first, again, later = (
        BREVO.parse(request_of(BREVO_EVENT | changes))[0].event_id
        for changes in ({}, {"id": 1}, {"ts_epoch": 1520363424000})
    )
    assert first == again != later


def test_a_blocked_address_of_brevo_has_its_reason() -> None:
    (event,) = BREVO.parse(request_of(BREVO_EVENT | {"event": "blocked", "reason": "blocked : due to blacklist user"}))
    assert event.reason == "suppressed"


def test_brevo_is_told_of_trouble_by_429() -> None:
    assert (BREVO.trouble_status, POSTMARK.trouble_status) == (429, 503)
    assert BREVO.parse(request_of({"event": "unsubscribed"})) == []
    with pytest.raises(MalformedHookError):
        BREVO.parse(request_of({"event": "delivered"}))
