"""How calls become requests, and answers become objects."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.delivery import NewEvent
from commlog_tui.contract.entry import NewCorrection
from commlog_tui.contract.identity import id_of_key
from commlog_tui.contract.page import BatchItem
from commlog_tui.contract.query import EntryQuery
from tests.client.samples import AT, KEY, ME, TOKEN, entry, new_entry, receipt

PAGE = {
    "entries": [entry(3)],
    "first": 1,
    "total": {"count": 1, "exact": True},
    "newer": None,
    "older": None,
    "oldest": None,
}
PLACE = {"id": "pier", "name": "Pier", "zone": "Europe/London"}
NOBODY: dict[str, Any] = {"customers": [], "more": False}
CUSTOMER = {"id": "c/1", "name": "Zoë", "addresses": [], "numbers": [], "last_seen": AT}
DETAIL: dict[str, Any] = {"entry": entry(3), "original": None, "events": [], "corrections": [], "receipt": receipt("3")}
CORRECTION = NewCorrection.model_validate({"changes": {"code": None}, "reason": "typo"})
EVENT = NewEvent.model_validate({"kind": "delivered", "at": AT})


class Service:
    """Answers everything alike and keeps what it was asked."""

    def __init__(self, answer: Any, status: int = 200) -> None:
        self.raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.status = status
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self.status, content=self.raw)

    def client(self, base_url: str = "https://log.example", token: str = TOKEN) -> LogClient:
        return LogClient(base_url, token, transport=httpx.MockTransport(self))

    @property
    def last(self) -> httpx.Request:
        return self.asked[-1]


Call = Callable[[LogClient], Awaitable[object]]

READS: list[tuple[Call, object, str]] = [
    (lambda c: c.me(), json.loads(ME), "/v1/me"),
    (lambda c: c.locations(), {"locations": [PLACE]}, "/v1/locations"),
    (lambda c: c.location("pier"), {"location": PLACE, "channels": [], "seq": 4}, "/v1/locations/pier"),
    (lambda c: c.page("pier", EntryQuery()), PAGE, "/v1/locations/pier/entries?limit=50"),
    (lambda c: c.detail("pier", KEY), DETAIL, f"/v1/locations/pier/entries/{KEY}"),
    (lambda c: c.customer("pier", "c/1 ü?"), CUSTOMER, "/v1/locations/pier/customers/c%2F1%20%C3%BC%3F"),
    (
        lambda c: c.customers("pier", "+44 7700"),
        NOBODY,
        "/v1/locations/pier/customers?q=%2B44+7700&limit=20",
    ),
    (
        lambda c: c.customers("pier", "a\ud800", 5),
        NOBODY,
        "/v1/locations/pier/customers?q=a%3F&limit=5",
    ),
]


@pytest.mark.parametrize(("call", "answer", "path"), READS)
async def test_reads_ask_for_the_right_thing(call: Call, answer: object, path: str) -> None:
    service = Service(answer)
    assert await call(service.client())
    assert service.last.method == "GET"
    assert service.last.url.raw_path.decode() == path
    assert service.last.headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_query_is_asked_in_the_words_of_the_contract() -> None:
    service = Service(PAGE)
    values = {"via": ["sms", "email"], "since": AT, "customer_id": "c&1", "status": ["bounced"], "q": "Pier & Öl"}
    page = await service.client().page("pier", EntryQuery.model_validate(values), limit=200, cursor="abc")
    asked = service.last.url.params.multi_items()
    fields = {"since": AT, "customer_id": "c&1", "q": "Pier & Öl", "limit": "200", "cursor": "abc"}
    assert sorted(asked) == sorted([("via", "sms"), ("via", "email"), ("status", "bounced"), *fields.items()])
    assert page.entries[0].seq == 3


WRITES: list[tuple[Call, str, object]] = [
    (lambda c: c.add("pier", KEY, new_entry()), "entries", json.loads(new_entry().model_dump_json(exclude_unset=True))),
    (
        lambda c: c.correct("pier", "e1", KEY, CORRECTION),
        "entries/e1/corrections",
        {"changes": {"code": None}, "reason": "typo"},
    ),
    (lambda c: c.add_event("pier", "e1", EVENT, KEY), "entries/e1/events", {"kind": "delivered", "at": AT}),
]


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize(("call", "path", "body"), WRITES)
async def test_writes_say_only_what_was_given_under_their_key(call: Call, path: str, body: object, status: int) -> None:
    service = Service(receipt(), status)
    assert await call(service.client())
    assert service.last.method == "POST"
    assert service.last.url.path == f"/v1/locations/pier/{path}"
    assert service.last.headers["idempotency-key"] == KEY
    assert service.last.headers["content-type"] == "application/json"
    assert json.loads(service.last.content) == body


async def test_an_event_may_come_without_a_key() -> None:
    service = Service(receipt("whatever"), 201)
    await service.client().add_event("pier", "e1", EVENT)
    assert "idempotency-key" not in service.last.headers


@pytest.mark.parametrize("key", ["Müller-1", " padded ", "two\r\nlines: x", "\x00", "a\ud7ffb", "予約"])
async def test_a_key_that_fits_no_header_keeps_its_identity(key: str) -> None:
    service = Service(receipt(key), 201)
    assert (await service.client().add("pier", key, new_entry())).id == id_of_key(key)
    assert service.last.headers["idempotency-key"] == id_of_key(key)
    assert id_of_key(id_of_key(key)) == id_of_key(key)


@pytest.mark.parametrize("key", ["<msg-1@mail.example>", "a b", "x", KEY.upper()])
async def test_a_key_that_fits_a_header_is_sent_as_it_is(key: str) -> None:
    service = Service(receipt(key), 201)
    await service.client().add("pier", key, new_entry())
    assert service.last.headers["idempotency-key"] == key


@pytest.mark.parametrize("answer", [receipt("another key"), receipt(location="quay")])
async def test_a_receipt_for_something_else_is_none(answer: object) -> None:
    with pytest.raises(errors.UnexpectedAnswerError):
        await Service(answer, 201).client().add("pier", KEY, new_entry())


def batch_answer(key: str) -> dict[str, object]:
    return {"key": key, "status": 201, "receipt": receipt(key)}


ITEMS = [BatchItem(key=key, entry=new_entry(key)) for key in ("a", "b")]


async def test_a_batch_is_answered_item_by_item() -> None:
    service = Service({"items": [batch_answer("a"), batch_answer("b")]})
    assert [answer.key for answer in await service.client().add_batch("pier", ITEMS)] == ["a", "b"]
    sent = json.loads(service.last.content)["items"]
    assert [item["key"] for item in sent] == ["a", "b"]
    assert "body" not in sent[0]["entry"]


@pytest.mark.parametrize("keys", ["", "a", "ba", "abc"])
async def test_answers_that_do_not_fit_their_batch_are_unexpected(keys: str) -> None:
    with pytest.raises(errors.UnexpectedAnswerError):
        await Service({"items": [batch_answer(key) for key in keys]}).client().add_batch("pier", ITEMS)


@pytest.mark.parametrize("token", ["", "two words", "schlüssel", "“quoted”", "line\r\nX-Evil: 1"])
async def test_what_is_no_token_goes_into_no_header(token: str) -> None:
    service = Service(b"{}", 401)
    with pytest.raises(errors.TokenRefusedError):
        await service.client(token=token).me()
    assert "authorization" not in service.last.headers
    assert "x-evil" not in service.last.headers


@pytest.mark.parametrize("part", ["", ".", ".."])
async def test_an_id_that_a_path_loses_names_nothing(part: str) -> None:
    service = Service(CUSTOMER)
    with pytest.raises(errors.NotFoundError):
        await service.client().customer("pier", part)
    assert not service.asked


@pytest.mark.parametrize(
    "url", ["", "log.example", "http://", "http://[", "ftp://log.example", "http://log.example:99999"]
)
async def test_an_address_that_is_none_does_not_answer(url: str) -> None:
    client = LogClient(url, TOKEN, timeout=1)
    with pytest.raises(errors.UnreachableError):
        await client.me()


async def test_a_service_may_lie_below_a_path() -> None:
    service = Service(ME)
    await service.client("https://example.org/commlog/").me()
    assert str(service.last.url) == "https://example.org/commlog/v1/me"


async def test_a_closed_client_answers_as_nobody() -> None:
    client = Service(ME).client()
    await client.aclose()
    with pytest.raises(errors.UnreachableError):
        await client.me()
    with pytest.raises(errors.UnreachableError):
        await client.add("pier", KEY, new_entry())
    with pytest.raises(errors.UnreachableError):
        async with client.feed("pier", 0):
            pass
