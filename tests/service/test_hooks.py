"""Webhooks of providers: proven, durable, once; and what is refused records nothing."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.providers.registry import PROVIDERS
from commlog_tui.service.app import create_app
from commlog_tui.service.limits import Limits
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.errors import StoreFullError, StoreUnavailableError
from commlog_tui.store.hook_file import HookFile
from commlog_tui.store.hook_settings import HookSettings, seal
from commlog_tui.store.hooks import HookRecord
from commlog_tui.store.signing import KeyFile
from commlog_tui.store.sqlite.store import SqliteStore
from tests.service import signed_hooks
from tests.service.calls import ENTRIES, MAIL, OWNER, bearer
from tests.service.signed_hooks import Signed

PUBLIC = "https://log.example.com"
SECRETS = {
    "twilio": signed_hooks.TWILIO_TOKEN,
    "sendgrid": signed_hooks.SENDGRID_SECRET,
    "mailgun": signed_hooks.MAILGUN_KEY,
    "postmark": "a-shared-secret",
}
TEXT = MAIL | {"via": "sms", "to": "+447700900123", "message": {"provider": "twilio", "id": "SM1"}}


@pytest.fixture
async def api(store: SqliteStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    keys, hooks = KeyFile(tmp_path / "log.key"), HookFile(tmp_path / "log.hooks")
    key = keys.hook_key(await store.log_name(), create=True)
    for provider, secret in SECRETS.items():
        sealed = seal(key, "quay", provider, HookSettings(secret, PUBLIC))
        hooks.set(HookRecord("quay", provider, sealed, datetime.now(UTC)))
    owner = Owner(OWNER, digest_of(OWNER))
    app = create_app(store, keys=keys, hooks=hooks, owner=owner, limits=Limits(failures=1_000), quiet=True)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://log.test") as client:
        yield client
    hooks.close()


async def post(api: httpx.AsyncClient, provider: str, signed: Signed, location: str = "quay") -> httpx.Response:
    return await api.post(f"/v1/hooks/{provider}/{location}", content=signed.body, headers=signed.headers)


def texted(status: str, sid: str = "SM1", url: str = f"{PUBLIC}/v1/hooks/twilio/quay", **more: str) -> Signed:
    return signed_hooks.twilio(url, MessageSid=sid, MessageStatus=status, To="+447700900123", **more)


async def add(api: httpx.AsyncClient, key: str, **entry: Any) -> str:
    headers = {"Idempotency-Key": key, **bearer(OWNER)}
    answer = await api.post(ENTRIES, json=TEXT | entry, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def detail(api: httpx.AsyncClient, entry: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.get(f"{ENTRIES}/{entry}", headers=bearer(OWNER))).json()
    return answer


async def test_a_report_changes_the_status_of_its_entry(api: httpx.AsyncClient) -> None:
    entry = await add(api, "k")
    for status in ("sent", "undelivered"):
        answer = await post(api, "twilio", texted(status, ErrorCode="30005"))
        assert (answer.status_code, answer.json()["recorded"]) == (200, 1)
    known = await detail(api, entry)
    assert known["entry"]["status"] == "bounced"
    last = known["events"][-1]
    assert (last["code"], last["channel"], last["actor"]) == ("30005", "signed-webhook", "Twilio (webhook)")


async def test_a_report_before_its_entry_waits_for_it(api: httpx.AsyncClient) -> None:
    assert (await post(api, "twilio", texted("delivered"))).json() == {"received": 1, "recorded": 1}
    entry = await add(api, "k")
    assert (await detail(api, entry))["entry"]["status"] == "delivered"


async def test_a_repeated_report_is_recorded_once(api: httpx.AsyncClient) -> None:
    entry = await add(api, "k")
    answers = [(await post(api, "twilio", texted("delivered"))).json()["recorded"] for _ in range(5)]
    assert answers == [1, 0, 0, 0, 0]
    assert len((await detail(api, entry))["events"]) == 1


async def test_a_batch_is_recorded_whole_and_its_trailing_line_break_counts(api: httpx.AsyncClient) -> None:
    now = int(time.time())
    events = [
        {"event": kind, "email": "ada@example.com", "timestamp": now, "sg_message_id": f"m{number}.filter"}
        for number, kind in enumerate(["processed", "delivered", "open"])
    ]
    signed = signed_hooks.sendgrid(now, *events)
    assert (await post(api, "sendgrid", signed)).json() == {"received": 3, "recorded": 3}
    stripped = Signed(signed.body.removesuffix(b"\r\n"), signed.headers)
    assert (await post(api, "sendgrid", stripped)).status_code == 401


def _replaced(signed: Signed, **headers: str) -> Signed:
    return Signed(signed.body, signed.headers | headers)


NOW = int(time.time())
DELIVERED = {"event": "delivered", "email": "a@example.com", "timestamp": NOW, "sg_message_id": "m"}
REFUSED: dict[str, Callable[[], tuple[str, str, Signed]]] = {
    "no signature": lambda: ("twilio", "quay", Signed(texted("sent").body)),
    "the token of another account": lambda: (
        "twilio",
        "quay",
        signed_hooks.twilio(f"{PUBLIC}/v1/hooks/twilio/quay", "other", MessageSid="SM1", MessageStatus="sent"),
    ),
    "signed for another location": lambda: (
        "twilio",
        "quay",
        texted("sent", url=f"{PUBLIC}/v1/hooks/twilio/pier"),
    ),
    "a location without this webhook": lambda: ("twilio", "pier", texted("sent")),
    "an unknown location": lambda: ("twilio", "nowhere", texted("sent")),
    "an unknown provider": lambda: ("carrier-pigeon", "quay", texted("sent")),
    "an old timestamp": lambda: ("sendgrid", "quay", signed_hooks.sendgrid(1_600_000_000, DELIVERED)),
    "a changed body": lambda: (
        "sendgrid",
        "quay",
        Signed(b"[]", signed_hooks.sendgrid(NOW, DELIVERED).headers),
    ),
    "another secret": lambda: ("postmark", "quay", Signed(b"{}", {"Authorization": "Basic YTpi"})),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_not_proven_records_nothing_and_is_answered_alike(
    api: httpx.AsyncClient, store: SqliteStore, name: str
) -> None:
    provider, location, signed = REFUSED[name]()
    answer = await post(api, provider, signed, location)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:commlog:problem:hook")
    reference = await post(api, "twilio", Signed(b""), "nowhere-at-all")
    assert answer.json() == reference.json()
    assert (await store.location("quay")).seq == 0


async def test_a_token_of_mailgun_serves_one_body(api: httpx.AsyncClient, store: SqliteStore) -> None:
    def event(message: str) -> dict[str, Any]:
        return {
            "event": "delivered",
            "id": f"id-{message}",
            "timestamp": NOW,
            "recipient": "ada@example.com",
            "message": {"headers": {"message-id": message}},
        }

    first = signed_hooks.mailgun(NOW, "a" * 50, event("one@example.com"))
    assert [(await post(api, "mailgun", first)).status_code for _ in range(2)] == [200, 200]
    other = signed_hooks.mailgun(NOW, "a" * 50, event("two@example.com"))
    assert (await post(api, "mailgun", other)).status_code == 401
    assert (await store.location("quay")).seq == 1


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("error", [StoreUnavailableError("The disk cannot be read."), StoreFullError("It is full.")])
async def test_own_trouble_is_answered_so_that_the_provider_tries_again(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, provider: str, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(HookFile, "find", fails)
    answer = await post(api, provider, Signed(b"{}"))
    assert answer.status_code == PROVIDERS[provider].trouble_status
    assert answer.status_code in {429, 503}
    assert answer.headers["retry-after"]


async def test_a_body_beyond_the_limit_is_not_read(api: httpx.AsyncClient) -> None:
    assert (await post(api, "twilio", Signed(b"x" * ((1 << 20) + 1)))).status_code == 413


async def test_guessing_is_limited_and_proven_requests_are_not(store: SqliteStore, tmp_path: Path) -> None:
    keys, hooks = KeyFile(tmp_path / "log.key"), HookFile(tmp_path / "log.hooks")
    sealed = seal(keys.hook_key(await store.log_name(), create=True), "quay", "twilio", HookSettings("12345", PUBLIC))
    hooks.set(HookRecord("quay", "twilio", sealed, datetime.now(UTC)))
    app = create_app(store, keys=keys, hooks=hooks, limits=Limits(failures=3, writes=1, reads=1, probes=1), quiet=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://log.test") as api:
        answers = [(await post(api, "twilio", texted("sent", sid=f"SM{n}"))).status_code for n in range(30)]
        assert set(answers) == {200}
        guesses = [(await post(api, "twilio", Signed(b"guess"))).status_code for _ in range(5)]
        assert guesses == [401, 401, 401, 429, 429]
        assert (await post(api, "twilio", texted("delivered"))).status_code == 200
    hooks.close()
