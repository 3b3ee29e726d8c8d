import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from commlog_tui.contract.delivery import DeliveryKind
from commlog_tui.providers.errors import MalformedHookError, SignatureError
from commlog_tui.providers.request import HookRequest
from commlog_tui.providers.twilio import TWILIO
from tests.providers.asking import NOW, request_of

# Vectors: twilio-python, tests/unit/test_request_validator.py
TOKEN = "12345"
VECTOR_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
JSON_URL = f"{VECTOR_URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON_BODY = '{"property": "value", "boolean": true}'
DUPLICATE = "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234"
FORM = "application/x-www-form-urlencoded"


def vector(url: str, signature: str, body: str | None = None, content_type: str = FORM) -> HookRequest:
    text = urlencode(FIELDS) if body is None else body
    return request_of(text, {"x-twilio-signature": signature, "content-type": content_type}, url=url)


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (VECTOR_URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (VECTOR_URL.replace(".com", ".com:1234"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (VECTOR_URL.replace(".com", ".com:1234").replace("https", "http"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (VECTOR_URL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (VECTOR_URL.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
)
def test_published_signatures_of_forms_are_valid(url: str, signature: str) -> None:
    TWILIO.verify(vector(url, signature), TOKEN, NOW)


def test_a_repeated_field_is_signed_with_its_values_sorted() -> None:
    TWILIO.verify(vector(VECTOR_URL, "IK+Dwps556ElfBT0I3Rgjkr1wJU=", DUPLICATE), TOKEN, NOW)


def test_a_published_signature_of_json_is_valid_and_covers_the_body() -> None:
    signature = "a9nBmqA0ju/hNViExpshrM61xv4="
    TWILIO.verify(vector(JSON_URL, signature, JSON_BODY, "application/json"), TOKEN, NOW)
    with pytest.raises(SignatureError):
        TWILIO.verify(vector(JSON_URL, signature, JSON_BODY + " ", "application/json"), TOKEN, NOW)


def test_json_without_its_hash_in_the_url_is_refused() -> None:
    url_only = base64.b64encode(hmac.digest(b"12345", VECTOR_URL.encode(), "sha1")).decode()
    with pytest.raises(SignatureError):
        TWILIO.verify(vector(VECTOR_URL, url_only, JSON_BODY, "application/json"), TOKEN, NOW)


def test_the_public_url_is_the_one_that_counts() -> None:
    request = request_of(
        urlencode(FIELDS),
        {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "content-type": FORM},
        url="http://127.0.0.1:8000/myapp.php?foo=1&bar=2",
        public_url=VECTOR_URL,
    )
    TWILIO.verify(request, TOKEN, NOW)
    with pytest.raises(SignatureError):
        TWILIO.verify(vector("http://127.0.0.1:8000/myapp.php", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), TOKEN, NOW)


@pytest.mark.parametrize(("signed", "is_valid"), [("", True), ("#rc=5&rp=all", True), ("#rc=1", False)])
@pytest.mark.parametrize("port", ["", ":443"])
def test_the_retries_asked_for_in_the_urls_fragment_change_nothing(port: str, signed: str, is_valid: bool) -> None:
    (step,) = (step for step in TWILIO.steps("https://log.example/hook", TOKEN) if "#" in step)
    assert "https://log.example/hook#rc=5&rp=all as Delivery Status Callback" in step
    text = f"https://log.example{port}/hook{signed}" + "".join(f"{name}{FIELDS[name]}" for name in sorted(FIELDS))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), text.encode(), "sha1")).decode()
    request = vector("https://log.example/hook", signature)
    if is_valid:
        TWILIO.verify(request, TOKEN, NOW)
    else:
        with pytest.raises(SignatureError):
            TWILIO.verify(request, TOKEN, NOW)


@pytest.mark.parametrize("token", ["", "123456"])
def test_a_wrong_auth_token_is_refused(token: str) -> None:
    with pytest.raises(SignatureError):
        TWILIO.verify(vector(VECTOR_URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), token, NOW)


def test_a_missing_signature_and_a_changed_body_are_refused() -> None:
    for signature, body in (("", None), ("RSOYDt4T1cUTdK1PDd93/VVr8B8=", "Digits=1"), ("ü", None)):
        with pytest.raises(SignatureError):
            TWILIO.verify(vector(VECTOR_URL, signature, body), TOKEN, NOW)


def test_a_body_that_is_not_utf_8_is_verified_byte_by_byte() -> None:
    content = VECTOR_URL.encode() + b"Body\xff"
    signature = base64.b64encode(hmac.new(b"12345", content, hashlib.sha1).digest()).decode()
    TWILIO.verify(vector(VECTOR_URL, signature, "Body=%FF"), TOKEN, NOW)


def callback(status: str, **more: str) -> HookRequest:
    return request_of(urlencode({"MessageSid": "SM1", "MessageStatus": status, "To": "+4915112345678", **more}))


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        ("scheduled", ["scheduled"]),
        ("accepted", ["queued"]),
        ("queued", ["queued"]),
        ("sending", ["sent"]),
        ("sent", ["sent"]),
        ("delivered", ["delivered"]),
        ("undelivered", ["bounced"]),
        ("failed", ["failed"]),
        ("canceled", ["canceled"]),
        ("read", ["delivered", "opened"]),
        ("received", []),
        ("of a later version", []),
    ],
)
def test_every_status_becomes_our_event(status: str, kinds: list[str]) -> None:
    events = TWILIO.parse(callback(status))
    assert [event.kind for event in events] == kinds
    assert all((event.message_id, event.to, event.at) == ("SM1", "+4915112345678", NOW) for event in events)


def test_the_identity_of_an_event_is_sid_and_status() -> None:
    (first,), (again,) = TWILIO.parse(callback("sent")), TWILIO.parse(callback("sent", To="+1"))
    assert first.event_id == again.event_id == "SM1:sent"
    assert TWILIO.parse(callback("sending"))[0].event_id != first.event_id


def test_read_says_delivered_with_the_identity_of_delivered() -> None:
    (delivered,) = TWILIO.parse(callback("delivered"))
    assert TWILIO.parse(callback("read"))[0].event_id == delivered.event_id


def test_an_error_has_its_code_and_words() -> None:
    (event,) = TWILIO.parse(callback("undelivered", ErrorCode="30003", ErrorMessage="Unreachable"))
    assert (event.code, event.detail) == ("30003", "Twilio: undelivered; Unreachable")
    assert TWILIO.parse(callback("failed", ErrorCode="21610"))[0].reason == "opted-out"
    assert not TWILIO.parse(callback("failed", ErrorCode="0"))[0].code


def test_the_channel_is_no_part_of_a_number() -> None:
    assert TWILIO.parse(callback("sent", To="whatsapp:+49151"))[0].to == "+49151"


def test_a_call_has_statuses_of_its_own() -> None:
    (event,) = TWILIO.parse(request_of("CallSid=CA1&CallStatus=no-answer&To=%2B1"))
    assert event.kind is DeliveryKind.FAILED
    assert TWILIO.parse(request_of("CallSid=CA1&CallStatus=completed")) == []


@pytest.mark.parametrize("body", ["", "MessageSid=SM1", "MessageStatus=sent", "a=1&" * 300, "MessageSid=ü"])
def test_what_is_no_callback_is_malformed(body: str) -> None:
    with pytest.raises(MalformedHookError):
        TWILIO.parse(request_of(body))
