"""What a request costs.

Large and refused ones count as several, so that one token cannot keep the service busy.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.service import limits
from commlog_tui.service.limits import Limits, Window
from tests.service.calls import CALL, ENTRIES, add, bearer, is_problem
from tests.service.conftest import Serving, listening
from tests.service.test_connections import answer, connected

BATCH = f"{ENTRIES}/batch"


async def post(api: httpx.AsyncClient, path: str, body: object, key: str = "k") -> httpx.Response:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, **bearer("desk")}
    return await api.post(path, content=body if isinstance(body, bytes) else json.dumps(body), headers=headers)


def items(count: int, **fields: Any) -> dict[str, Any]:
    return {"items": [{"key": f"k{number}", "entry": CALL | fields} for number in range(count)]}


async def test_a_large_body_counts_as_several(serving: Serving) -> None:
    async with serving(writes=4) as api:  # 20 in five seconds
        large = items(20, body="x" * 70_000)  # ten more
        body = [(await post(api, BATCH, large)).status_code for _ in range(3)]
    assert body == [200, 200, 429]


async def test_a_body_of_any_size_is_taken_within_the_smallest_limit(serving: Serving, clock: list[float]) -> None:
    async with serving(writes=1) as api:
        large = items(70, body="x" * 100_000)
        assert (await post(api, BATCH, large)).status_code == 200
        refused = await post(api, BATCH, large)
        assert is_problem(refused, 429, "rate")
        clock[0] += int(refused.headers["retry-after"])
        assert (await post(api, BATCH, large)).status_code == 200


REFUSED = {
    "unknown fields": (BATCH, items(500, **{f"u{number}": 0 for number in range(390)})),
    "items that are refused": (BATCH, items(500, title="")),
    "too many values": (BATCH, items(500, **{f"u{number}": 0 for number in range(800)})),
    "escapes": (ENTRIES, b'{"body":"' + b"\\u0041" * 170_000 + b'"}'),
    "depth": (ENTRIES, b"[" * 1_000_000),
    "digits": (ENTRIES, b'{"title":1.' + b"7" * 1_000_000 + b"}"),
    "no JSON": (BATCH, b"x" * (8 << 20)),
    "a body that is too large": (ENTRIES, b"x" * (8 << 20)),
}


@pytest.mark.parametrize(("path", "body"), REFUSED.values(), ids=REFUSED)
async def test_a_large_body_that_is_refused_may_be_sent_a_few_times_only(
    serving: Serving, path: str, body: object
) -> None:
    async with serving() as api:
        message = [(await post(api, path, body)).status_code for _ in range(6)]
        assert message[5] == 429
        assert (await api.get("/v1/me", headers=bearer("desk"))).status_code == 200
        assert (await add(api, CALL, "k", "manager")).status_code == 201


async def test_a_few_wrong_items_cost_nothing_and_a_small_mistake_little(serving: Serving) -> None:
    async with serving(writes=2) as api:  # 10 in five seconds
        for _ in range(3):
            assert (await post(api, BATCH, items(20, title=""))).status_code == 200
        assert (await post(api, ENTRIES, {})).status_code == 422
        assert (await add(api, CALL, "k", "desk")).status_code == 201


async def test_large_answers_and_long_queries_count_as_several(serving: Serving) -> None:
    async with serving(reads=4) as api:
        await post(api, BATCH, items(10, body="x" * 100_000))
        assert (await api.get(ENTRIES, headers=bearer("desk"))).status_code == 200
        assert is_problem(await api.get(ENTRIES, headers=bearer("desk")), 429, "rate")
        assert (await api.get(ENTRIES, headers=bearer("manager"), params={"q": "x" * 30_000})).status_code == 400
        assert is_problem(await api.get("/v1/me", headers=bearer("manager")), 429, "rate")


def test_a_debt_is_paid_in_the_next_windows_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(limits, "monotonic", lambda: now)
    window = Window(10, 5)
    window.count("a", 1_000_000)
    window.count("b", 10)
    window.count("c", 25)
    assert [window.wait(key) for key in "abcd"] == [15, 5, 10, 0]
    now += 5
    assert [window.wait(key) for key in "abcd"] == [10, 0, 5, 0]
    now += 5
    assert [window.wait(key) for key in "abcd"] == [5, 0, 0, 0]
    now += 60
    assert window.wait("a") == 0
    assert not window._counts


async def test_a_connection_that_was_used_for_too_much_is_answered_again(own_log: Path) -> None:
    ask = b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer desk\r\n\r\n"
    with listening(own_log, Limits(reads=1)) as live:
        async with connected(live) as (reader, writer):
            items = []
            for _ in range(7):
                writer.write(ask)
                items.append((await answer(reader))[9:12])
            writer.write(ask.replace(b"desk", b"auditor"))
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")
    assert items == [b"200"] * 5 + [b"429"] * 2
