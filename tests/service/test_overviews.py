"""Statistics and the worklist over HTTP, as the client reads them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from commlog_tui.client import errors
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.base import format_instant
from commlog_tui.contract.statistics import Statistics, StatisticsQuery
from commlog_tui.contract.worklist import Worklist
from tests.service.calls import MAIL, OWNER, add, is_problem

AT = "/v1/locations/quay"


async def failed(api: httpx.AsyncClient, key: str, **fields: Any) -> str:
    """Record an entry of now that bounced; return its id."""
    now = format_instant(datetime.now(UTC))
    answer = await add(api, MAIL | {"sent_at": now, "events": [{"kind": "bounced", "at": now}]} | fields, key)
    return str(answer.json()["id"])


async def test_statistics_are_counted_by_day_hour_and_week(api: httpx.AsyncClient) -> None:
    for key, kind in (("1", "reminder"), ("2", "reminder"), ("3", None)):
        await add(api, MAIL | {"kind": kind, "events": [{"kind": "sent", "at": "2026-11-03T09:15:00Z"}]}, key)
    expected = {"day": ("2026-11-03", None), "hour": ("2026-11-03", 9), "week": ("2026-11-02", None)}
    for by, (day, hour) in expected.items():
        answer = await api.get(f"{AT}/statistics", params={"from": "2026-11-01", "to": "2026-11-08", "by": by})
        assert answer.json() == {
            "zone": "Europe/London",
            "by": by,
            "rows": [
                {"day": day, "hour": hour, "via": "email", "kind": None, "entries": 1, "statuses": {"sent": 1}},
                {"day": day, "hour": hour, "via": "email", "kind": "reminder", "entries": 2, "statuses": {"sent": 2}},
            ],
        }


@pytest.mark.parametrize(
    "params",
    [{}, {"from": "2026-11-01"}, {"from": "2026-11-08", "to": "2026-11-01"}, {"from": "2020-01-01", "to": "2026-01-01"},
     {"from": "x", "to": "2026-01-01"}, {"from": "2026-11-01", "to": "2026-11-02", "by": "year"},
     {"since": "2026-11-01", "until": "2026-11-02"}],
)  # fmt: skip
async def test_periods_that_are_none_are_refused(api: httpx.AsyncClient, params: dict[str, str]) -> None:
    assert is_problem(await api.get(f"{AT}/statistics", params=params), 400, "parameters")


async def test_the_worklist_is_paged(api: httpx.AsyncClient) -> None:
    soon = format_instant(datetime.now(UTC) + timedelta(hours=3))
    later = await failed(api, "1")
    first = await failed(api, "2", starts_at=soon)
    page = (await api.get(f"{AT}/worklist", params={"limit": 1})).json()
    assert [(item["entry"]["id"], item["starts_at"]) for item in page["items"]] == [(first, soon)]
    rest = (await api.get(f"{AT}/worklist", params={"cursor": page["next"]})).json()
    assert ([item["entry"]["id"] for item in rest["items"]], rest["next"], rest["arrived"]) == ([later], None, [])
    assert is_problem(await api.get(f"{AT}/worklist", params={"cursor": "bm9ib2R5"}), 400, "cursor")


async def test_the_client_reads_both(api: httpx.AsyncClient) -> None:
    entry = await failed(api, "1", kind="reminder")
    client = LogClient("http://log.test", OWNER, transport=api._transport)
    today = datetime.now(UTC).date()
    query = StatisticsQuery.model_validate({"from": today - timedelta(days=1), "to": today + timedelta(days=2)})
    counted: Statistics = await client.statistics("quay", query)
    assert [(row.kind, row.statuses) for row in counted.rows] == [("reminder", {"bounced": 1})]
    work: Worklist = await client.worklist("quay", limit=5)
    assert [item.entry.id for item in work.items] == [entry]


async def test_a_service_that_cannot_is_not_asked() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/me"
        me = {"name": "a desk", "role": "desk", "permissions": ["read"], "locations": [], "version": "0.1.0"}
        return httpx.Response(200, json=me)

    client = LogClient("http://log.test", OWNER, transport=httpx.MockTransport(answer))
    with pytest.raises(errors.NotSupportedError):
        await client.worklist("quay")
    query = StatisticsQuery.model_validate({"from": "2026-11-01", "to": "2026-11-08"})
    with pytest.raises(errors.NotSupportedError):
        await client.statistics("quay", query)
    await client.aclose()
