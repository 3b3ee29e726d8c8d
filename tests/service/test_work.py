"""Tasks, handovers and names given at the desk over the API, called by HTTP and by the client."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.service.calls import CALL, ENTRIES, HANDOVER, MAIL, TASK, UNKNOWN_ID, WISH, add, bearer, is_problem

TASKS, HANDOVERS = "/v1/locations/quay/tasks", "/v1/locations/quay/handovers"


async def post(
    api: httpx.AsyncClient, url: str, body: dict[str, Any], key: str, caller: str = "desk", person: str = ""
) -> httpx.Response:
    headers = {"Idempotency-Key": key, **bearer(caller)} | ({"Commlog-Person": quote(person)} if person else {})
    return await api.post(url, json=body, headers=headers)


async def test_a_task_is_made_postponed_given_and_done(api: httpx.AsyncClient) -> None:
    entry = (await add(api, CALL | {"to": "07700 900123"}, "call")).json()["id"]
    new = TASK | {"entry": entry, "to": "07700 900123", "assignee": "Sam", "customer": {"id": "c-1", "name": "Ada"}}
    made, again = [await post(api, TASKS, new, "t") for _ in range(2)]
    assert (made.status_code, again.status_code, made.json()) == (201, 200, again.json())
    (listed,) = (await api.get(TASKS, headers=bearer("desk"))).json()["tasks"]
    assert {name: listed[name] for name in new} == new
    assert (listed["state"], listed["actor"]) == ("open", "a desk")
    assert "person" not in listed
    changes = f"{TASKS}/{listed['id']}/changes"
    later = {"change": "postponed", "due_at": "2026-11-04T10:00:00Z", "words": "no answer"}
    assert (await post(api, changes, later, "c1")).status_code == 201
    assert (await post(api, changes, {"change": "given"}, "c2")).status_code == 201
    assert (await post(api, changes, {"change": "done"}, "c3", person="Noor")).status_code == 201
    assert is_problem(await post(api, changes, later, "c4"), 409, "task-done")
    task = (await api.get(f"{TASKS}/{listed['id']}", headers=bearer("auditor"))).json()
    assert (task["state"], task["due_at"], "assignee" in task) == ("done", later["due_at"], False)
    assert [(one["change"], one["actor"], one.get("person")) for one in task["changes"]] == [
        ("postponed", "a desk", None),
        ("given", "a desk", None),
        ("done", "a desk (Noor)", "Noor"),
    ]
    assert (await api.get(TASKS)).json() == {"tasks": [], "next": None}
    assert len((await api.get(TASKS, params={"state": "done", "customer_id": "c-1"})).json()["tasks"]) == 1


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (TASKS, {"words": "", "due_at": TASK["due_at"]}),
        (TASKS, {"words": "Ring"}),
        (TASKS, TASK | {"assignee": "a" * 81}),
        (TASKS, TASK | {"done": True}),
        (f"{TASKS}/{UNKNOWN_ID}/changes", {"change": "postponed"}),
        (f"{TASKS}/{UNKNOWN_ID}/changes", {"change": "done", "due_at": TASK["due_at"]}),
        (f"{TASKS}/{UNKNOWN_ID}/changes", {"change": "done", "assignee": "Sam"}),
        (f"{TASKS}/{UNKNOWN_ID}/changes", {"change": "lost"}),
        (HANDOVERS, {"since": HANDOVER["until"], "until": HANDOVER["since"]}),
        (HANDOVERS, HANDOVER | {"counts": {"tasks": -1}}),
        (f"{HANDOVERS}/{UNKNOWN_ID}/takings", {"name": ""}),
    ],
)
async def test_what_is_wrong_is_refused(api: httpx.AsyncClient, url: str, body: dict[str, Any]) -> None:
    assert is_problem(await post(api, url, body, "k"), 422, "invalid")


async def test_what_is_not_there_is_not_found(api: httpx.AsyncClient) -> None:
    assert is_problem(await post(api, TASKS, TASK | {"entry": UNKNOWN_ID}, "k"), 404, "not-found")
    assert is_problem(await post(api, f"{TASKS}/{UNKNOWN_ID}/changes", {"change": "done"}, "k"), 404, "not-found")
    assert is_problem(await post(api, f"{HANDOVERS}/{UNKNOWN_ID}/takings", {"name": "Sam"}, "k"), 404, "not-found")
    for url in (f"{TASKS}/{UNKNOWN_ID}", f"{HANDOVERS}/{UNKNOWN_ID}", f"{TASKS}/x"):
        assert is_problem(await api.get(url), 404, "not-found")


async def test_a_shift_is_handed_over_and_taken(api: httpx.AsyncClient) -> None:
    new = HANDOVER | {"words": "Möwe is back on Friday", "counts": {"tasks": 2}}
    made = await post(api, HANDOVERS, new, "h", person="Noor")
    url = f"{HANDOVERS}/{made.json()['id']}"
    assert (await post(api, f"{url}/takings", {"name": "Sam"}, "t")).status_code == 201
    (listed,) = (await api.get(HANDOVERS)).json()["handovers"]
    assert listed == (await api.get(url)).json()
    assert (listed["words"], listed["person"], listed["counts"]["tasks"]) == (new["words"], "Noor", 2)
    assert [one["name"] for one in listed["taken"]] == ["Sam"]
    assert (await post(api, f"{url}/redaction", WISH, "r", "manager")).status_code == 201
    assert (await api.get(url)).json()["redacted"]


async def test_a_manager_redacts_a_task(api: httpx.AsyncClient) -> None:
    made = await post(api, TASKS, TASK, "t")
    url = f"{TASKS}/{made.json()['id']}"
    assert is_problem(await post(api, f"{url}/redaction", WISH, "r"), 403, "not-permitted")
    assert (await post(api, f"{url}/redaction", WISH, "r", "manager")).status_code == 201
    assert ((await api.get(url)).json()["words"], (await api.get(TASKS)).json()["tasks"]) == ("Redacted", [])


async def test_a_name_given_at_the_desk_is_marked_and_no_part_of_what_is_repeated(api: httpx.AsyncClient) -> None:
    first = await post(api, ENTRIES, CALL, "e", person="Noor) (Boss")
    again = await post(api, ENTRIES, CALL, "e", person="Sam")
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    entry = (await api.get(f"{ENTRIES}/{first.json()['id']}")).json()["entry"]
    assert (entry["actor"], entry["person"]) == ("a desk (Noor Boss)", "Noor Boss")
    record = (await api.get("/v1/locations/quay/ledger/records", params={"after": 0})).json()["records"][0]["record"]
    assert '"actor":"a desk (Noor Boss)"' in record
    assert '"person":"Noor Boss"' in record


async def test_senders_give_no_name_and_a_malformed_one_is_refused(api: httpx.AsyncClient) -> None:
    sent = await post(api, ENTRIES, MAIL, "m", "sender", person="Noor")
    assert "person" not in (await api.get(f"{ENTRIES}/{sent.json()['id']}")).json()["entry"]
    for value in ("%ff", "x" * 1000):
        headers = {"Idempotency-Key": "k", "Commlog-Person": value, **bearer("desk")}
        assert is_problem(await api.post(ENTRIES, json=CALL, headers=headers), 400, "parameters")
