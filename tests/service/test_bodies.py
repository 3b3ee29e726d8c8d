"""What a body may cost.

Size, values, depth, numbers, faults and memory are bounded before anything is made of it.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commlog_tui.service import bodies
from commlog_tui.service.bodies import BATCH_LIMIT, ENTRY_LIMIT, Budget, Structure
from commlog_tui.service.problems import MOST_FAULTS, ProblemError
from tests.service.calls import CALL, CHANGE, ENTRIES, MAIL, SENT, UNKNOWN_ID, WISH, bearer, is_problem

JSON = {"Content-Type": "application/json", "Idempotency-Key": "k"}
MANY = 200_000
LONG = ["x"] * 21


def count(value: Any) -> int:
    """Return how many values a value holds, itself not counted."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(1 + count(one) for one in inner)


values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=40,
)


@given(values, st.lists(st.integers(1, 40), max_size=30), st.booleans())
def test_values_are_counted_however_the_bytes_come(value: Any, cuts: list[int], escaped: bool) -> None:
    raw = json.dumps(value, ensure_ascii=escaped).encode(errors="surrogatepass")
    structure, start = Structure(10_000), 0
    for cut in [*cuts, len(raw)]:
        structure.feed(raw[start : start + cut])
        start += cut
    assert count(value) <= structure._count + 1 <= 2 * count(value) + 2


@given(st.text(st.sampled_from('[]{},:"\\x'), max_size=200))
def test_nothing_within_a_text_is_counted(text: str) -> None:
    raw = json.dumps({"title": text}).encode()
    structure = Structure(1)
    for byte in raw:
        structure.feed(bytes([byte]))


TOO_MANY: dict[str, tuple[str, Any]] = {
    "numbers": (ENTRIES, CALL | {"customer": {"id": "c", "numbers": [0] * MANY}}),
    "addresses": (ENTRIES, CALL | {"customer": {"id": "c", "addresses": [None] * MANY}}),
    "events": (ENTRIES, MAIL | {"events": [0] * MANY}),
    "unknown fields": (ENTRIES, CALL | {f"u{at}": 0 for at in range(60_000)}),
    "a list for a text": (ENTRIES, CALL | {"title": [[]] * MANY}),
    "an event": (f"{ENTRIES}/{UNKNOWN_ID}/events", SENT | {"detail": [0] * MANY}),
    "a correction": (
        f"{ENTRIES}/{UNKNOWN_ID}/corrections",
        {"changes": {"customer": {"id": "c", "numbers": [0] * MANY}}},
    ),
    "a redaction": (f"{ENTRIES}/{UNKNOWN_ID}/redaction", WISH | {f"u{at}": 0 for at in range(60_000)}),
    "of a customer": ("/v1/locations/quay/customers/c/redaction", [0] * MANY),
    "a batch": (f"{ENTRIES}/batch", {"items": [{"key": "k", "entry": {f"u{at}": 0 for at in range(1300)}}] * 500}),
    "items": (f"{ENTRIES}/batch", {"items": [0] * MANY}),
    "beside items": (f"{ENTRIES}/batch", {"items": [], "more": [0] * MANY}),
}


@pytest.mark.parametrize(("path", "body"), TOO_MANY.values(), ids=TOO_MANY)
async def test_more_values_than_a_valid_body_has_are_refused_unparsed(
    api: httpx.AsyncClient, path: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[bytes] = []
    monkeypatch.setattr(bodies, "parse", parsed.append)
    answer = await api.post(path, json=body, headers=JSON)
    assert is_problem(answer, 422, "invalid")
    assert len(answer.content) < 1_000
    assert parsed == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (ENTRIES, CALL | {"customer": {"id": "c", "numbers": [0] * 500}}, "customer.numbers"),
        (ENTRIES, CALL | {"customer": {"id": "c", "addresses": LONG}}, "customer.addresses"),
        (ENTRIES, MAIL | {"events": [0] * 51}, "events"),
        (
            f"{ENTRIES}/{UNKNOWN_ID}/corrections",
            {"changes": {"customer": {"id": "c", "numbers": LONG}}},
            "changes.customer.numbers",
        ),
    ],
)
async def test_the_length_of_a_list_is_looked_at_before_its_items(
    api: httpx.AsyncClient, path: str, body: Any, field: str
) -> None:
    answer = await api.post(path, json=body, headers=JSON)
    assert is_problem(answer, 422, "invalid")
    ((reported, message),) = [fault.values() for fault in answer.json()["errors"]]
    assert (reported, message.partition(";")[0]) == (field, "is too long")


async def test_at_most_twenty_faults_are_told(api: httpx.AsyncClient) -> None:
    faulty = MAIL | {"events": [{"kind": "x", "at": "x", "to": 1, "detail": 1} for _ in range(50)]}
    answer = await api.post(ENTRIES, json=faulty, headers=JSON)
    assert len(answer.json()["errors"]) == MOST_FAULTS
    batch = await api.post(f"{ENTRIES}/batch", json={"items": [{"key": f"k{at}", "entry": faulty} for at in range(20)]})
    assert {len(item["problem"]["errors"]) for item in batch.json()["items"]} == {MOST_FAULTS}


async def test_an_item_with_too_many_values_spoils_no_other(api: httpx.AsyncClient) -> None:
    heavy = {"key": "heavy", "entry": CALL | {f"u{at}": 0 for at in range(ENTRY_LIMIT.values)}}
    answer = await api.post(f"{ENTRIES}/batch", json={"items": [heavy, {"key": "k", "entry": CALL}]})
    assert [(item["key"], item["status"]) for item in answer.json()["items"]] == [("heavy", 422), ("k", 201)]


