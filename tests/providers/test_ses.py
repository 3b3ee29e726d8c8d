import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.provider import Confirmation
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.ses import SES
from tests.providers.asking import request_of

# Signed messages and their certificate: tests/providers/sns/README.md
FOLDER = Path(__file__).parent / "sns"
CERTIFICATE = (FOLDER / "certificate.pem").read_bytes()
TOPIC = "arn:aws:sns:us-west-2:131990247566:dongie-standard-topic"
NOW = datetime(2026, 3, 6, 20, 5, tzinfo=UTC)
NAMES = ("notification-1", "notification-2", "subscription")


def vector(name: str = "notification-2", certificate: bytes | None = CERTIFICATE, **changes: object) -> HookRequest:
    fields = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return request_of(fields | changes, certificate=certificate)


@pytest.mark.parametrize("name", NAMES)
def test_published_signatures_of_both_versions_are_valid(name: str) -> None:
    SES.verify(vector(name), TOPIC, NOW)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("field", ["Message", "MessageId", "Signature", "Timestamp", "Type", "Token", "Subject"])
def test_every_changed_field_is_refused(name: str, field: str) -> None:
    fields = json.loads(vector(name).body)
    others = {"Signature": "AAAA", "Timestamp": "2026-03-06T19:59:00Z", "Type": "UnsubscribeConfirmation"}
    if field in fields:
        with pytest.raises(SignatureError):
            SES.verify(vector(name, CERTIFICATE, **{field: others.get(field, "another")}), TOPIC, NOW)


def test_another_version_is_refused() -> None:
    for version in ("1", "3", ""):
        with pytest.raises(SignatureError):
            SES.verify(vector(SignatureVersion=version), TOPIC, NOW)


@pytest.mark.parametrize("topic", ["", TOPIC + "2", TOPIC.replace("131990247566", "131990247567")])
def test_a_foreign_topic_is_refused_whoever_signed_it(topic: str) -> None:
    with pytest.raises(SignatureError, match="another topic"):
        SES.verify(vector(), topic, NOW)


@pytest.mark.parametrize("distance", [timedelta(minutes=66), -timedelta(minutes=6)])
def test_an_old_or_future_message_is_refused(distance: timedelta) -> None:
    at = datetime(2026, 3, 6, 20, 0, 26, 893000, tzinfo=UTC)
    with pytest.raises(SignatureError, match="too long ago"):
        SES.verify(vector(), TOPIC, at + distance)


@pytest.mark.parametrize("certificate", [None, b"", b"no certificate", b"x" * 20_000])
def test_without_a_certificate_nothing_is_valid(certificate: bytes | None) -> None:
    with pytest.raises(SignatureError):
        SES.verify(vector(certificate=certificate), TOPIC, NOW)


def test_an_expired_certificate_is_refused() -> None:
    with pytest.raises(SignatureError, match="not valid now"):
        SES.verify(vector(), TOPIC, datetime(2026, 10, 15, 1, tzinfo=UTC))


def test_the_certificate_is_on_the_host_of_its_region() -> None:
    for host in ("us-west-2.amazonaws.com", "us-gov-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn"):
        url = f"https://sns.{host}/SimpleNotificationService-7506a1.pem"
        assert SES.certificate_url(vector(SigningCertURL=url), TOPIC) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-west-2.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://sns.us-west-2.amazonaws.com@evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://s3.us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-west-2.amazonaws.com:444/SimpleNotificationService-1.pem",
        "https://sns.us-west-2.amazonaws.com/other.pem",
        "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem?x=1",
        "https://evil.example\\.sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem\n",
        "https://[sns.us-west-2.amazonaws.com/",
    ],
)
def test_a_certificate_elsewhere_is_never_fetched(url: str) -> None:
    with pytest.raises(SignatureError, match="no host of Amazon"):
        SES.certificate_url(vector(SigningCertURL=url), TOPIC)
    with pytest.raises(SignatureError):
        SES.verify(vector(SigningCertURL=url), TOPIC, NOW)


def test_the_certificate_of_another_topic_is_never_fetched() -> None:
    with pytest.raises(SignatureError, match="another topic"):
        SES.certificate_url(vector(), f"{TOPIC}-2")


