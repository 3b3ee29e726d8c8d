"""Nobody learns from answers which webhooks there are."""

import json
from pathlib import Path
from typing import Any, cast

import pytest

from commlog_tui.providers.registry import PROVIDERS
from commlog_tui.store.hook_settings import HookSettings
from commlog_tui.store.protocol import Store
from commlog_tui.store.sqlite.store import SqliteStore
from tests.service import signed_hooks
from tests.service.hook_scene import PUBLIC, serving, set_up
from tests.service.signed_hooks import Signed

JSON = {"Content-Type": "application/json"}
SNS = {"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:1:other", "Message": "{}", "MessageId": "m"}
URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"
REQUESTS: dict[str, tuple[str, Signed]] = {
    "nothing": ("POST", Signed(b"")),
    "no JSON": ("POST", Signed(b"{", JSON)),
    "nested too deeply": ("POST", Signed(b"[" * 1000 + b"]" * 1000, JSON)),
    "a form": ("POST", Signed(b"MessageSid=SM1&MessageStatus=sent")),
    "another secret": ("POST", Signed(b"{}", {"Authorization": "Basic YTpi", **JSON})),
    "a signature of Twilio": ("POST", signed_hooks.twilio(PUBLIC, "other", MessageSid="SM1", MessageStatus="sent")),
    "a signature of Mailgun": ("POST", signed_hooks.mailgun(1_700_000_000, "a" * 50, {}, "other")),
    "another topic": ("POST", Signed(json.dumps(SNS | {"SigningCertURL": URL}).encode(), JSON)),
    "a foreign certificate": ("POST", Signed(json.dumps(SNS | {"SigningCertURL": "https://x.example"}).encode(), JSON)),
    "too large": ("POST", Signed(b"x" * ((1 << 20) + 1))),
    "a GET": ("GET", Signed(b"")),
}
SECRETS = {slug: HookSettings("the-secret-of-a-webhook", PUBLIC, confirms=True) for slug in PROVIDERS}


class Watched:
    """A store that notes what is called."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self._store, name)


@pytest.mark.parametrize("name", REQUESTS)
async def test_unknown_and_existing_webhooks_answer_alike(store: SqliteStore, tmp_path: Path, name: str) -> None:
    method, signed = REQUESTS[name]
    hooks, watched = await set_up(tmp_path, store, SECRETS), Watched(store)
    fetched: list[str] = []

    async def fetch(url: str) -> bytes:
        fetched.append(url)
        return b""

    async with serving(tmp_path, cast("Store", watched), hooks) as (app, api):
        app.state.fetcher.certificate = fetch
        for provider in PROVIDERS:
            answers = []
            for location in ("quay", "pier", "nowhere"):
                watched.calls.clear()
                path = f"/v1/hooks/{provider}/{location}"
                for query in ("", "?key=wrong", "?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1"):
                    answer = await api.request(method, path + query, content=signed.body, headers=signed.headers)
                    calls = tuple(watched.calls)
                    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
                    answers.append((answer.status_code, answer.content, headers, calls))
            assert answers[:3] == answers[3:6] == answers[6:], provider
            assert {answer[0] for answer in answers} <= {401, 413}
    assert fetched == []
    assert (await store.location("quay")).seq == 0