def full(number: int) -> dict[str, Any]:
    """Return an item with every list as long as it may be."""
    contacts = [f"+4477009{number:05}{at:02}" for at in range(20)]
    events = [{"kind": "sent", "at": f"2026-11-03T09:14:{at:02}Z", "detail": "[{,", "to": "a"} for at in range(50)]
    people = {"id": f"c{number}", "name": "Zoë", "addresses": contacts, "numbers": contacts}
    return {"key": f"k{number}", "entry": MAIL | {"customer": people, "events": events, "body": "a, [b] {c}: " * 200}}


async def test_a_batch_as_full_as_it_may_be_is_taken(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = json.dumps({"items": [full(number) for number in range(500)]})
    structure = Structure(BATCH_LIMIT.values)
    structure.feed(whole.encode())
    answer = await api.post(f"{ENTRIES}/batch", json={"items": [full(number) for number in range(25)]}, timeout=60)
    assert {item["status"] for item in answer.json()["items"]} == {201}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"title":' + b"1" * 4_000 + b"}",
        b'{"title":1.' + b"1" * 900_000 + b"}",
        b'{"title":1e' + b"9" * 900_000 + b"}",
        b'{"title":-' + b"9" * 900_000 + b"}",
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 900_000,
        b'"' + b"\\" * 900_000,
        b'"' + b'\\"' * 400_000,
        b'{"title":NaN}',
        b'{"title":-Infinity}',
    ],
    ids=lambda raw: raw[:14].decode(),
)
async def test_numbers_and_depth_are_bounded(api: httpx.AsyncClient, raw: bytes) -> None:
    for path in (ENTRIES, f"{ENTRIES}/batch"):
        answer = await api.post(path, content=raw, headers=JSON)
        assert is_problem(answer, 400, "json") or is_problem(answer, 422, "invalid")


@pytest.mark.parametrize("query", ["&".join(["via=sms"] * 21), "&".join(["via=A"] * 99)], ids=["valid", "not valid"])
async def test_a_list_of_the_query_is_looked_at_before_its_items(api: httpx.AsyncClient, query: str) -> None:
    answer = await api.get(f"{ENTRIES}?{query}")
    assert is_problem(answer, 400, "parameters")
    assert [fault["message"] for fault in answer.json()["errors"]] == ["is too long; at most 20"]


@pytest.mark.parametrize(
    "path", [ENTRIES, "/v1/me", "/v1/locations/quay/customers", "/healthz", "/v1/locations/quay/ledger/records"]
)
@pytest.mark.parametrize(
    "query",
    ["&".join(f"a{at}" for at in range(9_000)), "&" * 9_000, "&".join(["q=x"] * 9_000)],
    ids=["unknown", "empty", "repeated"],
)
async def test_a_query_of_very_many_parameters_is_refused(api: httpx.AsyncClient, path: str, query: str) -> None:
    answer = await api.get(f"{path}?{query}")
    assert is_problem(answer, 400, "parameters")
    assert len(answer.json()["errors"]) <= MOST_FAULTS


async def test_at_most_twenty_faults_of_a_query_are_told(api: httpx.AsyncClient) -> None:
    answer = await api.get(ENTRIES, params={"via": [f"A{at}" for at in range(20)], "limit": "x"})
    assert is_problem(answer, 400, "parameters")
    assert len(answer.json()["errors"]) == MOST_FAULTS


def test_large_bodies_have_a_budget_in_all_and_by_token() -> None:
    budget = Budget(1 << 20)
    budget.reserve("one", 3 << 17)
    budget.reserve("two", 3 << 17)
    for token, size, status in (("one", 1, 429), ("three", 3 << 17, 503)):
        with pytest.raises(ProblemError) as refused:
            budget.reserve(token, size)
        assert (refused.value.problem.status, refused.value.headers["Retry-After"]) == (status, "1")
    budget.reserve("three", 1 << 18)
    budget.release("one", 3 << 17)
    budget.reserve("four", 3 << 17)


async def test_what_a_body_held_is_let_go_however_it_ended(api: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 65_536

    transport: Any = api._transport
    budget: Budget = transport.app.state.body_budget
    for content in (pieces(), b"[" * 100_000, b" " * 100_000, json.dumps(CALL | {"body": "x" * 90_000}).encode()):
        await api.post(ENTRIES, content=content, headers=JSON)
        assert budget._held.total() == 0


async def test_a_small_body_is_taken_though_the_budget_is_spent(api: httpx.AsyncClient) -> None:
    transport: Any = api._transport
    budget: Budget = transport.app.state.body_budget
    for token in ("a", "b", "c"):
        budget.reserve(token, min(24 << 20, (64 << 20) - budget._held.total()))
    large = await api.post(f"{ENTRIES}/batch", content=b" " * (1 << 20), headers=JSON | bearer("desk"))
    assert is_problem(large, 503, "busy")
    assert large.headers["retry-after"] == "1"
    assert (await api.post(ENTRIES, json=CALL, headers=JSON | bearer("desk"))).status_code == 201
    assert is_problem(
        await api.post(f"{ENTRIES}/{UNKNOWN_ID}/corrections", json=CHANGE, headers=JSON), 404, "not-found"
    )
