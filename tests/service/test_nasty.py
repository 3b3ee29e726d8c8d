"""Values that have broken services before.

None may be answered with a fault, and none may change anything.
"""

import json

import httpx
import pytest

from tests.service.calls import CALL, ENTRIES, MAIL, SENT, UNKNOWN_ID, add, is_problem

JSON = {"Content-Type": "application/json", "Idempotency-Key": "k"}

NASTY_QUERIES = [
    "limit=0", "limit=201", "limit=9223372036854775808", "limit=-1", "limit=x", "cursor=x", "cursor=AAAA", "cursor=%00",
    "since=0001-01-01T00:00:00%2B14:00", "until=9999-12-31T23:59:59-14:00", "since=5", "since=Mon", "q=", "q=%00",
    "via=%F0",
    "status=opened", "reference=x", "unknown=1", "source=manual&source=manual", "%ff=1", "=", "&via=", "limit=٣",
    "limit=1e1",
    "limit=", "since=2026-02-30T00:00:00Z", "since=2026-11-03T09:14:00",
    "since=2026-11-03T09:14:00%2B24:00", "since=9999-12-31T23:59:59Z",
    "reference=%F0%9F%9B%B6", f"cursor={'A' * 501}", "limit=1&limit=2", "to=", "customer_id=", "source=me",
    f"q={'x' * 201}",
]  # fmt: skip


@pytest.mark.parametrize("query", NASTY_QUERIES)
async def test_a_bad_question_is_refused(api: httpx.AsyncClient, query: str) -> None:
    answer = await api.get(f"{ENTRIES}?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "q",
    [
        '"',
        "*",
        "a OR b",
        "NEAR(a b)",
        "🛶",
        "\u202e",
        "%",
        "_",
        "(((",
        "col:x",
        "日本語",
        "\x1b[31m",
        "'",
        "\\",
        "- -",
        "+",
        "00",
    ],
)
async def test_any_search_is_only_text(api: httpx.AsyncClient, q: str) -> None:
    await add(api, CALL | {"title": f"said {q} to us"}, "k")
    answer = await api.get(ENTRIES, params={"q": q})
    assert answer.status_code == 200
    assert answer.json()["total"]["count"] == 1


NASTY_BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b'{"via":"\\ud800"}', b"\xff", b"[" * 10_000, b'{"a":' * 10_000, b"1" * 5_000,
    json.dumps(CALL | {"title": "\x00"}).encode(), json.dumps(CALL | {"sent_at": 2**63}).encode(),
    json.dumps(CALL | {"sent_at": "0001-01-01T00:00:00+14:00"}).encode(),
    json.dumps(CALL | {"sent_at": "9999-12-31T23:59:59-14:00"}).encode(),
    json.dumps(CALL | {"title": "\ud800"}).encode(), json.dumps({"\ud800": 1}).encode(), b'{"kind":NaN}',
    b'{"at":1e999}',
    b"\xef\xbb\xbf{}",
    json.dumps(CALL).encode("utf-16"), b'{"changes":{"\\udc00":null}}', b'{"changes":{}}', b'{"items":{}}',
    b'{"items":[' + b"9" * 5_000 + b"]}",
    json.dumps(CALL | {"seq": 1}).encode(),
]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/batch",
        f"/{UNKNOWN_ID}/events",
        f"/{UNKNOWN_ID}/corrections",
        f"/{UNKNOWN_ID}/redaction",
        "/../customers/c/redaction",
    ],
)
@pytest.mark.parametrize("body", NASTY_BODIES, ids=lambda body: repr(body[:30]))
async def test_a_bad_body_is_refused_and_changes_nothing(api: httpx.AsyncClient, path: str, body: bytes) -> None:
    answer = await api.post(ENTRIES + path, content=body, headers=JSON)
    assert answer.status_code in {400, 422}
    assert (await api.get(ENTRIES)).json()["entries"] == []


@pytest.mark.parametrize(
    "item",
    [
        None, 1, "", [], {}, {"key": "\ud800", "entry": CALL}, {"key": "", "entry": CALL},
        {"key": "x" * 256, "entry": CALL},
        {"key": "\x00", "entry": CALL}, {"key": 2**63, "entry": CALL},
        {"key": "k", "entry": CALL | {"title": "\udfff"}},
        {"key": "k", "entry": CALL | {"sent_at": "0001-01-01T00:00:00+14:00"}}, {"key": "k", "entry": CALL, "seq": 1},
        {"key": "k", "entry": CALL | {"title": "x" * 501}}, {"key": "k", "entry": MAIL | {"to": ""}},
        {"key": "k", "entry": CALL | {"events": [SENT]}}, {"key": "k", "entry": MAIL | {"events": [SENT] * 51}},
    ],
    ids=lambda item: ascii(item)[:60],
)  # fmt: skip
async def test_a_bad_item_spoils_no_other(api: httpx.AsyncClient, item: object) -> None:
    items = [{"key": "one", "entry": CALL}, item, {"key": "two", "entry": CALL}]
    answer = await api.post(f"{ENTRIES}/batch", content=json.dumps({"items": items}), headers=JSON)
    assert [message["status"] for message in answer.json()["items"]] == [201, 422, 201]


@pytest.mark.parametrize("count", [0, 501])
async def test_a_batch_has_1_to_500_items(api: httpx.AsyncClient, count: int) -> None:
    items = [{"key": str(number), "entry": CALL} for number in range(count)]
    assert is_problem(await api.post(f"{ENTRIES}/batch", json={"items": items}), 422, "invalid")
    assert (await api.get(ENTRIES)).json()["entries"] == []


@pytest.mark.parametrize(
    "text", ["🛶👩\u200d🚀", "\u202eabc", "a\u0301", "\x1b]52;c;eA==\x07", "[/]", "\ufeff", "\U0010ffff", "x" * 500]
)
async def test_the_record_keeps_text_as_it_came(api: httpx.AsyncClient, text: str) -> None:
    entry_id = (await add(api, CALL | {"title": text, "to": text[:320], "body": text}, "k")).json()["id"]
    entry = (await api.get(f"{ENTRIES}/{entry_id}")).json()["entry"]
    assert (entry["title"], entry["to"], entry["body"]) == (text, text[:320], text)


@pytest.mark.parametrize(
    "part", ["%00", "%ff", "%2e%2e", "%ED%A0%80", "🛶", "x" * 65, "x" * 5_000, "%", "%zz", "a%0d%0ab", "quay%00"]
)
async def test_a_path_of_junk_is_refused(api: httpx.AsyncClient, part: str) -> None:
    paths = (f"/v1/locations/{part}", f"{ENTRIES}/{part}", f"/v1/locations/quay/customers/{part}", f"/{part}")
    for path in paths:
        assert (await api.get(path)).status_code in {400, 404}


@pytest.mark.parametrize("given", ["-1", "1.0", "٣", "0x1", "9" * 13, " 1 2", "1,2", "NaN", "\xff"])
async def test_a_position_that_no_feed_gave_is_refused(api: httpx.AsyncClient, given: str) -> None:
    answer = await api.get("/v1/locations/quay/feed", headers={b"Last-Event-ID": given.encode()})
    assert is_problem(answer, 400, "last-event-id")