def test_a_subscription_is_confirmed_at_amazon_only() -> None:
    confirmation = SES.handshake(vector("subscription"), TOPIC)
    assert isinstance(confirmation, Confirmation)
    assert confirmation.url.startswith("https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&")
    assert SES.handshake(vector(), TOPIC) is None
    assert SES.parse(vector("subscription")) == []
    with pytest.raises(SignatureError):
        SES.handshake(vector("subscription", SubscribeURL="https://evil.example/"), TOPIC)


def test_the_message_id_is_the_replay_key() -> None:
    assert SES.replay_key(vector()) == "9d2c5580-b61d-550c-8583-37a582870907"


# Events: django-anymail, tests/test_amazon_ses_webhooks.py, after Amazon's own examples
MAIL = {
    "timestamp": "2016-01-27T14:59:38.237Z",
    "messageId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
    "destination": ["jane@example.com", "mary@example.com"],
}
BOUNCE: dict[str, Any] = {
    "bounceType": "Permanent",
    "bounceSubType": "General",
    "bouncedRecipients": [
        {
            "emailAddress": "jane@example.com",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 <jane@example.com>... User unknown",
        }
    ],
    "timestamp": "2016-01-27T14:59:44.101Z",
    "feedbackId": "00000138111222aa-44455566",
}


def event(**message: object) -> HookRequest:
    return vector(Message=json.dumps({"mail": MAIL, **message}) + "\n")


@pytest.mark.parametrize(
    ("name", "part", "kind"),
    [
        ("Send", "send", "sent"),
        ("DeliveryDelay", "deliveryDelay", "deferred"),
        ("Delivery", "delivery", "delivered"),
        ("Bounce", "bounce", "bounced"),
        ("Reject", "reject", "rejected"),
        ("Rendering Failure", "failure", "failed"),
        ("Open", "open", "opened"),
        ("Click", "click", "clicked"),
        ("Complaint", "complaint", "complained"),
    ],
)
def test_every_event_becomes_ours_one_for_each_recipient(name: str, part: str, kind: str) -> None:
    for key in ("eventType", "notificationType"):
        events = SES.parse(event(**{key: name, part: {"timestamp": "2016-01-27T14:59:38.237Z"}}))
        assert [(one.kind, one.to) for one in events] == [(kind, "jane@example.com"), (kind, "mary@example.com")]
        assert len({one.event_id for one in events}) == 2
        assert all(one.message_id == MAIL["messageId"] for one in events)
        assert all(one.at == datetime(2016, 1, 27, 14, 59, 38, 237000, tzinfo=UTC) for one in events)


def test_a_bounce_names_its_recipients_with_code_and_words() -> None:
    (one,) = SES.parse(event(eventType="Bounce", bounce=BOUNCE))
    assert (one.to, one.code, one.reason) == ("jane@example.com", "5.1.1", None)
    assert one.detail == "smtp; 550 5.1.1 <jane@example.com>... User unknown"
    assert one.event_id == "00000138111222aa-44455566:jane@example.com"


def test_a_suppressed_address_has_its_reason() -> None:
    bounce = {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}
    one = SES.parse(event(eventType="Bounce", bounce=bounce))[0]
    assert (one.code, one.reason) == ("Permanent/OnAccountSuppressionList", "suppressed")


def test_other_events_are_no_delivery_events() -> None:
    assert SES.parse(event(eventType="Subscription")) == []


@pytest.mark.parametrize("body", [{}, [], {"Type": "Notification"}, {"Type": 1}, {"eventType": "Bounce"}])
def test_what_is_no_message_of_sns_is_malformed(body: object) -> None:
    with pytest.raises(MalformedHookError):
        SES.parse(request_of(body))


@pytest.mark.parametrize("message", ["", "no json", "[]", "{}", '{"mail": {}}'])
def test_what_is_no_event_of_ses_is_malformed(message: str) -> None:
    with pytest.raises(MalformedHookError):
        SES.parse(vector(Message=message))


def test_an_event_without_recipients_is_about_nobody() -> None:
    assert SES.parse(vector(Message='{"eventType": "Send"}')) == []
