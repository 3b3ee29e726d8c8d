"""Weeks of reports of a webhook, for the tests of what is silent."""

from collections.abc import Iterable
from datetime import datetime

from commlog_tui.contract.delivery import EventChannel, NewEvent, NewMessage
from commlog_tui.providers.provider import Provider
from commlog_tui.providers.twilio import TWILIO
from commlog_tui.records.delivery_event import AppendEvent
from commlog_tui.store.opening import StoreUrl, open_store
from tests.store.factory import QUAY, accepted


async def report(
    url: StoreUrl, reports: Iterable[datetime], provider: Provider = TWILIO, channel: EventChannel | None = None
) -> None:
    """Record an event at each instant, as the webhook of a provider does."""
    moments = list(reports)
    clock = iter(moments)
    store = open_store(url, clock=lambda: next(clock))
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
