"""What those who run the service see of it."""

import asyncio
import re

import httpx
import pytest

from commlog_tui.service import operations
from commlog_tui.service.app import create_app
from commlog_tui.service.journal import write_line
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.sqlite.store import SqliteStore
from tests.service.calls import CALL, ENTRIES, OWNER, UNKNOWN_ID, add, bearer


async def test_alive_and_ready(api: httpx.AsyncClient) -> None:
    assert (await api.get("/healthz")).json() == {"status": "ok"}
    assert (await api.get("/readyz")).json() == {"status": "ready"}
    assert (await api.get("/v1/locations/quay")).json()["seq"] == 0


async def test_however_many_ask_whether_it_is_ready_few_writes_are_made(
    api: httpx.AsyncClient, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, tried, check = [1000.0], 0, store.check_writable

    async def counted() -> None:
        nonlocal tried
        tried += 1
        await check()

    monkeypatch.setattr(operations, "monotonic", lambda: now[0])
    monkeypatch.setattr(store, "check_writable", counted)
    answers = await asyncio.gather(*(api.get("/readyz") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert tried == 1
    now[0] += 1
    await api.get("/readyz")
    assert tried == 2


async def test_metrics_name_routes_and_nothing_else(api: httpx.AsyncClient) -> None:
    await api.get(f"{ENTRIES}/{UNKNOWN_ID}")
    await api.get("/ada@example.com")
    answer = (await api.get("/metrics")).text
    count = (
        'commlog_request_seconds_count{method="GET",route="/v1/locations/{location}/entries/{entry_id}",status="404"} '
        "1.0"
    )
    assert count in answer
    assert UNKNOWN_ID not in answer
    assert "quay" not in answer
    assert "ada" not in answer


async def test_metrics_tell_the_time_of_every_call_of_the_store(api: httpx.AsyncClient) -> None:
    await api.get(ENTRIES)
    await add(api, CALL, "k")
    await api.get("/v1/locations/nowhere/entries")
    await api.get("/v1/locations/quay/tasks")
    lines = (await api.get("/metrics")).text.splitlines()
    assert 'commlog_store_seconds_count{call="append"} 1.0' in lines
    assert 'commlog_store_seconds_count{call="page"} 2.0' in lines, "a call that failed is one too"
    assert 'commlog_store_seconds_bucket{call="page",le="+Inf"} 2.0' in lines
    assert 'commlog_store_seconds_count{call="tasks"} 1.0' in lines
    assert not [line for line in lines if 'call="wait"' in line], "waiting is no work"


async def test_two_services_in_one_process_count_apart(store: SqliteStore) -> None:
    for _ in range(2):
        transport = httpx.ASGITransport(create_app(store, quiet=True))
        async with httpx.AsyncClient(transport=transport, base_url="http://log.test") as api:
            await api.get("/healthz")
            assert 'route="/healthz",status="200"} 1.0' in (await api.get("/metrics")).text


async def test_a_line_a_request_without_anybodys_data(store: SqliteStore, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://log.test", headers=bearer(OWNER)
    ) as api:
        await add(api, CALL | {"title": "Ada rang", "to": "07700 900123"}, "ada-key")
        await api.get(ENTRIES, params={"q": "Ada"}, headers={"X-Request-Id": "abc_1-Z"})
    first, second = capsys.readouterr().err.splitlines()
    stamp = r"at=\d{4}-\d\d-\d\dT\S+Z event=request "
    route = r"route=/v1/locations/\{location\}/entries"
    assert re.fullmatch(stamp + rf"method=POST {route} status=201 ms=[\d.]+ request_id=[0-9a-f]{{32}}", first)
    assert re.fullmatch(stamp + rf"method=GET {route} status=200 ms=[\d.]+ request_id=abc_1-Z", second)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "ada@example.com", "é"])
async def test_a_request_id_that_is_not_sane_is_replaced(api: httpx.AsyncClient, given: str) -> None:
    answer = await api.get("/healthz", headers={b"X-Request-Id": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7.5, "7.5"),
        ("done", "done"),
        ("held back", '"held back"'),
        ("a=b", '"a=b"'),
        ('say "no"', r'"say \"no\""'),
        ("two\nlines", r"two\nlines"),
        ("two lines\n\\ more", r'"two lines\n\\ more"'),
    ],
)
def test_a_line_of_the_log_is_one_line_of_logfmt(value: object, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_line("retention", why=value)
    line = capsys.readouterr().err
    assert re.fullmatch(r"at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z event=retention why=.*\n", line)
    assert line.endswith(f" why={shown}\n")
