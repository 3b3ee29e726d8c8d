"""``commlog show`` says why a message did not arrive as the desk does, with the provider's words."""

import asyncio
from pathlib import Path

from commlog_tui.records.entry import AppendEntry
from commlog_tui.store.sqlite.store import SqliteStore
from tests.cli.conftest import Run
from tests.store.factory import accepted, mail

WORDS = "550 5.1.1 no such user"


def test_show_says_why_what_to_do_and_the_providers_own_words(run: Run, log: list[AppendEntry], data: Path) -> None:
    bounce = {"kind": "bounced", "at": "2026-10-24T22:31:00Z", "detail": WORDS, "code": "5.1.1"}
    entry = mail(events=[bounce], kind="refund")

    async def add() -> None:
        store = SqliteStore.open(data / "log.db")
        try:
            accepted((await store.append("quay", "tests", [entry]))[0])
        finally:
            await store.close()

    asyncio.run(add())
    assert log
    lines = run("show", entry.id).stdout.splitlines()
    assert "Why     The mailbox does not exist" in lines
    assert any(line.startswith("To do   Check the address with the guest") for line in lines)
    assert "  The mailbox does not exist (code 5.1.1)" in lines
    assert f"  {WORDS}" in lines
    assert "Kind    refund" in lines
