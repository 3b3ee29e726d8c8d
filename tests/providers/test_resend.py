import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.resend import RESEND
from tests.providers.asking import request_of

# Vector: Standard Webhooks and svix-webhooks, go/webhook_test.go
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
THEN = datetime.fromtimestamp(AT, UTC)
# Payload: django-anymail, tests/test_resend_webhooks.py
EVENT: dict[str, Any] = {
    "created_at": "2023-09-28T17:19:43.736Z",
    "data": {"email_id": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "to": ["Recipient <to@example.org>"]},
    "type": "email.sent",
}


def signed(body: bytes = BODY, prefix: str = "svix", **changes: str) -> HookRequest:
    values = {"id": ID, "timestamp": str(AT), "signature": SIGNATURE} | changes
    return request_of(body, {f"{prefix}-{name}": value for name, value in values.items()})


@pytest.mark.parametrize("prefix", ["svix", "webhook"])
@pytest.mark.parametrize("secret", [SECRET, SECRET.removeprefix("whsec_")])
def test_the_published_signature_is_valid(prefix: str, secret: str) -> None:
    RESEND.verify(signed(prefix=prefix), secret, THEN)


def test_one_valid_signature_of_several_is_enough() -> None:
    RESEND.verify(signed(signature=f"v1,AAAA v2,BBBB {SIGNATURE}"), SECRET, THEN)


@pytest.mark.parametrize(
    "request_",
    [
        signed(BODY + b"\n"),
        signed(id="msg_other"),
        signed(id=""),
        signed(timestamp=str(AT + 1)),
        signed(timestamp="x"),
        signed(signature=""),
        signed(signature=SIGNATURE.replace("v1", "v2")),
        signed(signature="v1,ü"),
        request_of(BODY),
    ],
)
def test_every_other_request_is_refused(request_: HookRequest) -> None:
    with pytest.raises(SignatureError):
        RESEND.verify(request_, SECRET, THEN)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA=="])
def test_every_other_secret_is_refused(secret: str) -> None:
    with pytest.raises(SignatureError):
        RESEND.verify(signed(), secret, THEN)


@pytest.mark.parametrize("seconds", [301, -301])
def test_five_minutes_are_tolerated_and_no_more(seconds: int) -> None:
    RESEND.verify(signed(), SECRET, THEN + timedelta(seconds=seconds - seconds // 301))
    with pytest.raises(SignatureError, match="too long ago"):
        RESEND.verify(signed(), SECRET, THEN + timedelta(seconds=seconds))


def test_a_non_ascii_timestamp_that_is_signed_is_refused_too() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{ID}.later.".encode() + BODY, hashlib.sha256).digest()
    with pytest.raises(SignatureError):
        RESEND.verify(signed(timestamp="later", signature=f"v1,{base64.b64encode(digest).decode()}"), SECRET, THEN)


def test_the_id_is_the_replay_key_and_the_event_id() -> None:
    request = request_of(EVENT, {"svix-id": ID})
    assert RESEND.replay_key(request) == ID == RESEND.parse(request)[0].event_id


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("email.scheduled", "scheduled"),
        ("email.sent", "sent"),
        ("email.delivery_delayed", "deferred"),
        ("email.delivered", "delivered"),
        ("email.bounced", "bounced"),
        ("email.suppressed", "rejected"),
        ("email.failed", "failed"),
        ("email.opened", "opened"),
        ("email.clicked", "clicked"),
        ("email.complained", "complained"),
    ],
)
def test_every_event_becomes_ours(name: str, kind: str) -> None:
    (event,) = RESEND.parse(request_of({**EVENT, "type": name}))
    assert (event.kind, event.to) == (kind, "to@example.org")
    assert event.message_id == "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
    assert event.at == datetime(2023, 9, 28, 17, 19, 43, 736000, tzinfo=UTC)


def test_a_bounce_has_type_and_words() -> None:
    bounce = {"type": "Permanent", "subType": "Suppressed", "message": "on the account-level suppression list"}
    (event,) = RESEND.parse(request_of({**EVENT, "type": "email.bounced", "data": EVENT["data"] | {"bounce": bounce}}))
    assert (event.code, event.reason) == ("Permanent/Suppressed", "suppressed")
    assert event.detail == "on the account-level suppression list"


def test_of_several_recipients_none_is_guessed() -> None:
    data = EVENT["data"] | {"to": ["a@example.org", "b@example.org"]}
    assert not RESEND.parse(request_of({**EVENT, "data": data}))[0].to


def test_other_types_are_no_delivery_events() -> None:
    assert RESEND.parse(request_of({"type": "contact.created"})) == []


@pytest.mark.parametrize("body", ["{}", "[]", '{"type": "email.sent"}', "", "{"])
def test_what_is_no_event_is_malformed(body: str) -> None:
    with pytest.raises(MalformedHookError):
        RESEND.parse(request_of(body))
