"""Weeks of reports of a webhook, for the tests of what is silent."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from commlog_tui.contract.delivery import EventChannel, NewEvent, NewMessage
from commlog_tui.providers.provider import Provider
from commlog_tui.providers.twilio import TWILIO
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.store.sqlite.store import SqliteStore
from tests.store.factory import QUAY, accepted


async def report(
    path: Path, reports: Iterable[datetime], provider: Provider = TWILIO, channel: EventChannel | None = None
) -> None:
    """Record an event at each instant, as the webhook of a provider does."""
    moments = list(reports)
    clock = iter(moments)
    store = SqliteStore.open(path, clock=lambda: next(clock))
    if QUAY.id not in {one.id for one in await store.locations()}:
        await store.create_location(QUAY)
    items = [
        AppendEvent(
            None,
            None,
            NewEvent.model_validate({"kind": "sent", "at": at, "event_id": f"{at}"}),
            NewMessage(provider=provider.slug, id=f"SM{at.timestamp()}"),
            channel or EventChannel.SIGNED_WEBHOOK,
        )
        for at in moments
    ]
    for answer in await store.append(QUAY.id, provider.reporter, items):
        accepted(answer)
    await store.close()
