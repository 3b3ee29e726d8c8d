"""Handshakes of webhooks: Meta's challenge, and the subscription of Amazon SNS."""

from pathlib import Path

import pytest

from commlog_tui.providers.whatsapp import verify_token
from commlog_tui.service.hook_fetcher import Fetcher
from commlog_tui.store.hook_settings import HookSettings
from commlog_tui.store.sqlite.store import SqliteStore
from tests.service.hook_scene import PUBLIC, serving, set_up
from tests.service.signed_hooks import SNS_HOST, TOPIC, Amazon

WHATSAPP = "/v1/hooks/whatsapp/quay"
SES = "/v1/hooks/ses/quay"


async def test_metas_challenge_is_answered_to_the_verify_token_only(store: SqliteStore, tmp_path: Path) -> None:
    hooks = await set_up(tmp_path, store, {"whatsapp": HookSettings("app-secret", PUBLIC)})
    async with serving(tmp_path, store, hooks) as (_, api):
        query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": verify_token("app-secret")}
        answer = await api.get(WHATSAPP, params=query)
        assert (answer.status_code, answer.text) == (200, "1158201444")
        assert answer.headers["content-type"].startswith("text/plain")
        for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "unsubscribe"}, {"hub.challenge": "<b>"}):
            refused = await api.get(WHATSAPP, params=query | wrong)
            assert refused.status_code == 401
            assert "1158201444" not in refused.text


@pytest.mark.parametrize("confirms", [True, False])
async def test_a_subscription_is_confirmed_only_when_it_was_asked_for(
    store: SqliteStore, tmp_path: Path, confirms: bool
) -> None:
    amazon, fetched = Amazon(), list[str]()

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return amazon.certificate

    hooks = await set_up(tmp_path, store, {"ses": HookSettings(TOPIC, PUBLIC, confirms)})
    async with serving(tmp_path, store, hooks) as (app, api):
        app.state.fetcher = Fetcher(fetch)
        signed = amazon.subscription()
        answer = await api.post(SES, content=signed.body, headers=signed.headers)
        assert answer.status_code == 200
        confirmed = [url for url in fetched if "ConfirmSubscription" in url]
        assert confirmed == ([f"{SNS_HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"] if confirms else [])
        forged = signed.body.replace(b"Token=t", b"Token=u")
        assert (await api.post(SES, content=forged, headers=signed.headers)).status_code == 401
        assert len([url for url in fetched if "ConfirmSubscription" in url]) == len(confirmed)


async def test_an_event_over_sns_is_recorded_once_and_a_certificate_fetched_once(
    store: SqliteStore, tmp_path: Path
) -> None:
    amazon, fetched = Amazon(), list[str]()

    def fetch(url: str) -> bytes:
        fetched.append(url)
        return amazon.certificate

    at = "2026-11-03T08:14:00.000Z"
    event = {
        "eventType": "Delivery",
        "mail": {"messageId": "ses-1", "destination": ["ada@example.com"]},
        "delivery": {"timestamp": at, "recipients": ["ada@example.com"], "smtpResponse": "250 ok"},
    }
    hooks = await set_up(tmp_path, store, {"ses": HookSettings(TOPIC, PUBLIC)})
    async with serving(tmp_path, store, hooks) as (app, api):
        app.state.fetcher = Fetcher(fetch)
        signed = amazon.notification(event)
        answers = [(await api.post(SES, content=signed.body, headers=signed.headers)).json() for _ in range(3)]
    assert [answer["recorded"] for answer in answers] == [1, 0, 0]
    assert fetched == [amazon.certificate_url]
