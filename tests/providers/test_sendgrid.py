import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.sendgrid import SENDGRID, message_id
from tests.providers.asking import NOW, request_of

# Vector: sendgrid-python, test/unit/test_eventwebhook.py
KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpigl"
    "SI8eNEc6wEA3F+g=="
)
OTHER_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFD"
    "b/R1NGe1OPzpA=="
)
SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
OTHER_SIGNATURE = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0="
TIMESTAMP = "1600112502"
EVENT = {
    "email": "hello@world.com",
    "event": "dropped",
    "reason": "Bounced Address",
    "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
    "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
    "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
    "timestamp": 1600112492,
}
PAYLOAD = json.dumps([EVENT], sort_keys=True, separators=(",", ":")).encode() + b"\r\n"
THEN = datetime.fromtimestamp(1600112600, UTC)


def signed(body: bytes = PAYLOAD, signature: str = SIGNATURE, timestamp: str = TIMESTAMP) -> HookRequest:
    names = ("x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp")
    return request_of(body, dict(zip(names, (signature, timestamp), strict=True)))


def test_the_published_signature_is_valid() -> None:
    SENDGRID.verify(signed(), KEY, THEN)
    SENDGRID.verify(signed(), f" {KEY}\n", THEN)


@pytest.mark.parametrize(
    "request_",
    [
        signed(PAYLOAD.rstrip()),
        signed(b"payload"),
        signed(signature=OTHER_SIGNATURE),
        signed(signature=""),
        signed(signature="ü"),
        signed(timestamp="1600112503"),
        signed(timestamp="timestamp"),
        signed(timestamp=""),
        request_of(PAYLOAD),
    ],
)
def test_every_other_request_is_refused(request_: HookRequest) -> None:
    with pytest.raises(SignatureError):
        SENDGRID.verify(request_, KEY, THEN)


@pytest.mark.parametrize("key", [OTHER_KEY, "", "no key", "ü", "MFkw"])
def test_every_other_key_is_refused(key: str) -> None:
    with pytest.raises(SignatureError):
        SENDGRID.verify(signed(), key, THEN)


def test_a_key_of_another_curve_is_refused() -> None:
    private = ec.generate_private_key(ec.SECP384R1())
    key = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signature = base64.b64encode(private.sign(TIMESTAMP.encode() + PAYLOAD, ec.ECDSA(SHA256()))).decode()
    with pytest.raises(SignatureError, match="no key of SendGrid's kind"):
        SENDGRID.verify(signed(signature=signature), base64.b64encode(key).decode(), THEN)


@pytest.mark.parametrize("distance", [timedelta(hours=27), -timedelta(minutes=6)])
def test_an_old_or_future_timestamp_is_refused_but_not_one_within_the_retries(distance: timedelta) -> None:
    at = datetime.fromtimestamp(int(TIMESTAMP), UTC)
    SENDGRID.verify(signed(), KEY, at + timedelta(hours=24))
    with pytest.raises(SignatureError, match="too long ago"):
        SENDGRID.verify(signed(), KEY, at + distance)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("processed", "queued"),
        ("deferred", "deferred"),
        ("delivered", "delivered"),
        ("bounce", "bounced"),
        ("dropped", "rejected"),
        ("open", "opened"),
        ("click", "clicked"),
        ("spamreport", "complained"),
    ],
)
def test_every_event_becomes_ours(word: str, kind: str) -> None:
    (event,) = SENDGRID.parse(request_of([{**EVENT, "event": word}]))
    assert (event.kind, event.message_id, event.to) == (kind, "LRzXl_NHStOGhQ4kofSm_A", "hello@world.com")
    assert event.at == datetime(2020, 9, 14, 19, 41, 32, tzinfo=UTC)


def test_a_dropped_message_has_its_reason() -> None:
    (event,) = SENDGRID.parse(signed())
    assert (event.detail, event.reason) == ("Bounced Address", "suppressed")


def test_a_bounce_has_its_code_and_the_words_of_the_server() -> None:
    bounce = {**EVENT, "event": "bounce", "status": "5.1.1", "reason": "550 5.1.1 no such user"}
    (event,) = SENDGRID.parse(request_of([bounce]))
    assert (event.code, event.detail, event.reason) == ("5.1.1", "550 5.1.1 no such user", None)


def test_a_repeat_has_the_same_identity_and_another_event_another() -> None:
    events = SENDGRID.parse(request_of([EVENT, EVENT, {**EVENT, "event": "open"}, {**EVENT, "timestamp": 1600112493}]))
    assert len({event.event_id for event in events}) == 3


def test_subscriptions_and_events_of_later_versions_are_no_delivery_events() -> None:
    assert SENDGRID.parse(request_of([{"event": "group_unsubscribe"}, {"event": "account_status_change"}, 1])) == []


def test_one_bad_event_does_not_lose_the_others() -> None:
    broken: dict[str, Any] = {**EVENT, "timestamp": "yesterday"}
    assert len(SENDGRID.parse(request_of([broken, EVENT]))) == 1
    with pytest.raises(MalformedHookError):
        SENDGRID.parse(request_of([broken]))


def test_too_many_events_are_refused() -> None:
    with pytest.raises(MalformedHookError):
        SENDGRID.parse(request_of(b"[" + b"{}," * 6_000 + b"{}]"))


def test_the_time_is_that_of_the_event() -> None:
    assert all(event.at != NOW for event in SENDGRID.parse(signed()))


@pytest.mark.parametrize(
    ("stated", "ours"),
    [
        ("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469"),
        ("abcDEF_1-x.recvd-5c5d-abc-1-600.0", "abcDEF_1-x"),
        ("abcDEF_1-x.filterdrecv-p3las1-5c5d-19-600.0", "abcDEF_1-x"),
        ("abcDEF_1-x.unknown.0", "abcDEF_1-x"),
        ("abcDEF_1-x", "abcDEF_1-x"),
    ],
)
def test_the_message_is_the_one_that_the_api_named(stated: str, ours: str) -> None:
    assert message_id(stated) == ours
