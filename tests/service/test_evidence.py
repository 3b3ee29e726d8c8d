"""The evidence over HTTP: what an auditor gets, checked by the ledger alone."""

import httpx
import pytest

from commlog_tui.client.errors import NotFoundError
from commlog_tui.client.log_client import LogClient
from commlog_tui.ledger.checkpoint import Checkpoint
from commlog_tui.ledger.leaf import commitment, leaf_hash
from commlog_tui.ledger.note import Verifier
from commlog_tui.ledger.proof import extends, includes
from tests.patience import PATIENCE
from tests.service.calls import CALL, MAIL, OWNER, SENT, add, is_problem
from tests.service.conftest import Live

LEDGER = "/v1/locations/quay/ledger"


def unhex(steps: tuple[str, ...]) -> list[bytes]:
    return [bytes.fromhex(step) for step in steps]


async def test_an_auditor_needs_nothing_but_the_answers(live: Live) -> None:
    client = LogClient(live.url, OWNER)
    async with httpx.AsyncClient(base_url=live.url, timeout=PATIENCE) as api:
        await add(api, MAIL | {"events": [SENT]}, "first")
        before = await client.checkpoint("quay")
        receipt = (await add(api, CALL, "second")).json()
    after = await client.checkpoint("quay")
    old, new = (Checkpoint.open(answer.note, Verifier.read(answer.key)) for answer in (before, after))
    assert (old.size, new.size) == (2, 3)

    path = unhex((await client.consistency("quay", old.size, new.size)).path)
    assert extends(old.size, new.size, old.root, new.root, path)

    proof = await client.proof("quay", receipt["seq"], new.size)
    leaf = leaf_hash(proof.record.record.encode())
    assert leaf.hex() == receipt["leaf_hash"] == proof.leaf_hash
    assert includes(leaf, receipt["seq"] - 1, new.size, unhex(proof.path), new.root)
    assert proof.record.salt is not None
    assert proof.record.personal is not None
    bound = commitment(bytes.fromhex(proof.record.salt), proof.record.personal.encode()).hex()
    assert f'"personal":"{bound}"' in proof.record.record
    assert [record.seq for record in await client.records("quay", 0)] == [1, 2, 3]
    assert await client.records("quay", 3) == ()
    assert (await client.proof("quay", 1)).size == 3
    with pytest.raises(NotFoundError):
        await client.proof("quay", 4)
    await client.aclose()


async def test_records_come_in_pages(api: httpx.AsyncClient) -> None:
    for number in range(3):
        await add(api, CALL, str(number))
    answer = (await api.get(f"{LEDGER}/records?after=1&limit=1")).json()["records"]
    assert [record["seq"] for record in answer] == [2]
    assert (await api.get(f"{LEDGER}/records?after={2**40 - 1}")).json() == {"records": []}


@pytest.mark.parametrize(
    "path",
    ["proof/0", "proof/-1", "proof/x", "proof/9223372036854775808", "proof/1.5", "proof/٣", "proof/1?size=0",
    "proof/1?size=x",
     "proof/1?size=1&size=1", "proof/1?unknown=1", "consistency", "consistency?from=-1", "consistency?from=x",
     "consistency?to=1",
     "consistency?from=2&to=1", f"consistency?from={2**64}", "consistency?old=1", "consistency?from=%00",
     "checkpoint?x=1",
     "records?after=-1", "records?limit=0", "records?limit=1001", f"records?after={2**53}", "records?after=%F0"],
)  # fmt: skip
async def test_a_bad_question_is_refused(api: httpx.AsyncClient, path: str) -> None:
    await add(api, CALL, "k")
    assert is_problem(await api.get(f"{LEDGER}/{path}"), 400, "parameters")


@pytest.mark.parametrize(
    "path", ["proof/2", f"proof/{2**40 - 1}", "proof/1?size=2", "consistency?from=2", "consistency?from=0&to=2"]
)
async def test_what_the_log_never_had_is_not_found(api: httpx.AsyncClient, path: str) -> None:
    await add(api, CALL, "k")
    assert is_problem(await api.get(f"{LEDGER}/{path}"), 404, "not-found")
