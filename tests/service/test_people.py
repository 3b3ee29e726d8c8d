"""What is recorded about customers, over the API: by HTTP and by the client."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.customer_record import (
    NewContact,
    NewLocalCustomer,
    NewMerge,
    NewPreference,
    PreferenceQuery,
    local_customer_id,
    objections,
)
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.protocol import Store
from commlog_tui.store.signing import KeyFile
from tests.service.calls import CALL, MAIL, OWNER, add, bearer, is_problem

AT = "/v1/locations/quay"


@pytest.fixture
async def client(store: Store, tmp_path: Path) -> AsyncIterator[LogClient]:
    app = create_app(store, keys=KeyFile(tmp_path / "log.key"), owner=Owner(OWNER, digest_of(OWNER)), quiet=True)
    opened = LogClient("http://log.test", OWNER, transport=httpx.ASGITransport(app))
    yield opened
    await opened.aclose()


async def post(
    api: httpx.AsyncClient, path: str, body: dict[str, Any], key: str, caller: str = "desk"
) -> httpx.Response:
    return await api.post(f"{AT}{path}", json=body, headers={"Idempotency-Key": key, **bearer(caller)})


async def test_a_new_guest_gets_a_name_and_is_merged_later(api: httpx.AsyncClient) -> None:
    new = {"name": "Zoë Reed", "numbers": ["07700 900123"]}
    made, again = [await post(api, "/customers", new, "guest-1") for _ in range(2)]
    assert (made.status_code, again.status_code, again.json()) == (201, 200, made.json())
    local = local_customer_id("guest-1")
    await add(api, CALL | {"to": "07700 900123", "customer": {"id": local, "name": "Zoë Reed"}}, "call")
    await add(api, MAIL | {"customer": {"id": "c-9", "name": "Z. Reed"}}, "mail")
    person = (await api.get(f"{AT}/customers/{local}", headers=bearer("desk"))).json()
    assert (person["name"], person["local"], person["numbers"]) == ("Zoë Reed", True, ["07700 900123"])
    merge = {"customer_id": local, "into": "c-9"}
    assert (await post(api, "/merges", merge, "m-1")).status_code == 201
    for one in (local, "c-9"):
        page = (await api.get(f"{AT}/entries", params={"customer_id": one})).json()
        assert (len(page["entries"]), page["total"]) == (2, {"count": 2, "exact": True})
    assert (await post(api, "/merges", merge | {"step": "separated", "reason": "two"}, "m-2")).status_code == 201
    assert len((await api.get(f"{AT}/entries", params={"customer_id": local})).json()["entries"]) == 1
    records = (await api.get(f"{AT}/customers/c-9/records")).json()
    assert [(one["step"], one["into"]) for one in records["merges"]] == [("merged", "c-9"), ("separated", "c-9")]


async def test_a_contact_is_corrected_with_who_and_why(api: httpx.AsyncClient) -> None:
    await add(api, MAIL | {"to": "a@gmial.com", "customer": {"id": "c-1", "name": "Ana"}}, "mail")
    change = {"old": "a@gmial.com", "new": "a@gmail.com", "reason": "misspelt"}
    assert (await post(api, "/customers/c-1/contacts", change, "k")).status_code == 201
    (listed,) = (await api.get(f"{AT}/customers/c-1/contacts", headers=bearer("auditor"))).json()["contacts"]
    assert {name: listed[name] for name in change} == change
    assert listed["actor"] == "a desk"
    person = (await api.get(f"{AT}/customers/c-1")).json()
    assert (person["addresses"][0], person["replaced"]) == ("a@gmail.com", ["a@gmial.com"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/customers", {"name": ""}),
        ("/customers", {"name": "A", "id": "c-1"}),
        ("/customers/c-1/contacts", {"new": ""}),
        ("/customers/c-1/contacts", {"new": "a", "old": "a "}),
        ("/merges", {"customer_id": "c-1", "into": "c-1"}),
        ("/merges", {"customer_id": "c-1", "into": "c-2", "step": "eaten"}),
        ("/preferences", {"allowed": False}),
        ("/preferences", {"customer_id": "c-1", "via": "Not A Slug"}),
    ],
)
async def test_what_is_not_valid_is_refused(api: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    assert is_problem(await post(api, path, body, "k"), 422, "invalid")


async def test_a_customer_id_that_cannot_be_stored_is_nobody(api: httpx.AsyncClient) -> None:
    answer = await post(api, "/customers/%00/contacts", {"new": "a@example.com"}, "k")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "allowed"),
    [
        ("/customers", {"name": "A"}, {"desk", "manager"}),
        ("/customers/c-1/contacts", {"new": "a@example.com"}, {"desk", "manager"}),
        ("/merges", {"customer_id": "c-1", "into": "c-2"}, {"desk", "manager"}),
        ("/preferences", {"customer_id": "c-1"}, {"desk", "manager", "sender"}),
    ],
)
async def test_who_may_record_it(api: httpx.AsyncClient, path: str, body: dict[str, Any], allowed: set[str]) -> None:
    for caller in ("desk", "manager", "sender", "auditor"):
        answer = await post(api, path, body, caller, caller)
        assert answer.status_code == (201 if caller in allowed else 403)


async def test_the_client_records_and_reads_the_same(client: LogClient) -> None:
    people, local = client.people, local_customer_id("g")
    await people.add_customer("quay", "g", NewLocalCustomer(name="Ana", numbers=("07700 900123",)))
    await people.add_contact("quay", local, "c", NewContact(new="ana@example.com"))
    await people.add_merge("quay", "m", NewMerge(customer_id=local, into="c-1"))
    await people.add_preference("quay", "p", NewPreference(to="07700 900123", via="sms", words="no texts"))
    records = await people.records("quay", local)
    assert records.customer_ids == (local, "c-1")
    assert [len(part) for part in (records.made, records.contacts, records.merges, records.preferences)] == [1, 1, 1, 1]
    found = (await people.preferences("quay", PreferenceQuery(customer_id="c-1"))).preferences
    assert [one.words for one in objections(found, "sms")] == ["no texts"]
    assert objections(found, "email") == ()
    (person,) = (await client.customers("quay", "900123")).customers
    assert (person.id, person.local, person.preferences[0].words) == (local, True, "no texts")
