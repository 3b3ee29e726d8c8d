"""kill -9 of the service under webhooks that come in any order, repeated, and again until answered 200."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import httpx

from commlog_tui.contract.query import ListQuery
from commlog_tui.store.hook_settings import HookSettings, seal
from commlog_tui.store.hooks import HookRecord
from commlog_tui.store.opening import StoreUrl, open_hooks, open_keys, open_store
from tests.prove.auditing import audit
from tests.prove.figures import Findings, Proof
from tests.prove.running_service import RunningService
from tests.service import signed_hooks
from tests.service.signed_hooks import Signed

_SENDERS: Final = 6
_PER_KILL: Final = 40
_SECRETS: Final = {"twilio": signed_hooks.TWILIO_TOKEN, "sendgrid": signed_hooks.SENDGRID_SECRET}
_STATUSES: Final = ("queued", "sent", "delivered", "undelivered")
Report = tuple[str, str]
"""Message and kind of event."""


async def set_up(database: StoreUrl, url: str) -> None:
    """Set up webhooks of Twilio and SendGrid at quay."""
    store = open_store(database)
    key, hooks = open_keys(database).hook_key(await store.log_name(), create=True), open_hooks(database)
    for provider, secret in _SECRETS.items():
        sealed = seal(key, "quay", provider, HookSettings(secret, url))
        hooks.set(HookRecord("quay", provider, sealed, datetime.now(UTC)))
    hooks.close()
    await store.close()


class Provider:
    """Sends reports until each is answered 200; sends some again although they were."""

    def __init__(self, url: str, dice: Random) -> None:
        self.acknowledged: set[Report] = set()
        self.sent = 0
        self._url, self._dice = url, dice

    async def run(self, reports: Sequence[Report]) -> None:
        """Send every report in any order, several at once."""
        again = self._dice.choices(reports, k=len(reports))
        waiting = [*reports, *again]
        self._dice.shuffle(waiting)
        async with httpx.AsyncClient(timeout=10) as client:
            await asyncio.gather(*(self._send(client, waiting) for _ in range(_SENDERS)))

    async def _send(self, client: httpx.AsyncClient, waiting: list[Report]) -> None:
        while waiting:
            report = waiting.pop()
            while not await self._is_taken(client, report):  # noqa: ASYNC110 - a provider tries again after a pause
                await asyncio.sleep(0.01)
            self.acknowledged.add(report)

    async def _is_taken(self, client: httpx.AsyncClient, report: Report) -> bool:
        provider, signed = self._signed(report)
        self.sent += 1
        try:
            url = f"{self._url}/v1/hooks/{provider}/quay"
            answer = await client.post(url, content=signed.body, headers=signed.headers)
        except httpx.HTTPError:
            return False
        assert answer.status_code in {200, 503}, answer.text
        return answer.status_code == 200

    def _signed(self, report: Report) -> tuple[str, Signed]:
        message, status = report
        if message.startswith("SM"):
            url = f"{self._url}/v1/hooks/twilio/quay"
            return "twilio", signed_hooks.twilio(url, MessageSid=message, MessageStatus=status, To="+447700900123")
        words = {"queued": "processed", "sent": "deferred", "undelivered": "bounce"}
        event = {"event": words.get(status, status), "email": "a@example.com", "sg_message_id": f"{message}.f"}
        return "sendgrid", signed_hooks.sendgrid(int(time.time()), event | {"timestamp": 1_793_697_240})


async def kill_often(folder: Path, seed: int, count: int) -> Findings:
    """Kill the service so many times while a provider reports, then count every event."""
    dice, database = Random(seed), folder / "log.db"
    reports = [
        (f"{kind}{number}", status)
        for number in range(count * _PER_KILL // 8)
        for kind in ("SM", "m")
        for status in _STATUSES
    ]
    service = RunningService(folder, database)
    await service.furnish()
    await set_up(database, service.url)
    service.start()
    await service.ready()
    provider = Provider(service.url, dice)
    sending = asyncio.ensure_future(provider.run(reports))
    for _ in range(count):
        aim = len(provider.acknowledged) + dice.randrange(1, _PER_KILL)
        while len(provider.acknowledged) < aim and not sending.done():  # noqa: ASYNC110 - whichever comes first
            await asyncio.sleep(0.005)
        service.kill()
        service.start()
    await service.ready()
    await sending
    found = await _found(service)
    service.kill()
    audited = audit(database, projections=True)
    lost = len(provider.acknowledged) - len(set(found))
    faults = (*audited.faults, *([] if len(audited.records) == len(found) else ["other records than events"]))
    done = f"{count} kills under {provider.sent} webhooks, repeated and in any order"
    return Findings("kill -9 under webhooks", done, len(reports), lost, len(found) - len(set(found)), faults)


async def _found(service: RunningService) -> list[Report]:
    client, found, cursor = service.client(), list[Report](), None
    while True:
        page = await client.unmatched_events("quay", ListQuery(cursor=cursor))
        found += [(one.message.id, one.kind) for one in page.events if one.message is not None]
        cursor = page.older
        if cursor is None:
            await client.aclose()
            return found


def run(folder: Path, seed: int, count: int) -> Sequence[Findings]:
    """See ``kill_often``."""
    return [asyncio.run(kill_often(folder, seed, count))]


PROOF: Final = Proof("hook-kill", 100, run)
