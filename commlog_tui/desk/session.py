"""What the desk knows of the log it is connected to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

from commlog_tui.client.send_loop import SendLoop
from commlog_tui.desk.last_location import recall, remember
from commlog_tui.desk.open_tasks import OpenTasks
from commlog_tui.desk.person import DeskPerson
from commlog_tui.desk.target import Target, TargetError

if TYPE_CHECKING:
    from commlog_tui.client.log_client import LogClient
    from commlog_tui.client.outbox import Outbox, OutboxItem
    from commlog_tui.contract.customer import Customer
    from commlog_tui.contract.location import Location, LocationDetail, Me

_MOST_MATCHES: Final = 6

Choose: TypeAlias = "Callable[[tuple[Location, ...]], Awaitable[str]]"
"""Asks which of several locations to open, and gives its id."""


@dataclass(frozen=True)
class Session:
    """A client, the location it is for, and the outbox beside it."""

    client: "LogClient"
    outbox: "Outbox"
    me: "Me"
    place: "LocationDetail"
    zone: ZoneInfo
    sender: SendLoop
    target: Target
    """Where the desk was told to look."""
    written: set[str] = field(default_factory=set)
    """Keys of what was saved here since the start; the key of an entry is its id."""
    tasks: OpenTasks = field(default_factory=OpenTasks)
    """Open tasks as known here."""
    desk_person: DeskPerson = field(default_factory=DeskPerson)
    """Who is at the keyboard."""
    is_remembered: bool = False
    """Whether all of this is from the last time, as the service has not answered yet."""

    @property
    def location(self) -> str:
        """The location's id."""
        return self.place.location.id

    async def load_tasks(self) -> None:
        """Read the open tasks again. Raises ``ClientError``; then those known are left, as the outbox changes them."""
        await self.tasks.load(self.client, self.outbox, self.location, self.me.name)

    async def find_customers(self, q: str) -> "tuple[Customer, ...]":
        """Return a few customers who match; nobody, where the service cannot say now."""
        from commlog_tui.client.errors import ClientError
        from commlog_tui.contract.customer import without_merged

        try:
            return without_merged((await self.client.customers(self.location, q, limit=_MOST_MATCHES)).customers)
        except ClientError:
            return ()

    def signed(self, item: "OutboxItem") -> "OutboxItem":
        """Return an item with the name of who is at the keyboard, if one was given."""
        name = self.desk_person.name
        return item.model_copy(update={"person": name}) if name else item

    def may(self, permission: str) -> bool:
        """Whether the token may do this."""
        return permission in {known.value for known in self.me.permissions}


def items_in_outbox(session: Session) -> "tuple[tuple[OutboxItem, ...], tuple[int, int]]":
    """Return the location's outbox items, and the number of damaged and of newer files."""
    here = tuple(item for item in session.outbox.items() if item.location in {session.location, ""})
    return here, (len(session.outbox.damaged()), len(session.outbox.newer()))


async def connect(resolve: Callable[[], Target], choose: Choose) -> Session:
    """Connect to the log.

    Heavy imports and the embedded service load in threads, beside the first frame.

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
    from commlog_tui.desk.request_log import keep_log

    if target.folder is not None:
        await asyncio.to_thread(keep_log, target.folder)
    from commlog_tui.client.errors import BusyError, UnreachableError

    client, is_remembered = LogClient(target.base_url, target.token), False
    try:
        me, place = await _identify(client, target, choose)
    except (UnreachableError, BusyError):
        known = recall(target.folder, target.base_url, target.location) if target.folder is not None else None
        if known is None:
            await client.aclose()
            raise
        (me, place), is_remembered = known, True
    except BaseException:
        await client.aclose()
        raise
    outbox = Outbox(target.outbox)
    zone = ZoneInfo(place.location.zone)
    person = await asyncio.to_thread(DeskPerson.recall, target.folder)
    sender = SendLoop(client, outbox)
    return Session(client, outbox, me, place, zone, sender, target, desk_person=person, is_remembered=is_remembered)


async def renew(session: Session, choose: Choose) -> Session:
    """Return the service's current form of a session that was remembered.

    Raises ``TargetError`` and ``ClientError``.
    """
    target = session.target._replace(location=session.location)
    me, place = await _identify(session.client, target, choose)
    return replace(session, me=me, place=place, zone=ZoneInfo(place.location.zone), is_remembered=False)


async def _identify(client: "LogClient", target: Target, choose: Choose) -> "tuple[Me, LocationDetail]":
    """Ask who the desk is and where, and remember it."""
    me = await client.me()
    place = await client.location(await _chosen(target.location, me, choose))
    if target.folder is not None:
        await asyncio.to_thread(remember, target.folder, target.base_url, me, place)
    return me, place


async def _chosen(wanted: str | None, me: "Me", choose: Choose) -> str:
    known = [location.id for location in me.locations]
    if "read" not in {permission.value for permission in me.permissions}:
        raise TargetError(
            "Your token's role may not read the log, only send to it. Ask whoever runs the service for another."
        )
    if wanted in known:
        return wanted
    if wanted or not known:
        raise TargetError("Your token sees no such location. Ask whoever runs the service, or set another location.")
    return known[0] if len(known) == 1 else await choose(me.locations)
