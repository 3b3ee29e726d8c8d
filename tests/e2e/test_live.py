"""The live day, played to the real service."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from commlog_tui.cli.embedded import EmbeddedService
from commlog_tui.cli.live_day import Player
from commlog_tui.client.log_client import LogClient
from commlog_tui.contract.query import EntryQuery
from commlog_tui.demo import LOCATION
from tests.patience import PATIENCE


def statuses(service: EmbeddedService, since: datetime) -> set[str]:
    """Return the statuses of what was sent since."""

    async def look() -> set[str]:
        client = LogClient(service.base_url, service.token, timeout=PATIENCE)
        try:
            page = await client.page(LOCATION, EntryQuery(), limit=200)
        finally:
            await client.aclose()
        return {entry.status for entry in page.entries if entry.sent_at >= since}

    return asyncio.run(look())


def wait_for(condition: Callable[[], bool]) -> None:
    end = datetime.now(UTC) + timedelta(seconds=PATIENCE)
    while not condition():
        assert datetime.now(UTC) < end
        Event().wait(0.05)


def test_statuses_change_while_the_day_is_played(service: EmbeddedService) -> None:
    since = datetime.now(UTC)
    with Player(lambda: (service.base_url, service.token), pace=3600, head_start=0) as player:
        wait_for(lambda: statuses(service, since) >= {"delivered", "bounced", "failed", "skipped", "logged"})
    assert not player.trouble


def test_a_service_that_is_away_is_waited_for(own_demo: Path, warm_services: None) -> None:
    found: list[EmbeddedService] = []
    asked = Event()

    def find() -> tuple[str, str] | None:
        asked.set()
        return (found[0].base_url, found[0].token) if found else None

    since = datetime.now(UTC)
    with Player(find, pace=3600, head_start=0) as player:
        assert asked.wait(PATIENCE)
        found.append(EmbeddedService(own_demo))
        try:
            wait_for(lambda: "delivered" in statuses(found[0], since))
        finally:
            found[0].close()
    assert not player.trouble
