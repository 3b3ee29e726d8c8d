"""What the desk knows of the log it is connected to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from commlog_tui.desk.target import Target, TargetError

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.outbox import Outbox
    from commlog_tui.contract.location import LocationDetail, Me


@dataclass(frozen=True)
class Session:
    """A client, the location it is for, and the outbox beside it."""

    client: "LogClient"
    outbox: "Outbox"
    me: "Me"
    place: "LocationDetail"
    zone: ZoneInfo

    @property
    def location(self) -> str:
        """The location's id."""
        return self.place.location.id

    def may(self, permission: str) -> bool:
        """Whether the token may do this."""
        return permission in {known.value for known in self.me.permissions}


async def connect(resolve: Callable[[], Target]) -> Session:
    """Connect to the log: heavy imports and the wait for an embedded service happen in threads, beside the first frame.

    Raises:
        TargetError: there is no service or no location to open.
        ClientError: the service did not answer as hoped.
    """
    target, *_ = await asyncio.gather(
        asyncio.to_thread(resolve),
        asyncio.to_thread(import_module, "commlog_tui.client.log_client"),
        asyncio.to_thread(import_module, "commlog_tui.client.outbox"),
    )
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.outbox import Outbox

    client = LogClient(target.base_url, target.token)
    try:
        me = await client.me()
        known = [location.id for location in me.locations]
        wanted = target.location or (known[0] if known else "")
        if wanted not in known:
            raise TargetError("Your token sees no such location. Ask whoever runs the service, or set another location.")
        place = await client.location(wanted)
    except BaseException:
        await client.aclose()
        raise
    return Session(client, Outbox(target.outbox), me, place, ZoneInfo(place.location.zone))
