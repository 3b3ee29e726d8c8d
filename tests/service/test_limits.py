"""Rate limits.

What is refused changes nothing, tells when to come back, and touches nobody else.
"""

from pathlib import Path
from typing import cast

import httpx
import pytest
import time_machine

from commlog_tui.service import limits
from commlog_tui.service.limits import Limits
from commlog_tui.service.problems import ProblemError
from commlog_tui.store.sqlite.store import SqliteStore
from tests.patience import PATIENCE
from tests.service.calls import CALL, ENTRIES, MAIL, OWNER, add, bearer, is_problem
from tests.service.conftest import Serving, listening


async def test_a_token_that_writes_too_much_waits_and_nothing_is_changed(serving: Serving, store: SqliteStore) -> None:
    async with serving(writes=1) as api:
        told = [await add(api, CALL, f"k{number}", "desk") for number in range(6)]
        assert [answer.status_code for answer in told] == [201] * 5 + [429]
        assert is_problem(told[5], 429, "rate")
        assert told[5].headers["retry-after"] == "5"
        assert "Nothing was changed. Ask again in 5 seconds." in told[5].json()["detail"]
        assert (await store.location("quay")).seq == 5


async def test_what_was_refused_is_taken_once_the_time_named_is_over(serving: Serving, clock: list[float]) -> None:
    async with serving(writes=1) as api:
        for number in range(5):
            await add(api, CALL, f"k{number}", "desk")
        clock[0] += 1.5
        refused = await add(api, CALL, "late", "desk")
        assert refused.headers["retry-after"] == "4"
        clock[0] += int(refused.headers["retry-after"])
        assert (await add(api, CALL, "late", "desk")).status_code == 201


async def test_reads_and_writes_and_tokens_are_counted_apart(serving: Serving) -> None:
    async with serving(reads=1, writes=1) as api:
        for _ in range(5):
            assert (await api.get(ENTRIES, headers=bearer("desk"))).status_code == 200
        assert is_problem(await api.get(ENTRIES, headers=bearer("desk")), 429, "rate")
        assert (await add(api, CALL, "k", "desk")).status_code == 201
        assert (await api.get(ENTRIES, headers=bearer("auditor"))).status_code == 200


async def test_the_owner_of_an_embedded_service_is_not_counted(serving: Serving) -> None:
    async with serving(reads=1, failures=1) as api:
        await api.get(ENTRIES, headers=bearer("guess"))
        assert {(await api.get(ENTRIES, headers=bearer(OWNER))).status_code for _ in range(7)} == {200}


async def test_none_at_all_is_no_limit(serving: Serving) -> None:
    async with serving(reads=0, writes=0) as api:
        assert {(await api.get(ENTRIES, headers=bearer("desk"))).status_code for _ in range(7)} == {200}
        assert {(await add(api, MAIL, "k", "admin")).status_code for _ in range(7)} == {200, 201}


async def test_unknown_tokens_lock_out_no_valid_one(serving: Serving, clock: list[float]) -> None:
    async with serving(failures=3) as api:
        transport = cast("httpx.ASGITransport", api._transport)
        for number in range(3):
            assert is_problem(await api.get("/v1/me", headers=bearer(f"guess-{number}")), 401, "token")
        assert is_problem(await api.get("/v1/me", headers=bearer("guess-4")), 429, "failures")
        refused = await api.get("/v1/me", headers=bearer("guess-5"))
        assert refused.headers["retry-after"] == "60"
        assert (await api.get("/v1/me", headers=bearer("desk"))).status_code == 200
        assert (await add(api, CALL, "k", "desk")).status_code == 201
        transport.client = ("192.0.2.8", 4711)
        assert is_problem(await api.get("/v1/me", headers=bearer("guess-6")), 401, "token")
        transport.client = ("192.0.2.7", 4711)
        clock[0] += 60
        assert is_problem(await api.get("/v1/me", headers=bearer("guess-7")), 401, "token")


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/openapi.json"])
async def test_what_needs_no_token_is_limited_by_address(serving: Serving, clock: list[float], path: str) -> None:
    async with serving(probes=1) as api:
        assert {(await api.get(path)).status_code for _ in range(5)} == {200}
        refused = await api.get(path)
        assert is_problem(refused, 429, "rate")
        assert refused.headers["retry-after"] == "5"
        assert (await api.get("/healthz")).status_code == 200
        assert (await api.get("/v1/me", headers=bearer("desk"))).status_code == 200
        clock[0] += 5
        assert (await api.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "statuses"),
    [
        ((), [401, 429]),
        (("192.0.2.0/24",), [401, 429]),
        (("127.0.0.1",), [401, 401]),
        (("127.0.0.0/8", "10.0.0.1"), [401, 401]),
    ],
    ids=str,
)
async def test_only_a_trusted_proxy_says_where_a_request_comes_from(
    own_log: Path, proxies: tuple[str, ...], statuses: list[int]
) -> None:
    with listening(own_log, Limits(failures=1), trusted_proxies=proxies) as live:
        async with httpx.AsyncClient(base_url=live.url, timeout=PATIENCE) as api:
            told = [
                await api.get("/v1/me", headers=bearer("guess") | {"X-Forwarded-For": f"192.0.2.{number}"})
                for number in range(2)
            ]
    assert [answer.status_code for answer in told] == statuses


async def test_no_token_is_no_guess(serving: Serving) -> None:
    async with serving(failures=1) as api:
        for _ in range(3):
            assert is_problem(await api.get("/v1/me"), 401, "token")
        assert (await api.get("/v1/me", headers=bearer("desk"))).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_an_address_of_a_network_with_many_counts_as_the_network(one: str, other: str, same: bool) -> None:
    limiter = limits.Limiter(Limits(failures=1))
    limiter.record_failure(one)
    if same:
        with pytest.raises(ProblemError):
            limiter.record_failure(other)
    else:
        limiter.record_failure(other)


async def test_a_clock_set_back_locks_nobody_out(serving: Serving) -> None:
    async with serving(reads=1) as api:
        with time_machine.travel("2026-11-03T12:00:00Z", tick=False) as wall:
            for _ in range(5):
                await api.get(ENTRIES, headers=bearer("desk"))
            wall.shift(-3600)
            refused = await api.get(ENTRIES, headers=bearer("desk"))
        assert refused.headers["retry-after"] == "5"


async def test_a_window_that_ended_keeps_nothing(clock: list[float]) -> None:
    window = limits.Window(1, 5)
    for number in range(100):
        window.wait(str(number))
        window.count(str(number))
    clock[0] += 5
    assert window.wait("0") == 0
    assert len(window._counts) <= 1
