"""A parameter given twice can be repeated, or is a 400: none is dropped silently."""

import json
from collections.abc import Iterator

import httpx
import pytest

from commlog_tui.service.openapi import document
from tests.service.calls import CALL, ENTRIES, MAIL, add, is_problem

REPEATABLE = {"via", "status"} | {
    f"not_{name}"
    for name in ("via", "status", "source", "kind", "to", "customer_id", "reference", "title", "code", "day")
}


def parameters() -> Iterator[tuple[str, str, bool]]:
    """Yield every query parameter of the API: the path, its name, whether it is a list."""
    for path, operations in json.loads(document())["paths"].items():
        for method, operation in operations.items():
            for one in operation.get("parameters", ()):
                if one["in"] == "query":
                    assert method == "get"
                    yield path, one["name"], one["schema"].get("type") == "array"


def test_the_document_says_which_can_be_repeated() -> None:
    found = [*parameters()]
    assert {name for _, name, many in found if many} == REPEATABLE
    assert {"since", "until", "to", "q", "limit", "after"} <= {name for _, name, _ in found}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, name, many in parameters() if not many])
async def test_given_twice_it_is_refused(api: httpx.AsyncClient, path: str, name: str) -> None:
    address = path.replace("{location}", "quay").replace("{seq}", "1").replace("{customer_id}", "c-1")
    address = address.replace("{entry_id}", "7d3a1c9e-5b0f-4a6e-9c61-000000000001")
    assert "{" not in address
    for second in ("1", "2"):
        assert is_problem(await api.get(f"{address}?{name}=1&{name}={second}"), 400, "parameters")


async def test_several_statuses_are_any_of_them_and_pages_go_on(api: httpx.AsyncClient) -> None:
    ids = {}
    for kind in ("bounced", "failed", "delivered"):
        ids[kind] = (await add(api, MAIL | {"title": kind}, kind)).json()["id"]
        await api.post(f"{ENTRIES}/{ids[kind]}/events", json={"kind": kind, "at": "2026-11-03T09:15:00Z"})
    await add(api, CALL, "call")
    asked = f"{ENTRIES}?status=failed&status=bounced&status=failed&limit=1"
    first = (await api.get(asked)).json()
    second = (await api.get(f"{asked}&cursor={first['older']}")).json()
    assert first["total"] == {"count": 2, "exact": True}
    assert {page["entries"][0]["status"] for page in (first, second)} == {"failed", "bounced"}
    assert second["older"] is None
    assert is_problem(await api.get(f"{ENTRIES}?status=failed&cursor={first['older']}"), 400, "cursor")
    assert is_problem(await api.get(f"{ENTRIES}?status=failed&status=lost"), 400, "parameters")
