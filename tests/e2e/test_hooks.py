"""Callbacks of Twilio and SendGrid, signed by code of the tests' own, change what people see."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.location import Role
from tests.cli.served import served
from tests.patience import PATIENCE
from tests.service import signed_hooks
from tests.service.signed_hooks import SENDGRID_SECRET, TWILIO_TOKEN, Signed

AT = "2026-11-03T09:14:00Z"
TEXT = {"via": "sms", "to": "+447700900123", "message": {"provider": "twilio", "id": "SM1"}}
MAIL = {"via": "email", "to": "ada@example.com", "message": {"provider": "sendgrid", "id": "m1"}}


def set_up(log: Path, provider: str, secret: str) -> None:
    command = [sys.executable, "-m", "commlog_tui", "hook", "add", provider, "quay", "--database", str(log)]
    subprocess.run([*command, "--url", "https://log.example.com"], input=secret, text=True, check=True)


def post(url: str, provider: str, signed: Signed) -> httpx.Response:
    return httpx.post(f"{url}/v1/hooks/{provider}/quay", content=signed.body, headers=signed.headers, timeout=PATIENCE)


def test_callbacks_of_twilio_and_sendgrid_change_a_status(own_log: Path, tmp_path: Path) -> None:
    set_up(own_log, "twilio", TWILIO_TOKEN)
    set_up(own_log, "sendgrid", SENDGRID_SECRET)
    entries, now = "/v1/locations/quay/entries", int(time.time())
    with served(own_log, tmp_path / "service.log") as url:

        def detail(key: str) -> dict[str, Any]:
            headers = {"Authorization": f"Bearer {Role.MANAGER.value}"}
            answer = httpx.get(f"{url}{entries}/{id_of_key(key)}", headers=headers, timeout=PATIENCE)
            return cast("dict[str, Any]", answer.json())

        for key, message in (("text", TEXT), ("mail", MAIL)):
            headers = {"Authorization": f"Bearer {Role.SENDER.value}", "Idempotency-Key": key}
            body = message | {"title": "Reminder", "source": "system", "sent_at": AT}
            assert httpx.post(url + entries, json=body, headers=headers, timeout=PATIENCE).status_code == 201
        callback = "https://log.example.com/v1/hooks/twilio/quay"
        fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003", "To": "+447700900123"}
        assert post(url, "twilio", signed_hooks.twilio(callback, **fields)).status_code == 200
        event = {"event": "delivered", "email": "ada@example.com", "timestamp": now, "sg_message_id": "m1.filter"}
        assert post(url, "sendgrid", signed_hooks.sendgrid(now, event)).status_code == 200
        assert (detail("text")["entry"]["status"], detail("mail")["entry"]["status"]) == ("bounced", "delivered")
        assert detail("text")["events"][-1]["code"] == "30003"


@pytest.mark.usefixtures("warm_services")
def test_the_service_of_a_desk_is_like_every_other(own_log: Path) -> None:
    set_up(own_log, "twilio", TWILIO_TOKEN)
    embedded = EmbeddedService(own_log)
    try:
        url, headers = embedded.base_url, {"Authorization": f"Bearer {embedded.token}"}
        callback = "https://log.example.com/v1/hooks/twilio/quay"
        signed = signed_hooks.twilio(callback, MessageSid="SM1", MessageStatus="sent")
        assert post(url, "twilio", signed).json()["recorded"] == 1
        (hook,) = httpx.get(f"{url}/v1/locations/quay/hooks", headers=headers, timeout=PATIENCE).json()["hooks"]
        assert (hook["provider"], hook["name"], hook["silent_since"]) == ("twilio", "Twilio", None)
        assert hook["last_at"]
    finally:
        embedded.close()
