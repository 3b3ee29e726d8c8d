"""Who may do what, and where."""

import httpx
import pytest

from commlog_tui.contract.location import NewLocation, Role
from commlog_tui.service.tokens import digest_of, new_secret
from commlog_tui.store.protocol import Store, TokenRecord
from commlog_tui.store.sqlite.store import utc_now
from tests.service.calls import CALL, CHANGE, ENTRIES, MAIL, SENT, UNKNOWN_ID, WISH, add, bearer, is_problem

READS = [
    "/v1/locations",
    "/v1/locations/quay",
    ENTRIES,
    f"{ENTRIES}/{UNKNOWN_ID}",
    "/v1/locations/quay/customers",
    "/v1/locations/quay/customers/c-1",
    "/v1/locations/quay/statistics?from=2026-11-01&to=2026-11-08",
    "/v1/locations/quay/worklist",
    "/v1/locations/quay/ledger/checkpoint",
    "/v1/locations/quay/ledger/proof/1",
    "/v1/locations/quay/ledger/consistency?from=0",
    "/v1/locations/quay/ledger/records",
]
FEED = "/v1/locations/quay/feed?x=1"


@pytest.mark.parametrize(
    ("role", "reads", "manual", "automated", "reports", "corrects"),
    [
        (Role.DESK, True, 201, 403, 403, 403),
        (Role.MANAGER, True, 201, 403, 403, 201),
        (Role.SENDER, False, 403, 201, 201, 403),
        (Role.AUDITOR, True, 403, 403, 403, 403),
        (Role.ADMIN, True, 201, 201, 201, 201),
    ],
)
async def test_what_each_role_may(
    api: httpx.AsyncClient, role: Role, reads: bool, manual: int, automated: int, reports: int, corrects: int
) -> None:
    call, mail = (await add(api, CALL, "call")).json()["id"], (await add(api, MAIL, "mail")).json()["id"]
    api.headers.update(bearer(role.value))
    for path in READS:
        assert (await api.get(path)).status_code in ({200, 404} if reads else {403})
    assert (await api.get(FEED)).status_code == (400 if reads else 403)
    assert (await add(api, CALL, "m", role.value)).status_code == manual
    assert (await add(api, MAIL, "a", role.value)).status_code == automated
    assert (await api.post(f"{ENTRIES}/{mail}/events", json=SENT)).status_code == reports
    correction = await api.post(f"{ENTRIES}/{call}/corrections", json=CHANGE, headers={"Idempotency-Key": "c"})
    assert correction.status_code == corrects
    for path in (f"{ENTRIES}/{mail}/redaction", "/v1/locations/quay/customers/c-1/redaction"):
        redaction = await api.post(path, json=WISH, headers={"Idempotency-Key": "r"})
        assert redaction.status_code in ({200, 201} if corrects == 201 else {403})
    items = [{"key": "bm", "entry": CALL}, {"key": "ba", "entry": MAIL}]
    batch = await api.post(f"{ENTRIES}/batch", json={"items": items})
    if role is Role.AUDITOR:
        assert is_problem(batch, 403, "not-permitted")
    else:
        assert [item["status"] for item in batch.json()["items"]] == [manual, automated]
    assert (await api.get("/v1/me")).json()["role"] == role.value


async def test_who_may_not_add_is_told_what(api: httpx.AsyncClient) -> None:
    for entry, caller, kind in ((CALL, "sender", "manual"), (MAIL, "desk", "automated")):
        refused = (await add(api, entry, "k", caller)).json()
        assert refused["detail"] == f"A token with the role {caller} may not add {kind} entries. Nothing was changed."


async def test_a_token_sees_its_locations_and_one_for_all_sees_those_to_come(
    api: httpx.AsyncClient, store: Store
) -> None:
    await store.create_location(NewLocation(id="isle", name="Isle", zone="Europe/London"))
    desk = (await api.get("/v1/locations", headers=bearer("desk"))).json()["locations"]
    assert desk == [{"id": "quay", "name": "Quay", "zone": "Europe/London"}]
    assert (await api.get("/v1/me", headers=bearer("sender"))).json()["locations"] == desk
    assert [place["id"] for place in (await api.get("/v1/locations")).json()["locations"]] == ["isle", "pier", "quay"]


async def test_a_revoked_token_is_refused_at_once(api: httpx.AsyncClient, store: Store) -> None:
    secret = new_secret()
    await store.create_token(TokenRecord("t", "till", Role.DESK, None, utc_now()), digest_of(secret))
    assert (await api.get("/v1/me", headers=bearer(secret))).json()["name"] == "till"
    await store.revoke_token("t")
    assert is_problem(await api.get("/v1/me", headers=bearer(secret)), 401, "token")


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer nobody", "Basic b3duZXI6", "owner", "Bearer \xff\xfe"]
)
async def test_without_a_token_nothing_is_told(api: httpx.AsyncClient, given: str) -> None:
    for path in (*READS, "/v1/me"):
        answer = await api.get(path, headers={b"Authorization": given.encode("latin-1")})
        assert is_problem(answer, 401, "token")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_scheme_is_written_in_any_case(api: httpx.AsyncClient) -> None:
    assert (await api.get("/v1/me", headers={"Authorization": "bearer owner"})).status_code == 200


@pytest.mark.parametrize("path", ["/v1/me", *(read.partition("?")[0] for read in READS), FEED.partition("?")[0]])
async def test_a_parameter_that_a_route_does_not_declare_is_refused_once_the_token_is_known(
    api: httpx.AsyncClient, path: str
) -> None:
    assert is_problem(await api.get(path, params={"x": "1"}, headers={"Authorization": ""}), 401, "token")
    assert is_problem(await api.get(path, params={"x": "1"}), 400, "parameters")


@pytest.mark.parametrize("path", [ENTRIES, f"{ENTRIES}/batch", f"{ENTRIES}/{UNKNOWN_ID}/events"])
async def test_a_write_takes_no_parameters(api: httpx.AsyncClient, path: str) -> None:
    assert is_problem(await api.post(path, json={}, params={"x": "1"}, headers={"Authorization": ""}), 401, "token")
    answer = await api.post(path, json={}, params={"x": "1"}, headers={"Idempotency-Key": "k"})
    assert is_problem(answer, 400, "parameters")
