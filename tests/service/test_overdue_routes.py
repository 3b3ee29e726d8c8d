"""What is overdue, over HTTP and in the background of a running service."""

import asyncio
from datetime import timedelta
from pathlib import Path
from time import monotonic

import httpx
import pytest

from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.resolution import NewResolution
from commlog_tui.contract.worklist import Worklist
from commlog_tui.expectations.rules import Rule
from commlog_tui.expectations.rules_file import parse_rules
from commlog_tui.service import overdue as overdue_module
from commlog_tui.service.app import create_app
from commlog_tui.service.tokens import Owner, digest_of
from commlog_tui.store.sqlite.store import SqliteStore, utc_now
from tests.patience import PATIENCE
from tests.service.calls import OWNER, bearer
from tests.service.conftest import listening
from tests.store.factory import event, mail, put

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A = "7d3a1c9e-5b0f-4a6e-9c61-0e5d1f2a3b4a"
QUICK = parse_rules('[[quay]]\nkind = "confirmation"\nwithin = "0 minutes"\n', "rules")


async def test_the_first_page_of_the_worklist_has_it(store: SqliteStore) -> None:
    rules: dict[str, tuple[Rule, ...]] = {}
    app = create_app(store, owner=Owner(OWNER, digest_of(OWNER)), rules=lambda: rules, quiet=True)
    client = LogClient("http://log.test", OWNER, transport=httpx.ASGITransport(app))
    at = utc_now() - HOUR
    await put(store, mail(kind="offer", reference=A, code="HB-1", sent_at=at, starts_at=at + DAY))
    assert (await client.worklist("quay")).overdue == ()
    rules.update(QUICK)
    answer = await client.worklist("quay")
    (late,) = answer.overdue
    assert (late.reference, late.code, late.expected) == (A, "HB-1", "confirmation")
    assert (late.due_at, late.starts_at) == (at, at + DAY)
    assert (answer.overdue_complete, answer.overdue_note, answer.changes_in) == (True, None, None)
    deferred = mail(sent_at=utc_now())
    await put(store, deferred, event(deferred, "deferred", at=utc_now()))
    changes_in = (await client.worklist("quay")).changes_in
    assert changes_in is not None
    assert 0 < changes_in <= (4 * HOUR).total_seconds()
    await client.resolve("quay", "1", NewResolution(reference=A, code="HB-1", expected="confirmation"))
    assert (await client.worklist("quay")).overdue == ()
    assert (await client.worklist("pier")).overdue == ()
    await client.aclose()


def test_the_service_reads_on_in_the_background(own_log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue_module, "STEPS_A_REQUEST", 0)

    async def record() -> None:
        store = SqliteStore.open(own_log)
        at = utc_now() - HOUR
        await put(
            store, *(mail(kind="offer", reference=None, code=f"HB-{number}", sent_at=at) for number in range(200))
        )
        await store.close()

    asyncio.run(record())
    with listening(own_log, rules=lambda: QUICK) as served:
        deadline = monotonic() + PATIENCE
        found = Worklist(items=(), next=None, overdue_complete=False)
        while not found.overdue_complete and monotonic() < deadline:
            answer = httpx.get(f"{served.url}/v1/locations/quay/worklist", headers=bearer(OWNER), timeout=PATIENCE)
            found = Worklist.model_validate_json(answer.content)
    assert (len(found.overdue), found.overdue_complete) == (200, True)
